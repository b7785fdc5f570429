"""`manage.py doctor`: in plain words, what is configured, what answers, and what is missing."""

import os
import socket
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.core.management import BaseCommand
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from core.browser import chromium
from core.models import Job

PATIENCE = timedelta(minutes=1)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].strip().rstrip(".")


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
            self.calls(),
            self.address(),
            self.static_files(),
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
            return self.say(False, f"The database does not answer: {_first_line(error)}. Check DATABASE_URL.")
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
            return self.say(
                False, f"Redis does not answer: {_first_line(error)}. Until it does, jobs wait and live talk is slower."
            )
        return self.say(True, "Redis answers.")

    def worker(self) -> bool:
        started_by = "`manage.py up`" if settings.EMBEDDED else "`celery -A config worker` and `celery -A config beat`"
        try:
            planned = Job.objects.open().count()
            failed = Job.objects.exclude(failed_at=None).count()
            late = Job.objects.due(timezone.now() - PATIENCE).filter(attempts=0).count()
        except DatabaseError:
            return self.say(None, "Jobs cannot be counted yet.")
        told = f"Jobs: {planned} planned, {failed} failed."
        if late:
            return self.say(False, f"{told} {late} should have run by now: is {started_by} running?")
        return self.say(None if failed else True, told)

    def mail(self) -> bool:
        if not settings.EMAIL_HOST:
            return self.say(None, "Mail: no EMAIL_HOST. Mails are kept and go nowhere.")
        server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
        try:
            socket.create_connection((settings.EMAIL_HOST, settings.EMAIL_PORT), timeout=3).close()
        except OSError as error:
            return self.say(False, f"The mail server {server} does not answer: {_first_line(error)}. Mails wait.")
        return self.say(True, f"Mail goes out through {server}, which answers.")

    def calls(self) -> bool:
        if not settings.TURN_URLS:
            if settings.CALLS_RELAY_ONLY:
                return self.say(False, "Calls: CALLS_RELAY_ONLY without TURN_URLS. No call comes about.")
            return self.say(None, "Calls: no TURN_URLS. They come about on one machine or in one network only.")
        if not settings.TURN_SECRET:
            return self.say(False, "Calls: TURN_URLS without TURN_SECRET. The relay lets nobody in.")
        return self.say(True, f"Calls find their way through {', '.join(settings.TURN_URLS)} (not tried from here).")

    def address(self) -> bool:
        if settings.DEMO:
            self.say(
                None, "Demonstration mode is on (PEYVAND_DEMO): anybody can sign in as anybody. Never with real people."
            )
        if not settings.EMBEDDED and not os.environ.get("SECRET_KEY"):
            return self.say(False, "SECRET_KEY is not set: each machine would make its own.")
        kind = True if settings.HTTPS or settings.EMBEDDED else None
        return self.say(kind, f"Address: {settings.SITE_URL}" + ("" if settings.HTTPS else " (not encrypted)"))

    def static_files(self) -> bool:
        """With hashes in their names they have to be collected first; without them every page would fail."""
        if settings.WHITENOISE_USE_FINDERS or Path(settings.STATIC_ROOT, "staticfiles.json").exists():
            return self.say(True, "Style sheets and scripts are there.")
        return self.say(False, "Style sheets and scripts are not collected: run `manage.py collectstatic`.")

    def browser(self) -> bool:
        found = chromium()
        return self.say(
            True if found else None, "Chromium for the browser journeys: " + ("found." if found else "not found.")
        )
