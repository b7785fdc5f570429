"""`manage.py seed_demo`: plant the demonstration."""

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser
from django.utils import timezone
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from accounts.models import Institution
from dashboard.demo.people import SIZES
from dashboard.demo.plant import plant, steps


class Command(BaseCommand):
    help = "Plants a made-up university with three months of mentoring; the same seed and day give the same story."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", choices=list(SIZES), default="small")
        parser.add_argument("--seed", type=int, default=1405)
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there is an institution already")

    def handle(self, *args: Any, **options: Any) -> None:
        if Institution.objects.exists():
            if options["if_empty"]:
                return
            raise CommandError("There are people here already. The demonstration wants an empty database.")
        size = SIZES[options["size"]]
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, disable=not self.stdout.isatty()) as progress:
            task = progress.add_task("Planting the demonstration", total=steps(size))
            plant(size, seed=options["seed"], now=timezone.now(), step=lambda: progress.advance(task))
        self.stdout.write(self.style.SUCCESS(f"The demonstration ({options['size']}) is planted."))
