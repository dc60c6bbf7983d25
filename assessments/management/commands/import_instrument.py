"""An instrument file, the official question master or workbook, into the database."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from assessments.instrument_diff import Difference
from assessments.management.files import from_to, read_file
from assessments.services.instrument_import import (
    MAXIMUM_SIZE,
    ImportedInstrument,
    import_instrument,
    read_instrument_file,
)
from common.errors import DomainError

SHOWN = 70  # characters of a text


class Command(BaseCommand):
    help = (
        "Memuat instrumen dari berkas JSON format fixtures/instruments, atau kata-kata dari master "
        "soal resmi (JSON) atau buku kerja resmi (xlsx), yang menjadi versi baru instrumen "
        "bawaan. Versi yang sudah dipakai tidak pernah berubah. Aman dijalankan berulang kali."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="berkas JSON atau xlsx")
        parser.add_argument(
            "--instrument",
            default="lke-2021",
            help="kode instrumen yang dimaksud master atau buku kerja (bawaan: lke-2021)",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="tampilkan perbedaan tanpa menyimpannya"
        )

    def handle(self, *, file: str, instrument: str, dry_run: bool, **_options: object) -> None:
        document = read_file(file, MAXIMUM_SIZE)
        try:
            imported = import_instrument(
                read_instrument_file(document), master_for=instrument, dry_run=dry_run
            )
        except DomainError as refusal:
            raise CommandError(f"{refusal}\nTidak ada yang disimpan.") from refusal
        self._print(imported)
        if dry_run:
            self.stdout.write("Uji coba: tidak ada yang disimpan.")

    def _print(self, imported: ImportedInstrument) -> None:
        self.stdout.write(f"{imported.code} versi {imported.version}: {imported.outcome}.")
        for remark in imported.remarks:
            self.stdout.write(f"catatan: {remark}")
        if imported.compared_with is None:
            return
        for difference in imported.differences:
            self.stdout.write(_line(difference))
        self.stdout.write(
            f"{len(imported.differences)} perbedaan dari versi {imported.compared_with}."
        )


def _line(difference: Difference) -> str:
    where = " ".join(filter(None, (difference.code, difference.what)))
    line = f"{difference.kind.capitalize()}: {where}"
    if difference.before or difference.after:
        line += f": {from_to(difference.before, difference.after, SHOWN)}"
    return line
