from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.anchors import GLOBAL_CHAIN
from audit.models import Chain
from audit.services import verify


class Command(BaseCommand):
    help = (
        "Memeriksa rantai jejak audit. Selesai dengan kode 1 dan menyebut entri rusak yang "
        "pertama bila ada yang diubah, dihapus, disisipkan, dipindahkan, atau dipotong."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        head = Chain.objects.filter(key=GLOBAL_CHAIN).first()
        verification = verify()
        if verification.fault is not None:
            raise CommandError(f"Jejak audit rusak: {verification.fault}.", returncode=1)
        self.stdout.write(
            f"Jejak audit utuh: {verification.events} peristiwa, "
            f"{verification.anchors} jangkar diperiksa."
        )
        if head is not None:
            self.stdout.write(
                f"Kepala rantai global: nomor {head.count}, sidik {head.hash}. "
                "Simpan baris ini di luar sistem."
            )
