"""A whole platform of its own that may be killed: a PostgreSQL cluster, Redis, two web processes and a worker."""

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psycopg2

from bench.messaging.sites import HERE, ROOT, printed_by, uvicorn
from tests.ports import free_port

APPLICATION = "bench.messaging.drill.clock:application"
SMALL_MB = 400
SABOTAGED = "bench.messaging.drill.sabotage"


def postgres_bin(name: str) -> str:
    found = shutil.which(name) or next(iter(sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))[::-1]), None)
    if not found:
        sys.exit(f"{name} is needed to make a PostgreSQL that may be killed.")
    return str(found)


class World:
    """The cluster and Redis. `settings` are given to every start of PostgreSQL."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "pg"
        self.pg_port, self.redis_port = free_port(), free_port()
        self.settings: dict[str, str] = {}
        self.mounted = False
        self.owner = {"user": "postgres"} if os.geteuid() == 0 else {}
        self.small = folder / "small"
        self.small.mkdir()
        if self.owner:  # PostgreSQL refuses to be root
            mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_MB}m", "tmpfs", str(self.small)]
            self.mounted = subprocess.run(mount, check=False, stderr=subprocess.DEVNULL).returncode == 0
            account = pwd.getpwnam("postgres")
            folder.chmod(0o755)
            self.data.mkdir()
            for each in (self.data, self.small):
                os.chown(each, account.pw_uid, account.pw_gid)
        command = [
            postgres_bin("initdb"),
            "--auth=trust",
            "--username=drill",
            "--no-instructions",
            "-D",
            str(self.data),
            *(["--waldir", str(self.small / "wal")] if self.mounted else []),
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **self.owner)
        self.start_postgres()
        self.start_redis()

    def start_postgres(self) -> None:
        options = {"listen_addresses": "127.0.0.1", "port": self.pg_port, "unix_socket_directories": "",
                   "max_connections": 80, "min_wal_size": "32MB", "max_wal_size": "64MB",
                   "logging_collector": "off", "restart_after_crash": "on"} | self.settings  # fmt: skip
        binary = str(Path(postgres_bin("initdb")).resolve().parent / "postgres")
        command = [binary, "-D", str(self.data), *[f"--{name}={value}" for name, value in options.items()]]
        log = (self.folder / "postgres.log").open("ab")
        for _try in range(300):
            self.postgres = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", **self.owner)
            while self.postgres.poll() is None:  # it ends by itself while children of a killed one are about
                with suppress(psycopg2.Error), closing(self.connect("postgres")):
                    return
                time.sleep(0.05)
            time.sleep(0.1)
        sys.exit((self.folder / "postgres.log").read_text()[-3000:])

    def kill_postgres(self) -> None:
        self.postgres.kill()
        self.postgres.wait()

    def fill_disk(self) -> None:
        """Where the log lies on a small disk of its own: full until the database has given up, then there is room again."""
        filler = self.small / "filler"
        with filler.open("wb") as file, suppress(OSError):
            while True:
                file.write(bytes(2**20))
                file.flush()
        with suppress(psycopg2.Error):
            for _segment in range(SMALL_MB // 16):
                self.ask("postgres", "SELECT txid_current(), pg_switch_wal()")
            sys.exit("The disk was full, and the database did not notice.")
        time.sleep(2)
        filler.unlink()
        end = time.monotonic() + 20
        while self.postgres.poll() is None and time.monotonic() < end:
            with suppress(psycopg2.Error), closing(self.connect("postgres")):
                return
            time.sleep(0.1)
        self.kill_postgres()
        self.start_postgres()

    def start_redis(self) -> None:
        command = [
            "redis-server",
            "--port",
            str(self.redis_port),
            "--save",
            "",
            "--appendonly",
            "no",
            "--bind",
            "127.0.0.1",
        ]
        self.redis = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=self.folder)

    def kill_redis(self) -> None:
        self.redis.kill()
        self.redis.wait()

    def connect(self, database: str) -> Any:
        line = psycopg2.connect(host="127.0.0.1", port=self.pg_port, user="drill", dbname=database, connect_timeout=5)
        line.autocommit = True
        return line

    def ask(self, database: str, question: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(self.connect(database)) as line, line.cursor() as cursor:
            cursor.execute(question, values)
            return list(cursor.fetchall()) if cursor.description else []

    def url(self, database: str) -> str:
        return f"postgresql://drill@127.0.0.1:{self.pg_port}/{database}"

    def environment(self, database: str) -> dict[str, str]:
        clean = {key: value for key, value in os.environ.items() if key not in ("PGOPTIONS", "DJANGO_SETTINGS_MODULE")}
        return clean | {
            "DATABASE_URL": self.url(database), "REDIS_URL": f"redis://127.0.0.1:{self.redis_port}/0",
            "SECRET_KEY": "only for the drill", "PEYVAND_MANIFEST": "0", "TALK_FRAMES_PER_SECOND": "1000",
            "PEYVAND_DATA": str(self.folder), "LOG_LEVEL": "ERROR", "CLOCK": str(self.folder / "clock"),
        }  # fmt: skip

    def plant(self, people: int) -> list[dict[str, Any]]:
        """Once, into a template from which every stage is made."""
        self.ask("postgres", "CREATE DATABASE planted")
        return printed_by([sys.executable, str(HERE / "plant.py"), str(people)], ROOT, self.environment("planted"))

    def close(self) -> None:
        self.kill_redis()
        self.kill_postgres()
        if self.mounted:
            subprocess.run(["umount", "--lazy", str(self.small)], check=False)


class Stage:
    """One installation in the world: its database, two web processes, a worker with its clock."""

    def __init__(self, world: World, name: str, *, sabotage: str = "") -> None:
        self.world, self.name = world, name
        world.ask("postgres", f'CREATE DATABASE "{name}" TEMPLATE planted')
        self.env = world.environment(name) | ({"SABOTAGE": sabotage} if sabotage else {})
        self.application = f"{SABOTAGED}:application" if sabotage else APPLICATION
        self.jobs = f"{SABOTAGED}:celery_app" if sabotage else "config"
        self.ports = [free_port(), free_port()]
        self.webs: list[subprocess.Popen[bytes]] = [self.web(port) for port in self.ports]
        self.start_worker()
        for port in self.ports:
            self.answers(port)

    def web(self, port: int) -> subprocess.Popen[bytes]:
        command = [*uvicorn(sys.executable, self.application), str(port)]
        log = (self.world.folder / "web.log").open("ab")
        return subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=log, stderr=log)

    def answers(self, port: int) -> None:
        for _try in range(1200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return
            time.sleep(0.05)
        sys.exit((self.world.folder / "web.log").read_text()[-3000:])

    def start_worker(self) -> None:
        command = f"-m celery -A {self.jobs} worker --pool threads --concurrency 2 --beat --loglevel error"
        out = (self.world.folder / "worker.log").open("ab")
        self.worker = subprocess.Popen(
            [sys.executable, *command.split(), "--without-mingle", "-s", str(self.world.folder / "beat")],
            cwd=ROOT, env=self.env, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip

    # Ways to die. Each returns when what died has been started again; it may not answer yet.

    def kill_web(self) -> None:
        n = random.randrange(2)
        self.webs[n].kill()
        self.webs[n].wait()
        self.webs[n] = self.web(self.ports[n])

    def kill_worker(self) -> None:
        self.end_worker()
        self.start_worker()

    def end_worker(self) -> None:
        """With its clock, which is a child."""
        os.killpg(self.worker.pid, signal.SIGKILL)
        self.worker.wait()

    def kill_redis(self) -> None:
        self.world.kill_redis()
        time.sleep(random.uniform(0, 1.5))
        self.world.start_redis()

    def kill_backend(self) -> None:
        """The connection of some process of ours, in whatever it does."""
        with suppress(psycopg2.Error):
            self.world.ask(
                "postgres",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s ORDER BY state, random() LIMIT 2",
                self.name,
            )

    def kill_postmaster(self) -> None:
        self.world.kill_postgres()
        self.world.start_postgres()

    def stop_web(self) -> None:
        """It hangs for a while, then goes on as if nothing had been."""
        web = random.choice(self.webs)
        web.send_signal(signal.SIGSTOP)
        time.sleep(10)
        web.send_signal(signal.SIGCONT)

    def jump_clock(self) -> None:
        """The clock of the web processes goes an hour forward or back, and stays there until it jumps again."""
        (self.world.folder / "clock").write_text(str(random.choice([-3600, -90, 90, 3600])))

    def fill_disk(self) -> None:
        """Nothing more can be written to the log of the database, until somebody makes room."""
        self.world.fill_disk()

    def hold_rooms(self, seconds: float) -> None:
        """Nobody can commit for so long."""
        with suppress(psycopg2.Error), closing(self.world.connect(self.name)) as line, line.cursor() as cursor:
            line.autocommit = False
            cursor.execute("SELECT id FROM messaging_room ORDER BY id FOR UPDATE")
            time.sleep(seconds)
            line.rollback()

    def close(self) -> None:
        self.end_worker()
        for process in self.webs:
            process.kill()
            process.wait()
