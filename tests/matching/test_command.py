"""Matching from the command line."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from mentoring.matching.models import MatchRun
from tests.matching.programmes import ready_programme

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
