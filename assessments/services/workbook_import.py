"""A filled workbook into a satker's assessment: all of it or nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.db import transaction
from django.utils import timezone

import scoring
from accounts.models import Role, User
from assessments.enums import Status, Target, Tier
from assessments.errors import InvalidEntry
from assessments.models import NOTE_LENGTH, Answer, Assessment, Period
from assessments.services.answers import NewAnswer, save_answers
from assessments.services.lifecycle import open_assessment
from assessments.services.turns import marked_questions, require_filling_open
from assessments.workbook_layouts import TOTAL
from assessments.workbooks import AnswerReading, CellFault, WorkbookReading
from assessments.worksheet import Worksheet, load_entries, load_worksheet, merged_entry
from common.errors import DomainError
from satker.models import Satker

# A spreadsheet calculates in floats; closer than this is the same.
_SAME = Fraction(1, 10**9)


class WorkbookNotImported(DomainError):
    """Cells that cannot be taken over; nothing was stored. lines: one a cell, for the user."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Change:
    """code: of a fill-in row, or of a question with " catatan". "" stands for nothing there."""

    code: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PointsDifference:
    """Where the workbook's own points are not ours. reason: "" where none is known."""

    what: str
    theirs: Fraction
    ours: Fraction
    reason: str


@dataclass(frozen=True, slots=True)
class ImportedWorkbook:
    """What an import did, or would do. opened: the assessment was opened for it."""

    assessment: Assessment
    opened: bool
    changes: tuple[Change, ...]
    evaluation: scoring.Evaluation
    differences: tuple[PointsDifference, ...]


@dataclass(frozen=True, slots=True)
class _Standing:
    """What is stored for a question."""

    entered: Mapping[str, str]
    note: str


_NOTHING = _Standing({}, "")


@transaction.atomic
def import_workbook(
    *,
    reading: WorkbookReading,
    satker: Satker,
    period: Period,
    target: Target,
    by: User,
    dry_run: bool = False,
) -> ImportedWorkbook:
    """Store the answers and notes of a workbook; blank cells leave what is stored.

    Opens the assessment where there is none, with that target. dry_run: does everything and
    takes it back. Raises WorkbookNotImported (for a person who may not, too), AssessmentLocked
    and TransitionRefused; none changes anything.
    """
    if not _may_import(by, satker):
        raise WorkbookNotImported(
            (f"{by.username} bukan operator {satker.name} dan bukan admin pusat.",)
        )
    assessment = (
        Assessment.objects.locked()
        .select_related("satker", "period", "instrument")
        .filter(satker=satker, period=period)
        .first()
    )
    opened = assessment is None
    if assessment is None:
        assessment = open_assessment(satker=satker, period=period, target=target, by=by)
    require_filling_open(assessment, timezone.now())
    worksheet = load_worksheet(assessment.instrument_id)
    _check_instrument(reading, assessment, worksheet)
    plan = _Plan(assessment, worksheet, reading)
    if plan.faults:
        raise WorkbookNotImported(tuple(fault.line(reading.sheet) for fault in plan.faults))
    save_answers(assessment=assessment, new=plan.new, by=by)
    evaluation = worksheet.evaluate(load_entries(worksheet, assessment.pk, Tier.MANDIRI))
    if dry_run:
        transaction.set_rollback(True)
    return ImportedWorkbook(
        assessment=assessment,
        opened=opened,
        changes=tuple(plan.changes),
        evaluation=evaluation,
        differences=tuple(_differences(reading, evaluation)),
    )


def _may_import(by: User, satker: Satker) -> bool:
    """The satker's operator; or an admin of the centre on its behalf, named as who saved."""
    return by.role == Role.ADMIN_PUSAT or (by.role == Role.OPERATOR and by.satker_id == satker.pk)


