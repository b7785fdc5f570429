"""The servers that are measured, each a real process as one would run it: one process each, the same database and Redis."""

import getpass
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2

from tests.journeys.platform import run_sql, scratch_database
from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = ROOT / "bench/messaging"
PEERS = ROOT / ".venv-bench/bin/python"
NODE = HERE / "peers/node"
TICKS = os.sysconf("SC_CLK_TCK")
UVICORN = (
    "--lifespan off --ws-max-size 65536 --ws-per-message-deflate false --no-access-log"
    " --proxy-headers --log-level warning --host 127.0.0.1 --port"
)


@dataclass
class Site:
    """One server: how it is planted and started, and who can speak to it."""

    name: str
    dialect: str
    plant: Callable[["Site", int], list[dict[str, Any]]]
    command: list[str]
    cwd: Path = ROOT
    env: dict[str, str] = field(default_factory=dict)
    folder: Path = Path(tempfile.gettempdir())
    port: int = 0
    people: list[dict[str, Any]] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None
    remove: Callable[[], None] = lambda: None

    def prepare(self, many: int, given: dict[str, str]) -> None:
        """A database of its own with people in rooms of two."""
        self.port = free_port()
        url, self.remove = scratch_database(given["DATABASE_URL"])
        run_sql(given["DATABASE_URL"], f'CREATE DATABASE "{urlsplit(url).path.strip("/")}"')
        clean = {key: value for key, value in os.environ.items() if key != "PGOPTIONS"}  # commits are kept, here
        user = {
            "PGUSER": getpass.getuser()
        }  # libpq asks the system where an address names nobody; the peers on Node do not
        self.env = user | clean | given | self.env | {"DATABASE_URL": url, "PORT": str(self.port)}
        self.people = self.plant(self, many)
        with closing(psycopg2.connect(url)) as line, line.cursor() as cursor:
            line.autocommit = True
            cursor.execute("VACUUM ANALYZE")  # as the database has done by itself wherever people have been for a while

    def start(self) -> None:
        command = (
            [*self.command, str(self.port)] if self.dialect != "ws" and self.dialect != "socketio" else self.command
        )
        log = (self.folder / f"{self.name}.log").open("ab")
        self.process = subprocess.Popen(command, cwd=self.cwd, env=self.env, stderr=log, stdout=log)
        for _try in range(600):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} did not start: {Path(log.name).read_text()[-3000:]}")
            time.sleep(0.05)
        raise TimeoutError(f"{self.name} did not start")

    def stop(self, *, kill: bool = False) -> None:
        if self.process:
            self.process.kill() if kill else self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def cpu_s(self) -> float:
        """Seconds of processor that the server has used, in all its threads."""
        words = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / TICKS

    def kb(self) -> int:
        """Memory that is the server's own."""
        rollup = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return int(rollup.split("\nPss:", 1)[1].split()[0])


def printed_by(command: list[str], cwd: Path, env: dict[str, str]) -> Any:
    """The last line that a process printed, as JSON."""
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def plant_ours(site: Site, many: int) -> list[dict[str, Any]]:
    compiled = "accounts config core dashboard evaluation mentoring notifications paradigm"  # as the Dockerfile does it
    subprocess.run([sys.executable, "-m", "compileall", "-q", *compiled.split()], cwd=site.cwd, check=True)
    return printed_by([sys.executable, str(HERE / "plant.py"), str(many)], site.cwd, site.env)


def plant_tutorial(site: Site, many: int) -> list[dict[str, Any]]:
    return printed_by([str(PEERS), "plant.py", str(many)], site.cwd, site.env)


def plant_node(site: Site, many: int) -> list[dict[str, Any]]:
    with psycopg2.connect(site.env["DATABASE_URL"]) as line, line.cursor() as cursor:
        cursor.execute((NODE / "schema.sql").read_text())
        cursor.execute("INSERT INTO room SELECT generate_series(0, %s)", [many // 2 - 1])
        cursor.execute("INSERT INTO member SELECT n / 2, n FROM generate_series(0, %s) n", [many - 1])
        cursor.execute(
            "INSERT INTO session SELECT lpad(to_hex(n), 32, '0'), n, now() + interval '1 day'"
            " FROM generate_series(0, %s) n",
            [many - 1],
        )
    return [{"id": n, "room": n // 2, "cookie": f"{n:032x}"} for n in range(many)]


def plant_nobody(_site: Site, many: int) -> list[dict[str, Any]]:
    return [{"id": n, "room": n // 2, "cookie": "-"} for n in range(many)]


def uvicorn(python: str, application: str, line: str = "core.line:Line") -> list[str]:
    return [python, "-m", "uvicorn", application, "--ws", line, *UVICORN.split()]


def known_sites() -> list[Site]:
    """Ours first; of the others those that are set up here."""
    own = {"SECRET_KEY": "only for the bench", "PEYVAND_MANIFEST": "0", "TALK_FRAMES_PER_SECOND": "100000"}
    tutorial = HERE / "peers/tutorial"
    asgi, python, sansio = "asgi:application", str(PEERS), "websockets-sansio"
    sites = [
        Site("ours", "ours", plant_ours, uvicorn(sys.executable, "config.asgi:application"), env=own),
        Site(
            "tutorial-redis", "tutorial", plant_tutorial, uvicorn(python, asgi, sansio), tutorial,
            {"CHANNEL_LAYER": "channels_redis.core.RedisChannelLayer"},
        ),
        Site(
            "tutorial-pubsub", "tutorial", plant_tutorial, uvicorn(python, asgi, sansio), tutorial,
            {"CHANNEL_LAYER": "channels_redis.pubsub.RedisPubSubChannelLayer"},
        ),
        Site("ws", "ws", plant_node, ["node", "ws.js"], NODE, {"NODE_ENV": "production"}),
        Site("socketio", "socketio", plant_node, ["node", "socketio.js"], NODE, {"NODE_ENV": "production"}),
        Site("echo", "echo", plant_nobody, uvicorn(sys.executable, "bench.messaging.peers.echo:application")),
    ]  # fmt: skip
    here = {"node": shutil.which("node") and (NODE / "node_modules").exists(), str(PEERS): PEERS.exists()}
    return [site for site in sites if here.get(site.command[0], True)]
