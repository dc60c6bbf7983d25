import re
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.anchors import GLOBAL_CHAIN, Head
from audit.models import Chain
from audit.services import verify


class Command(BaseCommand):
    help = (
        "Memeriksa rantai jejak audit. Selesai dengan kode 1 dan menyebut entri rusak yang "
        "pertama bila ada yang diubah, dihapus, disisipkan, dipindahkan, atau dipotong."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--kepala",
            nargs=2,
            metavar=("NOMOR", "SIDIK"),
            help="baris kepala rantai global yang disimpan dari pemeriksaan sebelumnya",
        )

    def handle(self, *args: Any, kepala: list[str] | None = None, **options: Any) -> None:
        kept = None if kepala is None else _head(*kepala)
        head = Chain.objects.filter(key=GLOBAL_CHAIN).first()
        verification = verify(kept)
        if verification.fault is not None:
            raise CommandError(f"Jejak audit rusak: {verification.fault}.", returncode=1)
        if verification.is_unanchored:
            raise CommandError(
                f"Jejak audit rusak: {verification.events} peristiwa, tetapi tidak satu pun "
                "jangkar. Hanya pada pemasangan baru ini wajar; jalankan anchor_audit dahulu.",
                returncode=1,
            )
        self.stdout.write(
            f"Jejak audit utuh: {verification.events} peristiwa, "
            f"{verification.anchors} jangkar diperiksa."
        )
        if kept is not None:
            self.stdout.write(f"Kepala nomor {kept.count} masih seperti yang disimpan.")
        if head is not None:
            self.stdout.write(
                f"Kepala rantai global: nomor {head.count}, sidik {head.hash}. "
                "Simpan baris ini di luar sistem."
            )


def _head(number: str, hash: str) -> Head:
    """As typed from a kept line. Raises CommandError, with code 2, for what is no head."""
    digits, hash = number.strip(" ,"), hash.strip(" .,").lower()
    if not re.fullmatch(r"[1-9][0-9]{0,17}", digits) or not re.fullmatch(r"[0-9a-f]{64}", hash):
        raise CommandError(
            "--kepala memerlukan nomor dan sidik (64 angka heksadesimal) dari baris yang disimpan.",
            returncode=2,
        )
    return Head(int(digits), hash)
