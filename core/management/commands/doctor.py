"""`manage.py doctor`: in plain words, what is configured, what answers, and what is missing."""

import os
import sys
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.core.management import BaseCommand
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from core.browser import chromium
from core.models import Job


class Command(BaseCommand):
    help = (
        "Says in plain words what is configured, reachable and missing. Exit code 1 when something needed is missing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        way = "embedded (one process, SQLite)" if settings.EMBEDDED else "server (PostgreSQL, Redis)"
        self.stdout.write(f"Peyvand runs the {way} way, Python {sys.version.split()[0]}.")
        well = [
            self.database(),
            self.migrations(),
            self.redis(),
            self.worker(),
            self.mail(),
            self.address(),
            self.browser(),
        ]
        if not all(well):
            sys.exit(1)

    def say(self, good: bool | None, text: str) -> bool:
        mark = {
            True: self.style.SUCCESS("ok     "),
            False: self.style.ERROR("missing"),
            None: self.style.WARNING("note   "),
        }
        self.stdout.write(f"  {mark[good]} {text}")
        return good is not False

    def database(self) -> bool:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except OperationalError as error:
            return self.say(False, f"The database does not answer: {str(error).splitlines()[0]} Check DATABASE_URL.")
        name = connection.settings_dict["NAME"]
        return self.say(
            True, f"Database: {connection.vendor}, {Path(name).name if settings.EMBEDDED else name}, answers."
        )

    def migrations(self) -> bool:
        try:
            executor = MigrationExecutor(connection)
            waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        except OperationalError:
            return self.say(False, "Migrations cannot be read without the database.")
        if waiting:
            return self.say(False, f"{len(waiting)} migrations wait: run `manage.py migrate`.")
        return self.say(True, "All migrations are applied.")

    def redis(self) -> bool:
        if not settings.REDIS_URL:
            good = True if settings.EMBEDDED else None
            return self.say(good, "Redis: not set (REDIS_URL). One process needs none; several processes do.")
        try:
            redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2).ping()
        except (redis.RedisError, OSError) as error:
            return self.say(False, f"Redis does not answer: {error}. Everything still works, slower, until it does.")
        return self.say(True, "Redis answers.")

    def worker(self) -> bool:
        try:
            open_jobs = Job.objects.open().count()
            failed = Job.objects.exclude(failed_at=None).count()
        except Exception:
            return self.say(None, "Jobs cannot be counted yet.")
        where = (
            "in this process (`make run`)"
            if settings.EMBEDDED
            else "`celery -A config worker` and `celery -A config beat`"
        )
        return self.say(None if failed else True, f"Jobs: {open_jobs} open, {failed} failed. {where}")

    def mail(self) -> bool:
        if settings.EMAIL_HOST:
            return self.say(True, f"Mail goes out through {settings.EMAIL_HOST}:{settings.EMAIL_PORT}.")
        return self.say(None, "Mail: no EMAIL_HOST. Mails are kept and go nowhere.")

    def address(self) -> bool:
        if settings.DEMO:
            self.say(
                None, "Demonstration mode is on (PEYVAND_DEMO): anybody can sign in as anybody. Never with real people."
            )
        if not settings.EMBEDDED and not os.environ.get("SECRET_KEY"):
            return self.say(False, "SECRET_KEY is not set: each machine would make its own.")
        kind = True if settings.HTTPS or settings.EMBEDDED else None
        return self.say(kind, f"Address: {settings.SITE_URL}" + ("" if settings.HTTPS else " (not encrypted)"))

    def browser(self) -> bool:
        found = chromium()
        return self.say(
            True if found else None, "Chromium for the browser journeys: " + ("found." if found else "not found.")
        )
