from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from evidence import previews
from evidence.errors import FileLost, PreviewBusy

TOLD_EVERY = 1000


class Command(BaseCommand):
    help = (
        "Membuat gambar kecil dan halaman pertama pratinjau bukti dukung yang belum ada. Dapat "
        "dihentikan dan dijalankan lagi: yang sudah dibuat dilewati."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--limit", type=int, default=0, help="paling banyak sekian berkas; 0: semua"
        )

    def handle(self, *args: Any, limit: int, **options: Any) -> None:
        made = left = 0
        for file in previews.unprepared():
            if limit and made + left >= limit:
                break
            try:
                done = previews.prepare(file)
                made, left = made + done, left + (not done)
            except (FileLost, PreviewBusy) as reason:
                left += 1
                self.stderr.write(f"  {file.pk} {file.name}: {reason}")
            if (made + left) % TOLD_EVERY == 0:
                self.stdout.write(f"{made} pratinjau dibuat …")
        self.stdout.write(f"{made} pratinjau dibuat, {left} tidak dapat dibuat sekarang.")
