"""Match a programme from the command line: `manage.py match PROGRAMME [--seed N] [--json] [--dry-run]`."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress

from core import jobs
from core.errors import DomainError
from core.models import Job
from mentoring.matching.models import MatchRun
from mentoring.matching.queries import load_pool
from mentoring.matching.services import preview, start_run
from mentoring.matching.services.runs import rules_of, weights_of
from mentoring.planning.models import Programme


class Command(BaseCommand):
    help = "Match a programme with its own settings. The draft waits for a coordinator; nothing is published."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programme", help="slug of the programme")
        parser.add_argument("--seed", type=int, default=1, help="how ties are drawn")
        parser.add_argument("--objective", choices=MatchRun.Objective.values, default=None)
        parser.add_argument("--json", action="store_true", help="the whole result as one JSON object")
        parser.add_argument("--dry-run", action="store_true", help="compute and show, keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        programme = Programme.objects.filter(slug=options["programme"]).first()
        if programme is None:
            raise CommandError(f"There is no programme “{options['programme']}”.")
        stored = programme.match_settings
        settings = {
            "rules": rules_of(stored.get("rules", {})),
            "weights": weights_of(stored.get("weights", {})),
            "objective": options["objective"] or stored.get("objective", MatchRun.Objective.MOST),
            "seed": options["seed"],
        }
        try:
            told = self._tried(programme, settings) if options["dry_run"] else self._kept(programme, settings)
        except DomainError as refused:
            raise CommandError(str(refused.message)) from refused
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
        run = start_run(programme, **settings, by=None, at=timezone.now())
        with Progress(console=Console(stderr=True), transient=True) as bar:
            bar.add_task("matching", total=None)
            jobs.run(Job.objects.get(key=run.job_key).pk, now=timezone.now())
        run.refresh_from_db()
        if run.status != MatchRun.Status.STAGED:
            raise CommandError(f"The run is {run.get_status_display()}: {run.report.get('refused', '')}")
        pairs = list(run.pairs.order_by("mentee").values("mentee", "mentor", "score", "parts", "locked"))
        return {"run": run.pk, "pairs": pairs, **run.report}
