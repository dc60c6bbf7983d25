"""Running ``import_lke`` in tests, and what it has stored."""

import io
from pathlib import Path

from django.core.management import call_command
from openpyxl import Workbook

from accounts.models import Role
from assessments.models import Answer
from assessments.worksheet import load_worksheet
from satker.models import Satker
from tests.assessments.workbooks import as_bytes
from tests.factories_assessments import make_period, make_satker, person


def satker_in_a_period() -> Satker:
    """A satker with an operator, in a period that runs."""
    make_period()
    satker = make_satker(code="330001", name="Kankemenag Kabupaten Contoh")
    person(Role.OPERATOR, satker)
    return satker


class Run:
    """``run(book)``: the lines that the command prints for the satker."""

    def __init__(self, satker: Satker, path: Path) -> None:
        self.satker = satker
        self.path = path

    def __call__(self, book: Workbook | bytes, **options: object) -> list[str]:
        self.path.write_bytes(book if isinstance(book, bytes) else as_bytes(book))
        out = io.StringIO()
        options = {"satker": self.satker.code, "year": 2026} | options
        call_command("import_lke", str(self.path), stdout=out, **options)
        return out.getvalue().splitlines()


def stored() -> dict[str, tuple[dict, str, int]]:
    """Every answer: entry, note and version by code."""
    return {
        load_worksheet(answer.assessment.instrument_id).by_pk[answer.question_id].code: (
            answer.entered,
            answer.note,
            answer.version,
        )
        for answer in Answer.objects.select_related("assessment")
    }
