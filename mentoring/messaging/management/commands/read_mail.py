"""`manage.py read_mail FILE…`: answers by mail out of files, mailboxes and folders, or one mail from standard input."""

import mailbox
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from mentoring.messaging.services import take_mail


class Command(BaseCommand):
    help = "Say in their conversations what people answered by mail. A mail that was read before changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "paths", nargs="*", help="mails, mbox files, Maildirs or folders of mails; none: standard input"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        done, failed = 0, 0
        for number, raw in enumerate(mails_in(options["paths"]), start=1):
            try:
                row = take_mail(raw, at=timezone.now())
            except Exception as error:  # the mails after it are other people's
                failed += 1
                self.stderr.write(f"mail {number} could not be read: {error!r}")
                continue
            done += not row.reason
            self.stdout.write(f"{row.message_id} {row.reason or 'said'}")
        self.stdout.write(f"{done} said")
        if failed:
            raise CommandError(f"{failed} could not be read; run this again.", returncode=os.EX_TEMPFAIL)


def mails_in(paths: list[str]) -> Iterator[bytes]:
    """Raw mails. Raises CommandError for a path that is not there."""
    if not paths:
        yield sys.stdin.buffer.read()
    for path in map(Path, paths):
        if not path.exists():
            raise CommandError(f"{path} is not there.")
        if path.is_dir() and (path / "new").is_dir():
            box = mailbox.Maildir(path, create=False)
            yield from (box.get_bytes(key) for key in box.iterkeys())
        elif path.is_dir():
            yield from (file.read_bytes() for file in sorted(path.iterdir()) if file.is_file())
        elif path.read_bytes()[:5] == b"From ":
            folder = mailbox.mbox(path, create=False)
            yield from (folder.get_bytes(key) for key in folder.iterkeys())
        else:
            yield path.read_bytes()
