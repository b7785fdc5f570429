"""Matching from the command line."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core import jobs
from mentoring.matching.models import MatchRun
from tests.matching.programmes import ready_programme, started

pytestmark = pytest.mark.django_db


def run(*args: str) -> dict:
    out = StringIO()
    call_command("match", *args, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_a_dry_run_shows_the_result_and_keeps_nothing():
    ready = ready_programme(3, 2)
    told = run(ready.programme.slug, "--dry-run")
    assert (told["matched"], told["gap"], told["seed"]) == (3, 0, 1)
    assert not MatchRun.objects.exists()


def test_a_run_is_kept_as_a_draft_and_equals_the_dry_run():
    ready = ready_programme(3, 2)
    dry, kept = run(ready.programme.slug, "--dry-run", "--seed", "5"), run(ready.programme.slug, "--seed", "5")
    draft = MatchRun.objects.get()
    assert (draft.status, draft.seed, draft.pk) == (MatchRun.Status.STAGED, 5, kept["run"])
    assert kept["input_hash"] == dry["input_hash"] == draft.input_hash
    assert [(p["mentee"], p["mentor"]) for p in kept["pairs"]] == [(p["mentee"], p["mentor"]) for p in dry["pairs"]]


def test_an_unknown_programme_is_one_clear_sentence():
    with pytest.raises(CommandError, match="There is no programme"):
        call_command("match", "nothing")


def test_other_settings_for_this_once_are_checked_like_those_over_rest():
    ready = ready_programme(3, 2)
    told = run(
        *(ready.programme.slug, "--dry-run", "--objective", "even", "--weight", "skills=3", "--weight", "time=1"),
        *("--set", "rules.overlap=false", "--set", "rules.institution=same", "--set", "aim.evenness=6"),
    )
    assert told["matched"] == 3
    with pytest.raises(CommandError, match=r"rules\.overlap_minute: There is no such setting") as refused:
        call_command("match", ready.programme.slug, "--set", "rules.overlap_minute=30")
    assert refused.value.returncode == 2


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("--weight", "skills=0"), 2),
        (("--set", "rules.soft={never: 1}"), 2),
        (("--set", "aim.evenness=11"), 2),
        ((), 3),
    ],
)
def test_exit_codes_tell_machines_what_went_wrong(args, code):
    ready = ready_programme(1, 1)
    started(ready)
    with pytest.raises(CommandError) as refused:
        call_command("match", ready.programme.slug, *args)
    assert refused.value.returncode == code


def test_progress_goes_to_the_terminal_and_an_interruption_keeps_nothing(monkeypatch):
    ready = ready_programme(2, 1)

    def impatient(*_args, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr(jobs, "run", impatient)
    with pytest.raises(CommandError) as stopped:
        call_command("match", ready.programme.slug)
    assert stopped.value.returncode == 130
    assert MatchRun.objects.get().status == MatchRun.Status.FAILED