class _Plan:
    """What would change, and every reason why it cannot."""

    def __init__(
        self, assessment: Assessment, worksheet: Worksheet, reading: WorkbookReading
    ) -> None:
        self.worksheet = worksheet
        self.faults = list(reading.faults)
        self.new: list[NewAnswer] = []
        self.changes: list[Change] = []
        stored = {
            worksheet.by_pk[question_id].code: _Standing(entered, note)
            for question_id, entered, note in Answer.objects.filter(
                assessment=assessment
            ).values_list("question_id", "entered", "note")
        }
        open_questions = _open_questions(assessment, worksheet)
        for answer in reading.answers:
            self._add(answer, stored.get(answer.question, _NOTHING), open_questions)
        self.faults.sort(key=_by_row)

    def _add(
        self, answer: AnswerReading, stored: _Standing, open_questions: frozenset[str]
    ) -> None:
        code = answer.question
        note = stored.note if answer.note is None else answer.note
        if len(note) > NOTE_LENGTH:
            self._refuse(
                answer.note_place,
                code,
                f"catatan bersama dokumen dan tautannya {len(note)} karakter, paling banyak "
                f"{NOTE_LENGTH}. Pendekkan.",
            )
        try:
            entered = (
                merged_entry(self.worksheet, code, stored.entered, answer.fields)
                if answer.fields
                else stored.entered
            )
        except InvalidEntry as refusal:
            for key in refusal.inputs or tuple(answer.fields):
                filled_in = f"{code}.{key}" if refusal.inputs else code
                self._refuse(answer.places[key], filled_in, str(refusal))
            return
        changes = list(_changes(code, stored, _Standing(entered, note)))
        if changes and code not in open_questions:
            self._refuse(
                next(iter(answer.places.values())),
                code,
                "pertanyaan ini tidak diminta untuk diperbaiki, jadi isinya tidak dapat diubah "
                f"({_shown(changes[0])}).",
            )
        if changes:
            self.changes += changes
            self.new.append(NewAnswer(self.worksheet.by_code[code], answer.fields, answer.note))

    def _refuse(self, place: str, code: str, message: str) -> None:
        self.faults.append(CellFault(place, code, message))


def _check_instrument(
    reading: WorkbookReading, assessment: Assessment, worksheet: Worksheet
) -> None:
    """Raise WorkbookNotImported where the form of the workbook is not that of the period."""
    fits = assessment.instrument.code == reading.layout.instrument and all(
        answer.question in worksheet.by_code
        and set(answer.places) == set(worksheet.by_code[answer.question].field_names)
        for answer in reading.answers
    )
    if not fits:
        raise WorkbookNotImported(
            (
                f"Buku kerja ini ({reading.layout.name}) tidak cocok dengan instrumen periode "
                f"{assessment.period.year}: {assessment.instrument}.",
            )
        )


def _open_questions(assessment: Assessment, worksheet: Worksheet) -> frozenset[str]:
    """Codes that may be changed now: after a return the marked ones alone (decision 12)."""
    if assessment.status != Status.RETURNED:
        return frozenset(worksheet.by_code)
    marked = marked_questions(assessment).values_list("question_id", flat=True)
    return frozenset(worksheet.by_pk[question_id].code for question_id in marked)


def _changes(code: str, before: _Standing, after: _Standing) -> Iterator[Change]:
    for key in {**before.entered, **after.entered}:
        old, new = before.entered.get(key, ""), after.entered.get(key, "")
        if old != new:
            yield Change(code if key == "value" else f"{code}.{key}", old, new)
    if before.note != after.note:
        yield Change(f"{code} catatan", before.note, after.note)


def _shown(change: Change) -> str:
    if change.code.endswith("catatan"):
        return "catatannya berbeda dari yang tersimpan"
    return f"tersimpan {change.before or 'kosong'}, di buku kerja {change.after or 'kosong'}"


def _by_row(fault: CellFault) -> tuple[int, str]:
    column = fault.place.rstrip("0123456789")
    return int(fault.place[len(column) :]), column


def _differences(
    reading: WorkbookReading, evaluation: scoring.Evaluation
) -> Iterator[PointsDifference]:
    """The total first, then the sections, where the workbook's points are not ours."""
    for what, theirs in reading.points.items():
        ours = evaluation.total if what == TOTAL else evaluation.nodes[what].points
        if abs(ours - theirs) > _SAME:
            yield PointsDifference(what, theirs, ours, reading.layout.faults.get(what, ""))
