"""What every import from a spreadsheet tells: how many rows did what, and which cannot."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.errors import DomainError
from common.spreadsheet import RowError

ERRORS_SHOWN = 50


@dataclass(slots=True)
class ImportResult:
    """With errors nothing was written, and the counts are what would have been."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)


class ImportCommand(BaseCommand):
    """A command that takes one file; a subclass says what is done with it."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="Berkas xlsx atau csv.")
        parser.add_argument(
            "--dry-run", action="store_true", help="Periksa saja; tidak ada yang disimpan."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = self.take(options["file"], dry_run=options["dry_run"], options=options)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        if result.errors:
            raise CommandError(self._listed(result.errors))
        done = "Akan" if options["dry_run"] else "Selesai:"
        self.stdout.write(
            f"{done} ditambah {result.added}, diubah {result.updated}, tetap {result.unchanged}."
        )

    def take(self, path: Path, *, dry_run: bool, options: dict[str, Any]) -> ImportResult:
        raise NotImplementedError

    def _listed(self, errors: list[RowError]) -> str:
        lines = [f"Tidak ada yang disimpan; {len(errors)} kesalahan:"]
        lines += [str(error) for error in errors[:ERRORS_SHOWN]]
        if len(errors) > ERRORS_SHOWN:
            lines.append(f"… dan {len(errors) - ERRORS_SHOWN} lagi.")
        return "\n".join(lines)
