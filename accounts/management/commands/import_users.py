import csv
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.importing import OPTIONAL, REQUIRED, import_users
from common.imports import ImportCommand, ImportResult

HEAD = ("nama_pengguna", "kata_sandi")


class Command(ImportCommand):
    help = (
        "Menambah dan mengubah akun dari xlsx atau csv; semua atau tidak sama sekali, dapat "
        f"diulang. Kolom wajib: {', '.join(REQUIRED)}; boleh ada: {', '.join(OPTIONAL)}. Akun "
        "baru tanpa kata_sandi diberi kata sandi; kata sandi akun yang sudah ada tidak berubah."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--passwords",
            type=Path,
            metavar="CSV",
            help="Berkas baru untuk kata sandi yang dibuat; tanpa ini dicetak satu kali.",
        )

    def take(self, path: Path, *, dry_run: bool, options: dict[str, Any]) -> ImportResult:
        target: Path | None = options["passwords"]
        if target is None:
            result = import_users(path, dry_run=dry_run, by=None)
            for username, password in result.generated.items():
                self.stdout.write(f"{username}\t{password}")
            return result
        return import_users(path, dry_run=dry_run, by=None, keep=lambda made: _write(target, made))


def _write(path: Path, generated: Mapping[str, str]) -> None:
    """A new file that its owner alone may read. Raises CommandError where it cannot be made."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEAD)
            writer.writerows(generated.items())
    except (OSError, ValueError) as error:
        raise CommandError(
            "Berkas kata sandi tidak dapat dibuat, atau sudah ada. Tidak ada yang disimpan."
        ) from error
