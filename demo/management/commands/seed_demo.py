import argparse
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from assessments.enums import Status
from assessments.models import Answer, Assessment
from assessments.services.periods import FIRST_YEAR, LAST_YEAR
from demo.accounts import CENTRE_REVIEWER
from demo.fates import Fate
from demo.seed import Seeded, seed
from demo.tree import MOST_KANWIL
from evidence import previews
from evidence.models import EvidenceFile
from satker.models import Satker, SatkerKind

PASSWORD = "zona-integritas-contoh"  # noqa: S105 (of the demo's accounts, printed for everybody)
MOST_SATKER = 20_000

# Whom a newcomer may want to be, beside the first operator.
_SHOWN = (Fate.NEARLY, Fate.READY, Fate.REPAIRING, Fate.SUBMITTED, Fate.APPROVED)


class Command(BaseCommand):
    help = "Isi basis data kosong dengan kementerian contoh. Hanya dengan DEMO=1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--satker",
            type=_between(1, MOST_SATKER),
            required=True,
            help="jumlah satker selain pusat dan Kanwil",
        )
        parser.add_argument(
            "--year",
            type=_between(FIRST_YEAR, LAST_YEAR),
            required=True,
            help="tahun periode penilaian",
        )
        parser.add_argument(
            "--kanwil",
            type=_between(1, MOST_KANWIL),
            default=MOST_KANWIL,
            help="jumlah Kanwil (bawaan: semua)",
        )
        parser.add_argument(
            "--seed", default="1", help="teks atau angka; benih yang sama memberi data yang sama"
        )
        parser.add_argument(
            "--password", type=_password, default=PASSWORD, help="kata sandi semua akun"
        )

    def handle(self, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Data contoh hanya boleh dibuat dengan DEMO=1.")
        existing = Satker.objects.count()
        if existing:
            raise CommandError(
                f"Basis data tidak kosong ({existing} satker). Data contoh hanya ditulis ke basis "
                "data baru; tidak ada yang diubah."
            )
        seeded = seed(
            satker=options["satker"],
            kanwil=options["kanwil"],
            year=options["year"],
            seed=options["seed"],
            password=options["password"],
            now=timezone.now(),
        )
        # Of a handful of contents, which all files of the example share.
        for file in previews.unprepared():
            previews.prepare(file)
        for line in _report(seeded, options["password"]):
            self.stdout.write(line)


def _between(least: int, most: int) -> Any:
    def number(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"isi dengan angka {least} sampai {most}")
        return value

    return number


def _password(text: str) -> str:
    if not text.strip() or "\0" in text:
        raise argparse.ArgumentTypeError("kata sandi tidak boleh kosong")
    return text


def _report(seeded: Seeded, password: str) -> Iterator[str]:
    yield (
        f"Data contoh tahun {seeded.year}: {seeded.satker} satker, {seeded.kanwil} Kanwil, "
        f"{seeded.users} akun, {Answer.objects.count()} jawaban, "
        f"{EvidenceFile.objects.count()} berkas bukti"
    )
    counts = {status: Assessment.objects.filter(status=status).count() for status in Status}
    counted = ", ".join(f"{status.label.lower()} {counts[status]}" for status in Status)
    yield f"Penilaian: {counted}, belum dibuka {seeded.standing()[Fate.NOT_OPENED]}"
    yield f"Kata sandi semua akun: {password}"
    for username, text in _accounts(seeded):
        yield f"  {username:<22} {text}"


def _accounts(seeded: Seeded) -> Iterator[tuple[str, str]]:
    """The first operator, then one of each role, each where there is something to do."""
    first = next(satker for satker in seeded.fates if satker.kind != SatkerKind.KANWIL)
    kanwil = seeded.reviewer_of(first)
    yield from _of_satker(seeded, first)
    yield f"pokja1-{first.code}", "Koordinator pokja 1 dan 2 di satker yang sama"
    for fate in _SHOWN:
        for satker, other in seeded.fates.items():
            if other == fate and satker != first and seeded.reviewer_of(satker) == kanwil:
                yield from _of_satker(seeded, satker)
                break
    yield f"verifikator-{kanwil.code}", f"Verifikator, {kanwil.name}"
    yield f"ketua-{kanwil.code}", f"Ketua tim verifikasi, {kanwil.name}"
    yield CENTRE_REVIEWER, "Verifikator di pusat, untuk Kanwil, unit eselon I, PTKN, dan balai"
    yield "tpi", "Tim Penilai Internal: penilaian yang disetujui"
    yield "pemantau", "Pemantau: kemajuan dan nilai"
    yield "admin", "Admin pusat"


def _of_satker(seeded: Seeded, satker: Satker) -> Iterator[tuple[str, str]]:
    fate = seeded.fates[satker]
    yield f"operator-{satker.code}", f"Operator, {satker.name}: {fate}"
    if fate in {Fate.NEARLY, Fate.READY}:
        yield f"pimpinan-{satker.code}", f"Pimpinan, {satker.name}"
