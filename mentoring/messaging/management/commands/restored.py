"""What conversations need after a backup was restored."""

from typing import Any

from django.core.management import BaseCommand

from mentoring.messaging.services import begin_epoch


class Command(BaseCommand):
    help = "After restoring a backup: open conversations forget the numbers they knew and are read anew."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{begin_epoch()} conversations are read anew by whoever has them open.")
