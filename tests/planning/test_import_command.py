import json

import pytest
from django.core.management import CommandError, call_command

from mentoring.planning.models import Enrolment, PeopleImport
from mentoring.planning.services import save_mapping
from tests.factories import ProgrammeFactory

pytestmark = pytest.mark.django_db


def run(path, programme, *more) -> str:
    return call_command("import_people", str(path), "--programme", programme.slug, "--role", "mentor", *more)


@pytest.fixture
def people(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("name,email\nSara,sara@example.org\nOmid,omid@example.org\n", encoding="utf-8")
    return path


def test_a_dry_run_reports_as_json_and_changes_nothing(people, capsys):
    programme = ProgrammeFactory()

    run(people, programme, "--dry-run", "--json")

    report = json.loads(capsys.readouterr().out)
    assert (report["new"], report["bad"], report["mapping"]) == (2, 0, {"name": "name", "email": "email"})
    assert not Enrolment.objects.exists() and not PeopleImport.objects.exists()


def test_people_come_in_and_the_second_run_finds_nothing_new(people, capsys):
    programme = ProgrammeFactory()

    run(people, programme)
    run(people, programme)

    assert Enrolment.objects.ready().count() == 2
    assert "imported 2" in capsys.readouterr().out.splitlines()[1]


def test_the_exit_code_is_1_with_bad_rows_and_2_without_a_usable_file(people, tmp_path, capsys):
    programme = ProgrammeFactory()
    people.write_text("name,email\nSara,sara@example.org\nOmid,nowhere\n")
    broken = tmp_path / "broken.csv"
    broken.write_bytes("name,email".encode("utf-16"))

    with pytest.raises(SystemExit) as some_bad:
        run(people, programme)
    assert some_bad.value.code == 1
    assert "line 3, email: “nowhere” is not an e-mail address." in capsys.readouterr().out
    assert Enrolment.objects.count() == 1
    for path in (broken, tmp_path / "missing.csv"):
        with pytest.raises(CommandError) as unusable:
            run(path, programme)
        assert unusable.value.returncode == 2


def test_kept_choices_are_used_by_name(tmp_path):
    programme = ProgrammeFactory()
    save_mapping(programme, "ours", {"who": "name", "where": "email"})
    path = tmp_path / "ours.csv"
    path.write_text("who,where\nSara,sara@example.org\n")

    run(path, programme, "--mapping", "ours")

    assert Enrolment.objects.get().person.name == "Sara"
