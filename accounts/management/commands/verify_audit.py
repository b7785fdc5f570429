"""Is the audit trail whole? Exit code 0 when it is, 1 when a link does not fit."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import AuditEvent
from accounts.services import broken_link


class Command(BaseCommand):
    help = "Check every link of the audit trail's chain of hashes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="answer as one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        broken, count = broken_link(), AuditEvent.objects.count()
        if options["json"]:
            self.stdout.write(json.dumps({"events": count, "whole": broken is None, "broken_at": broken}))
        elif broken is None:
            self.stdout.write(f"The audit trail is whole: {count} events, every link fits.")
        else:
            self.stdout.write(
                f"The audit trail is broken at event {broken} (of {count}): it was changed, removed or inserted."
            )
        if broken is not None:
            sys.exit(1)
