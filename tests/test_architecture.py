"""What the house promises about its own code, checked on the text of it."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import current_app
from django.apps import apps

from core.privacy import Privacy, unclassified
from dashboard.guide import guides, needs_none
from tests.authorisation.table import TABLE

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCAL = ("core", "accounts", "notifications", "mentoring", "evaluation", "dashboard", "paradigm", "config")
EDGES = {"views.py", "api.py", "consumers.py", "frames.py"}


def python_files() -> Iterator[Path]:
    for package in LOCAL:
        yield from (p for p in (ROOT / package).rglob("*.py") if "migrations" not in p.parts)


def is_edge(path: Path) -> bool:
    """The house's own rows (jobs, keys) in `core` belong to no person."""
    return "core" not in path.parts and (path.name in EDGES or path.parent.name in {"views", "api"})


def manager_chains(tree: ast.AST) -> Iterator[tuple[int, str, str]]:
    """(line, model, first method) of every `Model.objects.method` in the tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.value.attr == "objects":
            yield node.lineno, ast.unparse(node.value.value), node.attr


# `visible_to` and its narrower sisters; a token is its own permission, and the demonstration's faces are everybody's.
SCOPED = {
    "visible_to",
    "coordinated_by",
    "managed_by",
    "administered_by",
    "of",
    "none",
    "by_token",
    "for_demonstration",
}


SHORTCUTS = {"get_object_or_404", "get_list_or_404"}


def edge_faults(source: str) -> list[str]:
    """Rows taken from a manager by another way than a scoped one, or by a shortcut that takes a bare model."""
    tree = ast.parse(source)
    chains = [
        f"{line}: {model}.objects.{method}" for line, model, method in manager_chains(tree) if method not in SCOPED
    ]
    bare = [
        f"{node.lineno}: {ast.unparse(node.func)}({ast.unparse(node.args[0])})"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and called(node) in SHORTCUTS
        and ast.unparse(node.args[0]).removesuffix(".objects").rpartition(".")[2][:1].isupper()
    ]
    return chains + bare


def test_an_edge_reaches_rows_only_through_visible_to():
    faults = [
        f"{path.relative_to(ROOT)}:{fault}"
        for path in python_files()
        if is_edge(path)
        for fault in edge_faults(path.read_text())
    ]
    assert faults == []


def test_the_edge_check_sees_a_view_that_takes_everything():
    assert edge_faults("def page(request):\n    return Note.objects.filter(pk=1)") == ["2: Note.objects.filter"]
    assert edge_faults("def page(request):\n    return get_object_or_404(Note, pk=1)") == ["2: get_object_or_404(Note)"]
    assert edge_faults("get_object_or_404(models.Note.objects, pk=1)") == ["1: get_object_or_404(models.Note.objects)"]
    assert edge_faults("def page(request):\n    return Note.objects.visible_to(request.user)") == []


def called(node: ast.Call) -> str | None:
    return getattr(node.func, "id", getattr(node.func, "attr", None))


def enqueued_names() -> Iterator[tuple[Path, str]]:
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and called(node) == "enqueue":
                assert isinstance(node.args[0], ast.Constant), f"{path}:{node.lineno} enqueues a computed name"
                yield path, node.args[0].value


def test_every_enqueued_name_is_a_task():
    current_app.loader.import_default_modules()
    assert [f"{path}: {name}" for path, name in enqueued_names() if name not in current_app.tasks] == []


def test_every_local_app_stands_in_the_import_contract():
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    named = {
        word.strip(" ()") for contract in contracts for row in contract.get("layers", []) for word in row.split("|")
    }
    local = {config.name.split(".")[-1] for config in apps.get_app_configs() if config.name.split(".")[0] in LOCAL}
    assert local - named == set()
    assert all(contract["ignore_imports"] == [] for contract in contracts)


def test_types_are_checked_wherever_rules_live():
    named = [ROOT / path for path in PROJECT["tool"]["mypy"]["files"]]
    places = {"services", "queries", "engine", "statistics"}
    modules = [
        path
        for path in python_files()
        if places & {path.stem, *path.relative_to(ROOT).parts} or path.is_relative_to(ROOT / "core")
    ]

    assert PROJECT["tool"]["mypy"]["strict"] is True
    assert [str(path.relative_to(ROOT)) for path in modules if not any(map(path.is_relative_to, named))] == []


def locked(name: str) -> dict[str, str]:
    """Package -> version of a lock file."""
    rows = re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", (ROOT / name).read_text(), re.MULTILINE)
    return dict(rows)


def test_what_runs_is_what_was_tested():
    """Every direct dependency is locked, and both lock files name the same versions."""
    run, develop = locked("requirements.lock"), locked("requirements-dev.lock")
    direct = {re.split(r"[\[<>=]", wanted)[0] for wanted in PROJECT["project"]["dependencies"]}

    assert direct - set(run) == set()
    assert {name: version for name, version in run.items() if develop.get(name) != version} == {}


PHYSICAL = re.compile(
    r"(margin|padding|border|inset)-(left|right)\b|(^|[\s;{])(left|right)\s*:|text-align:\s*(left|right)"
)


def test_own_css_knows_start_and_end_but_not_left_and_right():
    faults = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in (ROOT / "static/css").rglob("*.css")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if PHYSICAL.search(line)
    ]
    assert faults == []


INLINE = re.compile(
    r"\sstyle=|\son[a-z]+=[\"']|<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|<style\b", re.IGNORECASE
)


def test_templates_carry_no_inline_style_script_or_handler():
    faults = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in (ROOT / "templates").rglob("*.html")
        if "mail" not in path.parts and "email" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if INLINE.search(line)
    ]
    assert faults == []


def local_models() -> list[type]:
    return [model for model in apps.get_models() if model.__module__.split(".")[0] in LOCAL]


@pytest.mark.parametrize("model", local_models(), ids=lambda model: model._meta.label)
def test_every_field_of_a_model_has_a_data_class(model):
    assert isinstance(model.privacy, Privacy)
    assert unclassified(model, model.privacy) == set()


def test_every_page_that_can_be_opened_says_what_it_is_for_or_why_it_needs_no_help():
    opened = {case.partition(":")[0] for case, row in TABLE.items() if row.get is not None}
    told = {page.partition(":")[0] for page in guides()}

    assert sorted(opened - told - set(needs_none())) == []
    assert sorted(told & set(needs_none())) == []
