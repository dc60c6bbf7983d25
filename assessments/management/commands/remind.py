from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from assessments.services.reminders import remind
from notices.services import delete_old


class Command(BaseCommand):
    help = (
        "Mengingatkan akan batas waktu yang tinggal 30, 14, 7, 3, dan 1 hari, dan pada harinya, "
        "kepada yang masih harus mengerjakan sesuatu; menghapus kabar lama yang sudah dibaca. "
        "Jalankan sekali sehari; dapat diulang, tidak ada yang diingatkan dua kali."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--now", help="saat yang dianggap sekarang, misalnya 2026-12-24 atau 2026-12-24T07:00"
        )

    def handle(self, *args: Any, now: str | None, **options: Any) -> None:
        moment = timezone.now() if now is None else _moment(now)
        told = remind(moment)
        deleted = delete_old(moment)
        self.stdout.write(f"{told} pengingat dibuat, {deleted} kabar lama dihapus.")


def _moment(text: str) -> datetime:
    """WIB, where the text names no zone; a date alone is its midnight."""
    try:
        found = parse_datetime(text)
        day = parse_date(text) if found is None else None
        if day is not None:
            found = datetime(day.year, day.month, day.day)  # noqa: DTZ001  (its zone comes next)
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"--now bukan tanggal atau waktu: {text}")
    return found if timezone.is_aware(found) else timezone.make_aware(found)
