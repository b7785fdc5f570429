import io
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from evaluation.statistics.command import MEASURES, main

from .published import bfi

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs/statistics.md").read_text()
EXAMPLES = re.findall(r"^python -m evaluation\.statistics (.+)$", PAGE, re.MULTILINE)


@pytest.fixture
def ask(capsys):
    """What a measure answers: exit code, JSON, what stands on standard error."""

    def asked(*argv: object) -> tuple[int, dict, str]:
        try:
            code = main([str(each) for each in argv])
        except SystemExit as stop:
            code = stop.code
        out, error = capsys.readouterr()
        return code, json.loads(out) if out.startswith("{") else {}, error

    return asked


@pytest.fixture
def written(tmp_path):
    """A file with this text."""

    def write(text: str, name: str = "data.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_alpha_of_bfi_from_a_file_with_a_reversed_item(ask, written):
    items = bfi("A")
    items[:, 0] = 7 - items[:, 0]
    rows = "\n".join(",".join("NA" if each != each else str(int(each)) for each in row) for row in items)
    path = written(f"A1,A2,A3,A4,A5\n{rows}\n")
    code, said, error = ask("alpha", path, "--columns", *"A1 A2 A3 A4 A5 --reverse A1 --min 1 --max 6".split())
    assert (code, error) == (0, "")
    assert list(said)[:9] == ["measure", "variant", "value", "low", "high", "level", "n", "missing", "note"]
    assert said["value"] == pytest.approx(0.7037559, abs=1e-4)
    assert (said["n"], said["missing"]) == (2709, "listwise: 91 of 2800 rows left out")
    _, pairwise, _ = ask(
        "alpha", path, "--columns", *"A1 A2 A3 A4 A5 --reverse A1 --min 1 --max 6 --missing pairwise".split()
    )
    assert pairwise["value"] == pytest.approx(0.7030184, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("a,b\n1,2\n2,2.5\n4,5\n3,3\n", "utf-8"),
        ("a;b\r\n1;2\r\n2;2,5\r\n4;5\r\n3;3\r\n", "utf-8-sig"),
        ("a\tb\n۱\t۲\n۲\t۲٫۵\n۴\t۵\n\n۳\t۳\n", "utf-8"),
        ('"a","b"\n"1","2"\n"2","2.5"\n4,5\n3,3\n,7\n', "utf-8"),
        ("a,b,c\n1,2,-2\n2,2.5,0\n4,5,0\n3,3,0\n-2,1,0\n", "utf-8"),
    ],
)
def test_tables_are_read_as_people_save_them(ask, written, text, encoding):
    code, said, _ = ask(
        "spearman-brown", written(text, encoding=encoding), "--columns", "a", "b", "--missing-codes", -1, -2
    )
    assert code == 0
    assert said["n"] == 4
    assert said["r"] == pytest.approx(0.9326733, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,b\n1,2\n2,x\n", "Line 3: “x” in column b is not a number."),
        ('a,b\n"1\n1",2\n2,3\n', "Line 3: “1\n1” in column a is not a number."),
        ("a,c\n1,2\n", "There is no column “b”; the file has a, c."),
        ("a,b\n1,2,3\n", "Line 2 has 3 cells, the first line 2."),
        ("a,a\n1,2\n", "More than one column is called “a”."),
        ('a,b\n1,"2\n', "Line 2 is not well-formed CSV: unexpected end of data."),
        ("a,b\n", "The file has no rows under its first line."),
        ("", "The file is empty."),
        (",\n,\n", "The file is empty."),
        ("a,b\n1,9\n", "Line 2: 9 in column b lies outside the scale that was given."),
        ("a,b\n1,2\n2,3\n", "At least 3 complete rows are needed; there are 2."),
    ],
)
def test_a_bad_file_is_said_in_one_sentence_with_code_2(ask, written, text, sentence):
    assert ask("alpha", written(text), "--columns", "a", "b", "--min", 1, "--max", 6) == (2, {}, f"{sentence}\n")


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["beta"], "There is no measure “beta”; there are alpha"),
        (["alpha", "nowhere.csv", "--columns", "a", "b"], "nowhere.csv cannot be read: no such file or directory."),
        (["alpha"], "The following arguments are required: data, --columns."),
        (["alpha", "x.csv", "--columns", "a", "b", "--reverse", "a"], "To reverse an item, give the scale"),
        (["alpha", "x.csv", "--columns", "a", "--reverse", "b", "--min", 1, "--max", 5], "“b” is to be reversed but"),
        (["wilson", "--count", "many", "--n", 3], "Argument --count: invalid int value: 'many'."),
        (["holm"], "Name a file with --column; see --help for other ways."),
        (["paired-g", "x.csv", "--before", "a"], "Name a file with --before and --after; see --help for other ways."),
        (["kappa", "--table", "8,x"], "A table is typed as whole numbers with commas"),
        (["kappa", "--table", "8,1", "2"], "The rows of the table have different lengths."),
        (["kappa", "--table", "8,1,1", "2,2,2"], "Kappa needs a square table of counts"),
    ],
)
def test_a_bad_question_is_said_in_one_sentence_with_code_2(ask, argv, sentence):
    code, _, error = ask(*argv)
    assert code == 2
    assert error.startswith(sentence)
    assert error.count("\n") == 1


