"""A key for an institution's system, from the command line."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.keys import SCOPES
from accounts.models import ApiKey, Institution
from accounts.services import make_api_key


class Command(BaseCommand):
    help = "Make a key of an institution and print it, this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("institution", help="the institution's slug")
        parser.add_argument("--scope", action="append", required=True, choices=sorted(SCOPES), dest="scopes")
        parser.add_argument("--name", default="command line")
        parser.add_argument("--days", type=int, default=365, help="how long it lives (default: a year)")

    def handle(self, *args: Any, **options: Any) -> None:
        institution = Institution.objects.filter(slug=options["institution"]).first()
        if institution is None:
            known = ", ".join(Institution.objects.order_by("slug").values_list("slug", flat=True)[:20]) or "none yet"
            raise CommandError(f"There is no institution {options['institution']!r}. Known: {known}.")
        if ApiKey.objects.filter(institution=institution, name=options["name"], revoked_at=None).exists():
            raise CommandError(f"A key named {options['name']!r} is in use. Choose another --name or revoke that one.")
        now = timezone.now()
        _key, token = make_api_key(
            institution,
            name=options["name"],
            scopes=set(options["scopes"]),
            by=None,
            at=now,
            expires_at=now + timedelta(days=options["days"]),
        )
        self.stdout.write(token)
