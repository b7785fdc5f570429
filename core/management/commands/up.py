"""`make run`: everything in one process, ready to be looked at."""

import errno
import os
import socket
from typing import Any

import uvicorn
from celery import current_app
from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.core.management.base import CommandParser

from core import embedded


class Command(BaseCommand):
    help = "Migrate, plant the demonstration on first start, and serve: web, worker and clock in one process."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        listening = self.listen(host, port)
        call_command("migrate", verbosity=0)
        if settings.DEMO:
            call_command("seed_demo", "--size", "small", "--if-empty")
        embedded.start(current_app._get_current_object())  # type: ignore[attr-defined]
        self.stdout.write(
            self.style.SUCCESS(f"Peyvand is at http://{'localhost' if host == '127.0.0.1' else host}:{port}")
        )
        if settings.DEMO:
            self.stdout.write("The demonstration signs you in with one click per role. Stop with Ctrl-C.")
        config = uvicorn.Config(
            "config.asgi:application",
            log_level="warning",
            lifespan="off",
            ws="websockets-sansio",
            ws_max_size=64 * 1024,
        )
        uvicorn.Server(config).run(sockets=[listening])

    def listen(self, host: str, port: int) -> socket.socket:
        """Take the port before anything else, so that a busy one costs a sentence and not a start-up."""
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
