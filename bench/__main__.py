"""``python -m bench [--rounds N] [--seconds S] [--only sqlite|postgresql]``."""

import os
import shutil
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from temporary_postgres import PostgresUnavailableError, temporary_postgres  # noqa: E402

SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "bench.settings",
    "DEMO": "1",
    "DEBUG": "",
    "HOST": "127.0.0.1",
    "WEB_CONCURRENCY": "2",
    "WEB_THREADS": "4",
    "TRUSTED_PROXY_COUNT": "0",
    "LOG_LEVEL": "WARNING",
}


def main() -> int:
    parser = ArgumentParser(prog="python -m bench", description="Ukur PMPZI di komputer ini.")
    parser.add_argument("--rounds", type=int, default=5, help="putaran tiap ukuran (5)")
    parser.add_argument("--seconds", type=float, default=3, help="detik tiap putaran (3)")
    parser.add_argument("--only", choices=["sqlite", "postgresql"], help="satu basis data saja")
    arguments = parser.parse_args()
    print(
        "PMPZI dibandingkan dengan view Django polos, middleware sama, bergantian dalam satu "
        f"jalan.\n2 pekerja gunicorn x 4 utas, 8 klien (2 proses x 4 utas), {arguments.rounds} "
        f"putaran x {arguments.seconds:g} s, {os.cpu_count()} prosesor, beban "
        f"{os.getloadavg()[0]:.1f}; angka tengah dari semua putaran.",
        flush=True,
    )
    measure = [f"--rounds={arguments.rounds}", f"--seconds={arguments.seconds}"]
    failed = 0
    if arguments.only != "postgresql":
        failed |= _measure("SQLite (synchronous=FULL)", "", [*measure, "--processor"])
    if arguments.only != "sqlite":
        try:
            with temporary_postgres() as url:
                _create_database(url)
                failed |= _measure("PostgreSQL (fsync mati, seperti saat tes)", url, measure)
        except PostgresUnavailableError as error:
            print(f"\nPostgreSQL tidak diukur: {error}")
    return failed


def _measure(name: str, database_url: str, arguments: list[str]) -> int:
    folder = tempfile.mkdtemp(prefix="pmpzi-bench-")
    surroundings = os.environ | SETTINGS
    surroundings |= {
        "DATABASE_URL": database_url,
        "VAR_DIR": folder,
        "STATIC_ROOT": f"{folder}/static",
    }
    try:
        command = [sys.executable, "manage.py", "measure", name, *arguments]
        return subprocess.run(command, cwd=ROOT, env=surroundings).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _create_database(url: str) -> None:
    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')


if __name__ == "__main__":
    sys.exit(main())
