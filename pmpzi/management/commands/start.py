"""``manage.py start``: all that a server needs beside the packages, and then the server."""

import io
import os
import socket
import sys
from pathlib import Path
from typing import Any

import environ
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection, connections
from django.utils import timezone

from common.storage import collect_static_files
from satker.models import Satker

DEMO_SATKER = 40
DEMO_KANWIL = 3
LARGEST_PORT = 65_535


class Command(BaseCommand):
    help = (
        "Siapkan basis data, instrumen, berkas statis, dan (dengan DEMO=1) data contoh, lalu "
        "jalankan server. Dapat diulang; data tetap."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--without-demo-data", action="store_true", help="Jangan isi data contoh."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        env = environ.Env()
        host, port = env.str("HOST", default="127.0.0.1"), self._port(env)
        self._refuse_used_port(host, port)

        os.umask(0o077)  # the database and all beside it are for this user alone
        self._refuse_absent_database()
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("load_instruments", verbosity=0, stdout=io.StringIO())
        collect_static_files(Path(settings.STATIC_ROOT))
        if settings.DEMO and not options["without_demo_data"]:
            self._show_demo_accounts()
        self.stdout.write(f"\nPMPZI: http://{host}:{port}/ (Ctrl+C untuk berhenti)")

        self.stdout.flush()
        connections.close_all()
        # In place of this process, so that what stops this command stops the server.
        command = [sys.executable, "-m", "gunicorn", "pmpzi.wsgi"]
        os.execve(sys.executable, command, os.environ | self._own_folders())  # noqa: S606

    def _own_folders(self) -> dict[str, str]:
        """Uploads under way and the cache of fonts lie with the data too, not elsewhere."""
        folders = {"TMPDIR": settings.VAR_DIR / "tmp", "XDG_CACHE_HOME": settings.VAR_DIR / "cache"}
        for folder in folders.values():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return {name: str(folder) for name, folder in folders.items()}

    def _port(self, env: environ.Env) -> int:
        text = env.str("PORT", default="8000")
        if not (text.isascii() and text.isdecimal() and 0 < int(text) <= LARGEST_PORT):
            raise CommandError(f"PORT={text} bukan nomor porta. Isi angka 1 sampai {LARGEST_PORT}.")
        return int(text)

    def _refuse_absent_database(self) -> None:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            raise CommandError(
                f"Basis data di DATABASE_URL tidak dapat dihubungi: {str(error).strip()}\n"
                "Periksa apakah servernya berjalan dan alamat, nama, serta kata sandinya benar."
            ) from error

    def _refuse_used_port(self, host: str, port: int) -> None:
        try:
            socket.create_server((host, port)).close()
        except OSError as error:
            raise CommandError(
                f"{host}:{port} tidak dapat dipakai ({error.strerror}). "
                f"Pilih porta lain, misalnya: PORT={port + 1} make run"
            ) from error

    def _show_demo_accounts(self) -> None:
        """Fills an empty database, keeps what was printed then, and prints it each time."""
        accounts = Path(settings.VAR_DIR) / "demo-accounts.txt"
        if not Satker.objects.exists():
            self.stdout.write(
                f"Mengisi data contoh: {DEMO_SATKER} satuan kerja di {DEMO_KANWIL} kanwil"
            )
            printed = io.StringIO()
            call_command(
                "seed_demo",
                satker=DEMO_SATKER,
                kanwil=DEMO_KANWIL,
                year=timezone.localdate().year,
                stdout=printed,
            )
            accounts.write_text(printed.getvalue(), encoding="utf-8")
        if accounts.exists():
            self.stdout.write(accounts.read_text(encoding="utf-8").strip())
