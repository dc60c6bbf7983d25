import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from assessments.errors import InstrumentInUse, InstrumentRefused
from assessments.services.instruments import load_instrument


class Command(BaseCommand):
    help = "Memuat semua instrumen dari fixtures/instruments; aman dijalankan berulang kali."

    def handle(self, *args: object, **options: object) -> None:
        folder = Path(settings.BASE_DIR) / "fixtures" / "instruments"
        for path in sorted(folder.glob("*.json")):
            try:
                loaded = load_instrument(json.loads(path.read_text(encoding="utf-8")))
            except InstrumentInUse as refusal:
                # What is stored and used stays; the server must start all the same.
                self.stderr.write(f"{path.name} dilewati: {refusal}")
                continue
            except InstrumentRefused as refusal:
                raise CommandError(f"{path.name}: {refusal}") from refusal
            self.stdout.write(f"{loaded.instrument.code}: {loaded.outcome}")
