"""A filled official workbook into a satker's assessment."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

import scoring
from accounts.models import Role, User
from assessments.enums import Target
from assessments.management.files import from_to, read_file
from assessments.models import Period
from assessments.services.workbook_import import ImportedWorkbook, import_workbook
from assessments.services.workbook_plan import Change
from assessments.workbook_layouts import TOTAL
from assessments.workbooks import WorkbookReading, read_workbook
from common.errors import DomainError
from common.text import has_control_characters
from common.xlsx import MAXIMUM_SIZE
from satker.models import Satker

SHOWN = 60  # characters of a note


class Command(BaseCommand):
    help = (
        "Mengisi penilaian satu satker dari buku kerja LKE (xlsx): semua isian atau tidak sama "
        "sekali. Sel kosong membiarkan jawaban yang tersimpan. Penilaian yang belum ada dibuka."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("workbook", help="berkas .xlsx")
        parser.add_argument("--satker", required=True, help="kode satker")
        parser.add_argument("--year", required=True, type=int, help="tahun periode")
        parser.add_argument(
            "--user",
            help="nama pengguna yang dicatat sebagai penyimpan: operator satker itu atau admin "
            "pusat; bila tidak disebut, operator aktif pertama satker itu",
        )
        parser.add_argument(
            "--target",
            choices=Target.values,
            default=Target.WBK,
            help="predikat yang dituju bila penilaian baru dibuka",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="tampilkan perubahan tanpa menyimpannya"
        )

    def handle(
        self,
        *,
        workbook: str,
        satker: str,
        year: int,
        user: str | None,
        target: str,
        dry_run: bool,
        **_options: object,
    ) -> None:
        content = read_file(workbook, MAXIMUM_SIZE)
        unit = _find_satker(satker)
        period = _find_period(year)
        by = _find_user(user, unit)
        try:
            reading = read_workbook(content)
            self._print_reading(reading)
            imported = import_workbook(
                reading=reading,
                satker=unit,
                period=period,
                target=Target(target),
                by=by,
                dry_run=dry_run,
            )
        except DomainError as refusal:
            raise CommandError(f"{refusal}\nTidak ada yang disimpan.") from refusal
        self._print_changes(imported, dry_run)
        self._print_points(imported)

    def _print_reading(self, reading: WorkbookReading) -> None:
        rows = len(reading.layout.answers)
        self.stdout.write(f"{reading.layout.name}: {reading.filled} dari {rows} isian terisi.")
        for remark in reading.remarks:
            self.stdout.write(f"Perhatian: {remark}")

    def _print_changes(self, imported: ImportedWorkbook, dry_run: bool) -> None:
        assessment = imported.assessment
        opened = " Penilaian dibuka." if imported.opened else ""
        self.stdout.write(f"{assessment.satker.name}, {assessment.period.year}.{opened}")
        for change in imported.changes:
            self.stdout.write(_line(change))
        count = len(imported.changes)
        self.stdout.write(f"{count} perubahan." if count else "Tidak ada yang berubah.")
        if dry_run:
            self.stdout.write("Uji coba: tidak ada yang disimpan.")

    def _print_points(self, imported: ImportedWorkbook) -> None:
        result = imported.evaluation
        total = scoring.print_points(result.total, result.floors_of(TOTAL))
        interim = (
            "" if result.complete else f" (sementara: {result.answered} dari {result.questions})"
        )
        self.stdout.write(f"Nilai: {total}{interim}")
        for each in imported.differences:
            name = "Nilai" if each.what == TOTAL else each.what
            reason = f" {each.reason}" if each.reason else ""
            self.stdout.write(
                f"Berbeda dari buku kerja: {name}: buku kerja {_points(each.theirs)}, "
                f"di sini {_points(each.ours)}.{reason}"
            )
        if imported.differences and not result.complete:
            self.stdout.write(
                "Buku kerja melewatkan pertanyaan kosong dalam rata-rata; di sini nilainya 0."
            )


def _points(value: scoring.Figure) -> str:
    """Four places: enough to see a difference that two would hide."""
    return scoring.to_decimal_string(value, places=4).replace(".", ",")


def _line(change: Change) -> str:
    return f"{change.code}: {from_to(change.before, change.after, SHOWN)}"


def _find_satker(code: str) -> Satker:
    found = None
    if not has_control_characters(code):
        found = Satker.objects.filter(code__iexact=code.strip()).first()
    if found is None:
        raise CommandError(f"Satker dengan kode {code!a} tidak ada.")
    return found


def _find_period(year: int) -> Period:
    found = Period.objects.select_related("instrument").filter(year=year).first()
    if found is None:
        years = ", ".join(str(each.year) for each in Period.objects.all()) or "belum ada"
        raise CommandError(f"Periode tahun {year} tidak ada. Periode yang ada: {years}.")
    return found


def _find_user(username: str | None, satker: Satker) -> User:
    """The person named, or the satker's first active operator."""
    people = User.objects.filter(is_active=True)
    if username is None:
        found = people.filter(role=Role.OPERATOR, satker=satker).order_by("pk").first()
        if found is None:
            raise CommandError(
                f"{satker.name} tidak memiliki operator aktif. Sebutkan penggunanya dengan --user."
            )
        return found
    found = None
    if not has_control_characters(username):
        found = people.filter(username=username.strip().lower()).first()
    if found is None:
        raise CommandError(f"Tidak ada pengguna aktif bernama {username!a}.")
    return found
