from typing import Any

from django.core.management.base import BaseCommand

from assessments.services.rejection_counts import count_rejections


class Command(BaseCommand):
    help = (
        "Hitung ulang alasan penolakan yang tersering per pertanyaan, tanpa nama satker, untuk "
        "petunjuk di halaman pengisian. Dapat dijalankan setiap malam."
    )

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"Alasan penolakan dihitung: {count_rejections()} baris.")
