from typing import Any

from django.core.management.base import BaseCommand

from audit.services import anchor_moved_chains


class Command(BaseCommand):
    help = (
        "Menambatkan kepala setiap rantai yang bergerak sejak jangkar terakhirnya pada rantai "
        "global. Jalankan berkala, misalnya setiap malam."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{anchor_moved_chains()} rantai ditambatkan.")
