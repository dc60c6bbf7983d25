"""A real server for tests: gunicorn in its own process, with a database of its own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60


class Server:
    """PMPZI as users meet it, on a free port of this machine.

    ``start`` and ``stop`` may be repeated; the data stays. ``kill`` is a crash: signal 9 to
    gunicorn and all its workers.
    """

    def __init__(self, folder: Path, *, database_url: str = "") -> None:
        """folder: everything it writes. database_url: empty for SQLite in that folder."""
        self.folder = folder
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "DATABASE_URL": database_url,
            "VAR_DIR": str(folder),
            "STATIC_ROOT": str(folder / "static"),
            "PORT": str(self.port),
            "LOG_LEVEL": "WARNING",
        }
        self.log = folder / "server.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Prepares what ``make run`` prepares, without demo data, and waits until ready."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "start", "--without-demo-data"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(self.log.read_text(encoding="utf-8", errors="replace"))
            time.sleep(0.05)

    def manage(self, *arguments: str) -> str:
        """Runs a manage.py command against the server's data; returns what it prints."""
        result = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        if result.returncode:
            raise RuntimeError(f"{arguments[0]}: {result.stderr}")
        return result.stdout

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=START_SECONDS)
            self.process = None

    def kill(self) -> None:
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=START_SECONDS)
            self.process = None

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/siap", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def make_database(test_database_url: str, name: str) -> str:
    """An empty PostgreSQL database beside the one of the tests; returns its address."""
    parts = urlsplit(test_database_url)
    with psycopg.connect(
        urlunsplit(parts._replace(path="/postgres")), autocommit=True
    ) as connection:
        database = sql.Identifier(name)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(database))
    return urlunsplit(parts._replace(path=f"/{name}"))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
