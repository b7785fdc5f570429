"""Match a programme from the command line, and say so to people or to machines."""

import json
import time
from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rich.console import Console
from rich.progress import Progress

from core import jobs
from core.api import flatten
from core.errors import DomainError
from core.models import Job
from mentoring.matching.models import MatchRun
from mentoring.matching.queries import load_pool
from mentoring.matching.serializers import NewRunSerializer
from mentoring.matching.services import cancel_run, preview, settings_for, start_run
from mentoring.matching.services.refusals import refusal_sentence
from mentoring.matching.services.runs import AlreadyRunning
from mentoring.planning.models import Programme

UNKNOWN, REFUSED, BUSY, STOPPED, INTERRUPTED = 1, 2, 3, 4, 130
LOOK_AGAIN = 0.5
"""Seconds between looks at a run that a worker has taken."""


class Command(BaseCommand):
    help = f"""Match a programme with its own settings, or others for this once. The draft waits for a coordinator:
nothing is published from here.

  manage.py match first-semester --objective even --set aim.evenness=6 --json
  manage.py match first-semester --weight skills=60 --weight time=40 --set rules.overlap_minutes=90 --dry-run

exit codes: 0 done · {UNKNOWN} no such programme · {REFUSED} these settings cannot be · {BUSY} another run is going ·
            {STOPPED} the run stopped · {INTERRUPTED} interrupted, and the run with it"""

    def create_parser(self, *args: Any, **options: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programme", help="slug of the programme")
        parser.add_argument("--objective", choices=MatchRun.Objective.values, help="what matters most")
        parser.add_argument("--seed", type=int, help="how ties are drawn")
        parser.add_argument(
            "--weight",
            action="append",
            default=[],
            metavar="CRITERION=N",
            help="how much a criterion counts; those not named do not",
        )
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="one setting of the rules or the aim, as JSON: " + ", ".join(_names()),
        )
        parser.add_argument("--json", action="store_true", help="the whole result as one JSON object")
        parser.add_argument("--dry-run", action="store_true", help="compute and show, keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        programme = Programme.objects.filter(slug=options["programme"]).first()
        if programme is None:
            raise CommandError(f"There is no programme “{options['programme']}”.", returncode=UNKNOWN)
        try:
            settings = settings_for(programme, _checked(options))
            told = self._tried(programme, settings) if options["dry_run"] else self._kept(programme, settings)
        except AlreadyRunning as refused:
            raise CommandError(str(refused.message), returncode=BUSY) from refused
        except DomainError as refused:
            raise CommandError(str(refused.message), returncode=REFUSED) from refused
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False, sort_keys=True))
        else:
            self.stdout.write(
                f"{told['matched']} matched, {len(told['unmatched'])} not; total {told['total']}, gap {told['gap']};"
                f" seed {told['seed']}, input {told['input_hash'][:12]}."
            )

    def _tried(self, programme: Programme, settings: dict[str, Any]) -> dict[str, Any]:
        return preview(load_pool(programme), **settings).as_dict()

    def _kept(self, programme: Programme, settings: dict[str, Any]) -> dict[str, Any]:
        run = start_run(programme, **settings, origin=MatchRun.Origin.COMMAND, by=None, at=timezone.now())
        try:
            self._computed(run)
        except KeyboardInterrupt:
            cancel_run(run, caller=MatchRun.Origin.COMMAND, by=None, at=timezone.now())
            raise CommandError("Interrupted. Nothing of the run is kept.", returncode=INTERRUPTED) from None
        if run.status not in (MatchRun.Status.STAGED, MatchRun.Status.PUBLISHED):
            raise CommandError(refusal_sentence(run.report), returncode=STOPPED)
        pairs = list(run.pairs.order_by("mentee").values("mentee", "mentor", "score", "parts", "locked"))
        return {"run": run.pk, "pairs": pairs, **run.report}

    def _computed(self, run: MatchRun) -> None:
        """Compute it here, or follow the worker that was quicker; the bar goes to the terminal, never to the result."""
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("matching", total=None)

            def show(done: int, total: int) -> None:
                bar.update(task, completed=done, total=total)

            job = Job.objects.get(key=run.job_key)
            with jobs.watched(show):
                while job.is_open and not jobs.run(job.pk, now=timezone.now()):
                    show(job.done, job.total)
                    time.sleep(LOOK_AGAIN)
                    job.refresh_from_db()
        run.refresh_from_db()


def _names() -> list[str]:
    """ "rules.overlap_minutes" and the like."""
    parts = NewRunSerializer().fields.items()
    return [f"{part}.{name}" for part, whole in parts if part != "weights" for name in getattr(whole, "fields", ())]


def _checked(options: dict[str, Any]) -> dict[str, Any]:
    """What is asked for, by the same rules as over REST. Raises CommandError with every fault."""
    asked: dict[str, Any] = {name: options[name] for name in ("objective", "seed") if options[name] is not None}
    _put(asked, [f"weights.{one}" for one in options["weight"]])
    _put(asked, options["set"])
    given = NewRunSerializer(data=asked)
    try:
        given.is_valid(raise_exception=True)
    except ValidationError as error:
        faults = [f"{row['pointer'][1:].replace('/', '.')}: {row['detail']}" for row in flatten(error.detail, "")]
        raise CommandError("\n".join(faults), returncode=REFUSED) from error
    return dict(given.validated_data)


def _put(asked: dict[str, Any], given: Iterable[str]) -> None:
    """ "rules.overlap_minutes=90" into {"rules": {"overlap_minutes": 90}}."""
    for one in given:
        name, _, value = one.partition("=")
        part, _, setting = name.partition(".")
        try:
            told = json.loads(value)
        except json.JSONDecodeError:
            told = value
        asked.setdefault(part, {})[setting] = told