def test_a_file_that_is_not_utf_8_is_said(ask, written):
    assert ask("alpha", written("a,b\né,1\n", encoding="latin-1"), "--columns", "a", "b")[2] == (
        "The file is not UTF-8; save it as CSV UTF-8.\n"
    )


@pytest.mark.parametrize(
    ("argv", "value"),
    [
        ("paired-g --of 3 5.5 .7 50", 0.4160),
        ("independent-g --of 103 5.5 50 100 4.5 50", 0.5924),
        ("g-z --of 3 5.5 50", 3 / 5.5 * (1 - 3 / 195)),
        ("kappa --table 88,14,18 10,40,10 2,6,12", 0.4915),
        ("agreement --counts 39 45", 0.8667),
    ],
)
def test_a_published_summary_can_be_checked_without_a_file(ask, argv, value):
    assert ask(*argv.split())[1]["value"] == pytest.approx(value, abs=1e-4)


def test_standard_input_is_a_file_called_dash(ask, monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"p\n.01\n.04\n.03\n.005\n")))
    _, said, _ = ask("holm", "-", "--column", "p")
    assert [each["adjusted"] for each in said["tests"]] == pytest.approx([0.03, 0.06, 0.06, 0.02])


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_has_help_and_an_example_on_the_page(measure, capsys):
    with pytest.raises(SystemExit) as stop:
        main([measure, "--help"])
    assert stop.value.code == 0
    assert f"evaluation.statistics {measure}" in capsys.readouterr().out
    assert any(shlex.split(example)[0] == measure for example in EXAMPLES)


PEOPLE = 40
COLUMNS = {
    "answers.csv": {
        **{name: lambda i, k=k: 1 + (i * 7 + (i // 3) * k + k) % 5 for k, name in enumerate(("A1", "A2", "A3", "A4"))},
        "language": lambda i: ["en", "fa"][i % 2],
    },
    "coders.csv": {"first": lambda i: i % 3, "second": lambda i: (i % 3) if i % 5 else (i + 1) % 3, "third": lambda i: i % 2},
    "waves.csv": {
        "before": lambda i: 2 + i % 4,
        "after": lambda i: 3 + i % 4 + (i % 3) * 0.5,
        "arm": lambda i: ["mentored", "waiting"][i % 2],
        "relationship": lambda i: i // 4,
        "wave": lambda i: i % 4,
        "role": lambda i: ["mentor", "mentee"][(i // 2) % 2],
        "outcome": lambda i: i % 4 + (i // 4) % 3 + 0.1 * ((i * i) % 7),
    },
    "pairs.csv": {
        "weeks": lambda i: 1 + (i * 11) % 30,
        "ended": lambda i: int(i % 3 != 0),
        "form": lambda i: ["online", "face-to-face"][i % 2],
        "contacts": lambda i: (i * 5) % 13,
    },
    "paths.csv": {
        "structure": lambda i: (i * 7) % 11,
        "contact": lambda i: (i * 7) % 11 + (i * 3) % 7,
        "skills": lambda i: (i * 3) % 7 + (i * 5) % 9,
        "learning": lambda i: (i * 5) % 9 + (i * 2) % 13,
        "relationship": lambda i: i // 2,
    },
    "panel.csv": {
        **{f"contact{wave}": lambda i, wave=wave: (i * (3 + wave)) % 11 for wave in (1, 2, 3)},
        **{f"skills{wave}": lambda i, wave=wave: (i * (5 + wave)) % 13 for wave in (1, 2, 3)},
        "relationship": lambda i: i // 2,
    },
    "tests.csv": {"hypothesis": lambda i: f"H{i + 1}", "p": lambda i: (i + 1) / 80},
}  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_the_page_runs(example, ask, written, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name, columns in COLUMNS.items():
        rows = [",".join(str(value(i)) for value in columns.values()) for i in range(PEOPLE)]
        written("\n".join([",".join(columns), *rows]), name)
    argv = shlex.split(example)
    code, said, error = ask(*argv, *(["--draws", 200] if argv[0] in ("mediation", "moderation") else []))
    assert (code, error) == (0, "")
    assert said["measure"] == argv[0]
    assert said["variant"]


def test_it_starts_without_django_and_without_what_it_does_not_need():
    code = (
        "import sys; from evaluation.statistics.command import main; main(['paired-g', '-', '--before', 'a', '--after', 'b']);"
        "print([m for m in ('django', 'scipy', 'pandas', 'statsmodels') if m in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], input="a,b\n1,2\n2,4\n3,4\n", capture_output=True, text=True, cwd=ROOT, check=True
    )
    answer, loaded = ran.stdout.splitlines()
    assert json.loads(answer)["measure"] == "paired-g"
    assert loaded == "[]"
