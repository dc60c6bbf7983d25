from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from notices.enums import MailState
from notices.mailing import mail_is_on, send_waiting
from notices.models import Mail
from notices.services import make_digests


class Command(BaseCommand):
    help = (
        "Mengirim surel yang menunggu, juga yang tadi gagal. Dengan --digest, ringkasan harian "
        "dibuat dahulu; sekali sehari. Dapat diulang: tidak ada yang terkirim dua kali."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--digest", action="store_true", help="buat ringkasan harian dahulu")

    def handle(self, *args: Any, digest: bool, **options: Any) -> None:
        if not mail_is_on():
            self.stdout.write("EMAIL_URL kosong: tidak ada surel yang dikirim.")
            return
        if digest:
            self.stdout.write(f"{make_digests(timezone.now())} ringkasan dibuat.")
        sent = send_waiting()
        waiting = Mail.objects.filter(state=MailState.WAITING).count()
        self.stdout.write(f"{sent} surel terkirim, {waiting} menunggu.")
