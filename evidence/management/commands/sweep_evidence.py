from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.words import print_size
from evidence.models import UPLOAD_LIFE
from evidence.preview_store import remove_unnamed
from evidence.resumable import sweep_uploads
from evidence.sweep import find_faults, find_orphans, remove_orphan

MINIMUM_AGE = timedelta(days=1)


class Command(BaseCommand):
    help = (
        "Membandingkan penyimpanan bukti dukung dengan catatannya. Menyebut berkas tanpa catatan "
        "dan unggahan tidak selesai yang lebih tua dari satu hari, pratinjau tanpa berkas, dan "
        "catatan yang berkasnya hilang atau berubah; yang terakhir membuat perintah selesai "
        "dengan kode 1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--remove",
            action="store_true",
            help="hapus berkas tanpa catatan, unggahan tidak selesai, dan pratinjau tanpa berkas; "
            "tanpa pilihan ini hanya disebut",
        )
        parser.add_argument(
            "--quick",
            action="store_true",
            help="bandingkan keberadaan dan ukuran saja, tanpa membaca isi berkas",
        )

    def handle(self, *args: Any, remove: bool, quick: bool, **options: Any) -> None:
        count, size = self._sweep(remove=remove)
        done = "dihapus" if remove else "ditemukan (--remove menghapusnya)"
        self.stdout.write(
            f"{count} berkas tanpa catatan {done}, {print_size(size)}."
            if count
            else "Tidak ada berkas tanpa catatan."
        )
        given_up = sweep_uploads(before=timezone.now() - UPLOAD_LIFE, remove=remove)
        if given_up:
            self.stdout.write(f"{given_up} unggahan yang tidak diselesaikan {done}.")
        shown = remove_unnamed(before=timezone.now() - MINIMUM_AGE, remove=remove)
        if shown:
            self.stdout.write(f"{shown} pratinjau tanpa berkas atau tidak selesai {done}.")
        faults = 0
        for fault in find_faults(read=not quick):
            faults += 1
            file = fault.file
            self.stdout.write(f"  {file.pk} {file.name} (satker {file.satker.code}): {fault.what}")
        if faults:
            raise CommandError(
                f"{faults} bukti dukung tidak utuh. Pulihkan berkasnya dari cadangan, atau minta "
                "satker mengunggah lagi berkas yang sama.",
                returncode=1,
            )
        self.stdout.write("Setiap catatan bukti dukung memiliki berkas yang utuh.")

    def _sweep(self, *, remove: bool) -> tuple[int, int]:
        """How many files without a row there are (were removed), and their bytes."""
        count = size = 0
        for orphan in find_orphans(before=timezone.now() - MINIMUM_AGE):
            if remove and not remove_orphan(orphan):
                continue
            count, size = count + 1, size + orphan.size
            self.stdout.write(
                f"  {orphan.place} {print_size(orphan.size)} "
                f"{timezone.localtime(orphan.modified_at):%Y-%m-%d %H.%M}"
            )
        return count, size
