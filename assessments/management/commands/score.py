"""Score a file of answers against an instrument file, without a database."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

import scoring

REFUSED = 2  # exit status when the answers cannot be scored


class Command(BaseCommand):
    help = "Hitung nilai satu berkas jawaban (JSON) menurut sebuah instrumen; tanpa basis data."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--instrument", required=True, help="kode instrumen, misalnya lke-2021")
        parser.add_argument("file", metavar="FILE", help="berkas JSON; - untuk masukan standar")

    def handle(self, *, instrument: str, file: str, **_options: object) -> None:
        sheet, rules = _load_instrument(settings.BASE_DIR / "fixtures" / "instruments", instrument)
        try:
            entries = scoring.entries_from_answers(sheet, scoring.read_answers(_read(file)))
        except scoring.AnswersError as refusal:
            raise CommandError(str(refusal), returncode=REFUSED) from refusal
        evaluation = scoring.evaluate(sheet, rules, entries)
        self.stdout.write(json.dumps(scoring.evaluation_to_json(instrument, evaluation), indent=2))


def _load_instrument(folder: Path, code: str) -> scoring.ParsedInstrument:
    paths = {path.stem: path for path in folder.glob("*.json")}
    if code not in paths:
        known = ", ".join(sorted(paths))
        raise CommandError(
            f"Instrumen {code!a} tidak dikenal. Yang tersedia: {known}.", returncode=REFUSED
        )
    return scoring.parse_instrument(json.loads(paths[code].read_text(encoding="utf-8")))


def _read(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise CommandError(
            f"Berkas {file!a} tidak dapat dibaca: {error}", returncode=REFUSED
        ) from error
