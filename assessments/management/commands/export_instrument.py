"""A stored version of an instrument as our own readable instrument file."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from assessments.instrument_file import render_instrument
from assessments.services.instruments import find_instrument
from common.errors import DomainError


class Command(BaseCommand):
    help = (
        "Menulis satu versi instrumen sebagai berkas JSON (format fixtures/instruments). Berkas "
        "itu dapat dimuat kembali dengan import_instrument tanpa perubahan."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "instrument",
            help="kode (lke-2021: versi terbaru yang terbit), atau kode dan versi (lke-2021:2)",
        )
        parser.add_argument("--output", default="", help="berkas tujuan (bawaan: keluaran standar)")

    def handle(self, *, instrument: str, output: str, **_options: object) -> None:
        try:
            found = find_instrument(instrument)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        text = render_instrument(found)
        if not output:
            self.stdout.write(text, ending="")
            return
        try:
            Path(output).write_text(text, encoding="utf-8", newline="\n")
        except (OSError, ValueError) as fault:  # ValueError: a NUL in the name
            raise CommandError(f"Berkas {output!a} tidak dapat ditulis.") from fault
        self.stdout.write(f"{found.code} versi {found.version} ditulis ke {output}.")
