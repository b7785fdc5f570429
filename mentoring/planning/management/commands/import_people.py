import json
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from mentoring.planning import services
from mentoring.planning.models import Enrolment, PeopleImport, Programme
from mentoring.planning.people_file import ENCODINGS, UnusableFile, decode
from mentoring.planning.people_report import sentence, why_unusable
from mentoring.planning.people_rows import BAD


class Command(BaseCommand):
    help = (
        "Import people into a programme from a CSV file. Exit codes: 0 all rows good, 1 some bad rows, 2 unusable file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--programme", required=True, metavar="SLUG")
        parser.add_argument("--role", required=True, choices=Enrolment.Role.values)
        parser.add_argument(
            "--mapping",
            metavar="NAME",
            help="choices kept under a name; else those kept for the same columns, or a guess",
        )
        parser.add_argument("--encoding", choices=ENCODINGS, default="utf-8")
        parser.add_argument("--invite", action="store_true", help="people are invited and not ready at once")
        parser.add_argument("--mails", action="store_true", help="send each new person an invitation by e-mail")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")
        parser.add_argument("--json", action="store_true", help="the report as JSON on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            programme = Programme.objects.get(slug=options["programme"])
        except Programme.DoesNotExist as error:
            raise CommandError(f"There is no programme {options['programme']}.", returncode=2) from error
        try:
            text = decode(options["file"].read_bytes(), options["encoding"], max_bytes=settings.IMPORT_MAX_BYTES)
            people_import = self._checked(programme, text, options)
        except OSError as error:
            raise CommandError(f"Cannot read {options['file']}: {error.strerror}.", returncode=2) from error
        except UnusableFile as error:
            raise CommandError(why_unusable(error), returncode=2) from error
        report = self._report(people_import)
        if options["dry_run"]:
            people_import.delete()
        elif report["new"] + report["changed"]:
            report["imported"] = self._run(people_import, quiet=options["json"])
        self._say(report, as_json=options["json"])
        if report["bad"]:
            sys.exit(1)

    def _checked(self, programme: Programme, text: str, options: dict[str, Any]) -> PeopleImport:
        people_import = services.begin_import(
            programme, role=options["role"], file_name=options["file"].name, text=text, by=None, at=timezone.now()
        )
        mapping = people_import.mapping
        if options["mapping"]:
            saved = programme.import_mappings.filter(name=options["mapping"]).first()
            if saved is None:
                people_import.delete()
                raise CommandError(f"No choices are kept under the name {options['mapping']}.", returncode=2)
            mapping = saved.columns
        people_import.options = {**people_import.options, "ready": not options["invite"], "mails": options["mails"]}
        people_import.save(update_fields=["options"])
        services.map_columns(people_import, mapping, as_job=False)
        return people_import

    def _report(self, people_import: PeopleImport) -> dict[str, Any]:
        rows = list(people_import.rows.order_by("line"))
        report: dict[str, Any] = {
            outcome: sum(row.outcome == outcome for row in rows) for outcome in ("new", "changed", "same", "bad")
        }
        report["mapping"] = people_import.mapping
        report["problems"] = [
            {
                "line": row.line,
                "level": one["level"],
                "column": one["column"],
                "code": one["code"],
                "reason": sentence(one),
            }
            for row in rows
            for one in row.problems
        ]
        return report

    def _run(self, people_import: PeopleImport, *, quiet: bool) -> int:
        services.start_import(people_import, by=None, at=timezone.now(), as_job=False)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), disable=quiet or not sys.stderr.isatty()) as progress:
            bar = progress.add_task("Importing", total=None)
            result = services.run_import(
                people_import,
                at=timezone.now(),
                tell=lambda done, total: progress.update(bar, completed=done, total=total),
            )
        return result["imported"]

    def _say(self, report: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=1))
            return
        for one in report["problems"]:
            if one["level"] == BAD:
                where = ", ".join(filter(None, (f"line {one['line']}", one["column"])))
                self.stdout.write(f"{where}: {one['reason']}")
        self.stdout.write(", ".join(f"{name} {report[name]}" for name in ("new", "changed", "same", "bad")))
        if "imported" in report:
            self.stdout.write(f"imported {report['imported']}")
