"""A PostgreSQL of one's own for the length of a test run."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prepare import find_postgres_bin

ATTEMPTS = 3  # another program may take the port between looking and starting

# Nothing here has to survive a power failure.
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


class PostgresUnavailableError(Exception):
    """PostgreSQL is not installed, or cannot be started; the text says which."""


@contextmanager
def temporary_postgres() -> Iterator[str]:
    """Starts PostgreSQL on a free port of this machine; yields its DATABASE_URL.

    Its files lie in a temporary folder, since PostgreSQL refuses root and the user it then runs
    as may not be able to reach the checkout. Stopped and deleted at the end.
    """
    programs = find_postgres_bin()
    if programs is None:
        raise PostgresUnavailableError("PostgreSQL belum terpasang (paket Debian: postgresql)")
    is_root = os.geteuid() == 0
    # Root's own TMPDIR may lie where the other user cannot go.
    folder = Path(tempfile.mkdtemp(prefix="pmpzi-postgres-", dir="/tmp" if is_root else None))  # noqa: S108
    data = folder / "data"
    try:
        if is_root:
            shutil.chown(folder, _user_for_postgres())
        _run([programs / "initdb", "-U", "pmpzi", "-A", "trust", "--no-sync",
              "--encoding=UTF8", "--locale=C.UTF-8", "-D", data])  # fmt: skip
        port = _start([programs / "pg_ctl", "-D", data], folder / "log")
        yield f"postgres://pmpzi@127.0.0.1:{port}/pmpzi"
    finally:
        try:
            if (data / "postmaster.pid").exists():
                _run([programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"])
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _user_for_postgres() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _start(pg_ctl: list[str | Path], log: Path) -> int:
    """Starts the server and returns its port, between 1024 and 65535."""
    for _ in range(ATTEMPTS):
        port = _free_port()
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' {FAST}"
        try:
            _run([*pg_ctl, "-w", "-l", log, "-o", options, "start"])
        except PostgresUnavailableError as error:
            print(f"PostgreSQL di porta {port}: {error}", file=sys.stderr)
        else:
            return port
    raise PostgresUnavailableError("PostgreSQL tidak dapat dijalankan")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _run(command: list[str | Path]) -> None:
    """Run a program of PostgreSQL to its end, never as root."""
    user = _user_for_postgres() if os.geteuid() == 0 else None
    # A file and not a pipe: the server inherits it and would keep a pipe open.
    with tempfile.TemporaryFile("w+") as output:
        result = subprocess.run(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd="/",
            user=user,
            group=user and pwd.getpwnam(user).pw_gid,
            extra_groups=user and [],
        )
        if result.returncode:
            output.seek(0)
            raise PostgresUnavailableError(output.read().strip()[-500:] or "gagal")
