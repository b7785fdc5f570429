"""The scripts that come with a research export, run on an export of the demonstration; and the codebook beside its columns."""

import csv
import io
import shutil
import statistics
import subprocess
import sys
import zipfile

import pytest

from accounts.models import Consent
from dashboard.demo.people import Size
from dashboard.demo.plant import plant
from evaluation.codebook import own_code
from evaluation.models import Answer, Instrument
from evaluation.questionnaire import items
from evaluation.research import research_zip
from mentoring.planning.models import Programme
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.once]
RSCRIPT = shutil.which("Rscript")


@pytest.fixture
def export(tmp_path):
    """A folder into which an export of the running programme of the demonstration was unpacked."""
    plant(Size(1, 8, 11, 3, 4), seed=1405, now=NOW, step=lambda: None)
    data = research_zip(Programme.objects.get(slug="first-semester"), at=NOW)
    zipfile.ZipFile(io.BytesIO(data)).extractall(tmp_path)
    return tmp_path


def turned():
    """Code in the file -> (answers, mean) of those who agreed, with reversed statements turned, from the database itself."""
    agreed = Consent.objects.in_force(Consent.Kind.RESEARCH).values("person")
    given = Answer.objects.filter(response__wave__programme__slug="first-semester", response__submitted_at__lte=NOW,
                                  response__enrolment__person__in=agreed, response__left_out="", value__gte=0)  # fmt: skip
    own = {row.pk: row for row in Instrument.objects.all()}
    found: dict[str, list[int]] = {}
    for instrument, item, value in given.values_list("response__wave__instrument", "item", "value"):
        if instrument is None:
            asked, ends, code = items()[item], 6, item
        else:
            definition = own[instrument].definition
            asked = next(each for each in definition.scored if each.code == item)
            ends, code = definition.low + definition.high, own_code(own[instrument], item)
        found.setdefault(code, []).append(ends - value if asked.reverse else value)
    return {code: (len(values), statistics.fmean(values)) for code, values in found.items()}


def told(output):
    """What a script printed: code -> (count, mean), of what anybody answered."""
    rows = [line.split() for line in output.splitlines()[1:]]
    return {code: (float(count), float(mean)) for code, count, mean, _sd in rows if float(count)}


def ran(command, folder):
    return told(subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout)


def test_read_py_gives_the_means_of_the_database(export):
    found, expected = ran([sys.executable, "read.py"], export), turned()

    assert found == {code: (n, pytest.approx(mean, abs=5.1e-4)) for code, (n, mean) in expected.items()}
    assert any(":" in code for code in found) and len(found) > 20  # of own questionnaires, too
    (export / "people.csv").write_text("changed")
    spoilt = subprocess.run([sys.executable, "read.py"], cwd=export, capture_output=True, text=True)
    assert (spoilt.returncode, spoilt.stderr.strip()) == (1, "people.csv is not what was exported")


@pytest.mark.skipif(RSCRIPT is None, reason="R is not installed")
def test_read_r_gives_the_same_means(export):
    assert ran([RSCRIPT, "--vanilla", "read.R"], export) == {
        code: (n, pytest.approx(mean, abs=5.1e-4)) for code, (n, mean) in turned().items()
    }


def test_the_codebook_names_every_column_of_every_file(export):
    with (export / "codebook.csv").open(encoding="utf-8-sig", newline="") as file:
        book = {row["code"]: row for row in csv.DictReader(file)}
    files = [path for path in export.glob("*.csv") if path.name != "codebook.csv"]
    columns = {column for path in files for column in next(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))}

    assert len(files) == 6
    assert columns - book.keys() == set()
    assert all(book[column]["text_en"] and book[column]["text_fa"] for column in columns)
    assert "awaiting (در انتظار" in book["status"]["text_fa"]
