"""A real server for one test."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from websockets.asyncio.client import connect

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]


class Server:
    """uvicorn in a process of its own, on the database of this test."""

    def __init__(self, data, cookie):
        self.port = free_port()
        self.cookie = cookie
        self.environment = {
            **os.environ,
            "SECRET_KEY": settings.SECRET_KEY,
            "PEYVAND_DATA": str(data),
            "PEYVAND_MANIFEST": "0",
        }
        if connection.vendor == "sqlite":
            with sqlite3.connect(data / "peyvand.sqlite3") as copy:
                connection.connection.backup(copy)
        else:
            where = settings.DATABASES["default"]
            name = connection.settings_dict["NAME"]
            self.environment["DATABASE_URL"] = (
                f"postgres://{where['USER']}:{where['PASSWORD']}@{where['HOST']}:{where['PORT']}/{name}"
                if where["HOST"]
                else f"postgres:///{name}"
            )

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", str(self.port), "--lifespan", "off",
             "--ws", "core.line:Line", "--ws-max-size", "65536", "--log-level", "error"],
            cwd=ROOT, env=self.environment,
        )  # fmt: skip
        for _try in range(1200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.1)
        raise TimeoutError("the server did not start")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def talk(self, *, cookie=None, **how):
        origin = f"http://127.0.0.1:{self.port}"
        headers = {"Cookie": f"sessionid={cookie or self.cookie}"}
        patient: dict[str, Any] = {"open_timeout": 60, "ping_interval": None}
        where = f"ws://127.0.0.1:{self.port}/ws/talk"
        return connect(where, origin=origin, additional_headers=headers, **patient | how)
