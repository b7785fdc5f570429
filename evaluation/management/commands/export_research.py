from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.services import record
from core.errors import DomainError
from evaluation.research import research_zip
from mentoring.planning.models import Programme


class Command(BaseCommand):
    help = "Write the research export of a programme: those who agreed, without names, with codebook and checksums."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programme", metavar="PROGRAMME", help="slug of the programme")
        parser.add_argument("--out", metavar="FILE", required=True, type=Path, help="where the ZIP goes")

    def handle(self, *args: object, programme: str, out: Path, **options: object) -> None:
        found = Programme.objects.filter(slug=programme).first()
        if found is None:
            raise CommandError(f"There is no programme with the slug “{programme}”.")
        now = timezone.now()
        try:
            data = research_zip(found, at=now)
        except DomainError as refusal:
            raise CommandError(str(refusal.message)) from refusal
        record("research.downloaded", by=None, at=now, target=found, institution_id=found.institution_id)
        out.write_bytes(data)
        self.stdout.write(f"{out}: {len(data)} bytes")
