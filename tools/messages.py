"""`make messages`: collect every text, then compile. `--check` changes nothing and fails when a text is missing.

Collecting needs gettext (xgettext, msgmerge, msgfmt); the compiled catalogue is kept in the repository, so running does not.
"""

import gettext
import shutil
import subprocess
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "locale/fa/LC_MESSAGES/django.po"
MO = PO.with_suffix(".mo")


def collect() -> None:
    command = ["manage.py", "makemessages", "-l", "fa", "--no-location", "--no-obsolete", "--no-wrap", "-v", "0"]
    ignored = [".venv/*", ".data/*", "tests/*", "bench/*", "tools/*", "docs/*"]
    options = [word for pattern in ignored for word in ("--ignore", pattern)]
    subprocess.run([sys.executable, *command, *options], cwd=ROOT, check=True)


def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="fa")


def unfinished(texts: Catalog) -> list[str]:
    """Texts without a translation, or with one that is only guessed."""
    missing = []
    for message in texts:
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and (message.fuzzy or not all(strings)):
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return missing


def stale(texts: Catalog) -> bool:
    """Whether the compiled catalogue says anything else than the texts."""
    if not MO.exists():
        return True
    with MO.open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    wanted: dict[object, str] = {}
    for message in texts:
        if not message.id or message.fuzzy:
            continue
        prefix = f"{message.context}\x04" if message.context else ""
        if isinstance(message.id, str):
            wanted[prefix + message.id] = str(message.string)
        else:
            wanted |= {(prefix + message.id[0], number): text for number, text in enumerate(message.string)}
    return {key: text for key, text in compiled.items() if key != ""} != wanted


def keys(texts: Catalog) -> set[tuple[str | None, str]]:
    return {(m.context, m.id if isinstance(m.id, str) else m.id[0]) for m in texts if m.id}


def check() -> int:
    texts = catalogue()
    faults = [f"not translated: {text[:100]!r}" for text in unfinished(texts)]
    if stale(texts):
        faults.append("the compiled catalogue is older than its texts: run `make messages`")
    if shutil.which("xgettext"):
        kept = PO.read_bytes()
        try:
            collect()
            fresh = catalogue()
        finally:
            PO.write_bytes(kept)
        faults += [f"not collected: {text[:100]!r}" for _, text in sorted(keys(fresh) - keys(texts), key=str)]
        faults += [f"no longer used: {text[:100]!r}" for _, text in sorted(keys(texts) - keys(fresh), key=str)]
    else:
        print("gettext is not installed: whether every text is collected was not checked.")
    print("\n".join(faults) or f"Translations: {len(texts)} texts, complete.")
    return bool(faults)


def main() -> int:
    if "--check" in sys.argv:
        return check()
    if not shutil.which("xgettext"):
        print("Collecting texts needs gettext (Debian: apt install gettext).")
        return 1
    PO.parent.mkdir(parents=True, exist_ok=True)
    collect()
    MO.unlink(missing_ok=True)  # compilemessages goes by the clock, which is too coarse for a script
    subprocess.run([sys.executable, "manage.py", "compilemessages", "-l", "fa", "-v", "0"], cwd=ROOT, check=True)
    texts = catalogue()
    missing = unfinished(texts)
    print(f"{len(texts)} texts, {len(missing)} to translate in {PO.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
