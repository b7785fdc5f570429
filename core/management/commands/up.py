"""`make run`: everything in one process, ready to be looked at."""

import errno
import socket
import warnings
from typing import Any

import uvicorn
from celery import current_app
from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command

from core import embedded
from core.line import Line
from core.network import EVERYWHERE, own_address


class Command(BaseCommand):
    help = "Migrate, plant the demonstration on first start, and serve on HOST and PORT: web, worker and clock in one process."

    def handle(self, *args: Any, **options: Any) -> None:
        listening = self.listen(settings.HOST, settings.PORT)
        call_command("migrate", verbosity=0)
        if settings.DEMO:
            call_command("seed_demo", "--size", "small", "--if-empty")
        embedded.start(current_app._get_current_object())  # type: ignore[attr-defined]
        self.stdout.write(self.style.SUCCESS(f"Peyvand is at {' and '.join(self.addresses())}"))
        if settings.DEMO:
            self.stdout.write("The demonstration signs you in with one click per role. Stop with Ctrl-C.")
        warnings.filterwarnings("ignore", "No directory at", UserWarning)  # static files are served from where they lie
        config = uvicorn.Config(
            "config.asgi:application",
            log_level="warning",
            lifespan="off",
            ws=Line,
            ws_max_size=64 * 1024,
            ws_per_message_deflate=False,
        )
        uvicorn.Server(config).run(sockets=[listening])

    def addresses(self) -> list[str]:
        """Where a browser finds it: on this machine, and from the network if it listens there."""
        if settings.HOST in EVERYWHERE:
            names = ["localhost", *own_address()]
        else:
            names = ["localhost" if settings.HOST == "127.0.0.1" else settings.HOST]
        return [f"http://{f'[{name}]' if ':' in name else name}:{settings.PORT}" for name in names]

    def listen(self, host: str, port_text: str) -> socket.socket:
        """Take the port before anything else, so that a busy one costs a sentence and not a start-up."""
        port = int(port_text) if port_text.isdecimal() and len(port_text) < 6 else 0
        if not 0 < port < 65536:
            raise CommandError(f"PORT is {port_text}, but has to be a number from 1 to 65535.")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        taken = socket.socket(family, socket.SOCK_STREAM)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CommandError(f"Port {port} is in use. Choose another one: make run PORT={port + 1}") from error
            raise CommandError(f"Cannot listen on {host}:{port}: {error.strerror}.") from error
        return taken
