from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.progress import track

from evaluation.services import recompute
from mentoring.planning.models import Programme


class Command(BaseCommand):
    help = "Compute the scores and alerts of one programme, or of all that run, as of now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--programme", metavar="SLUG", help="only this programme")

    def handle(self, *args: object, programme: str | None = None, **options: object) -> None:
        chosen = Programme.objects.filter(slug=programme) if programme else Programme.objects.filter(status="running")
        found = list(chosen.order_by("pk"))
        if programme and not found:
            raise CommandError(f"There is no programme with the slug “{programme}”.")
        for each in track(found, description="Computing", disable=not self.stdout.isatty()):
            rows = recompute(each, at=timezone.now())
            self.stdout.write(f"{each.slug}: {rows} scores")
