"""What a filled workbook would change in an assessment, and every reason why it cannot."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

import scoring
from assessments.enums import Status, Tier
from assessments.errors import InvalidEntry
from assessments.models import NOTE_LENGTH, Answer, AnswerEvidence, Assessment
from assessments.services.answers import NewAnswer
from assessments.services.turns import marked_questions
from assessments.workbook_layouts import TOTAL
from assessments.workbook_notes import Attached
from assessments.workbooks import AnswerReading, CellFault, WorkbookReading
from assessments.worksheet import QuestionRow, Worksheet, load_entries, merged_entry
from common.errors import DomainError
from common.xlsx import plain_number
from common.xlsx_text import same_in_a_cell

# A spreadsheet calculates in floats; closer than this is the same.
_SAME = Fraction(1, 10**9)
_SPREADSHEET_DIGITS = 15
_DECIMAL = re.compile(r"[0-9]+(\.[0-9]+)?")


class WorkbookNotImported(DomainError):
    """Cells that cannot be taken over; nothing was stored. lines: one a cell, for the user."""

    def __init__(self, lines: tuple[str, ...], faults: tuple[CellFault, ...] = ()) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Change:
    """code: of a fill-in row, or of a question with " catatan". "" stands for nothing there."""

    code: str
    before: str
    after: str

    @property
    def is_note(self) -> bool:
        return self.code.endswith(" catatan")


@dataclass(frozen=True, slots=True)
class PointsDifference:
    """Where the workbook's own points are not ours. reason: "" where none is known."""

    what: str
    theirs: Fraction
    ours: Fraction
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What is stored for a question; version 0 and no time where nothing is."""

    entered: Mapping[str, str]
    note: str
    version: int
    saved_at: datetime | None
    saved_by: str


@dataclass(frozen=True, slots=True)
class PlannedAnswer:
    """A question whose answer or note would change."""

    question: QuestionRow
    new: NewAnswer
    before: Standing
    entered: Mapping[str, str]
    note: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    answers: tuple[PlannedAnswer, ...]
    faults: tuple[CellFault, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        return tuple(change for answer in self.answers for change in answer.changes)


_NOTHING = Standing({}, "", 0, None, "")


def build_plan(assessment: Assessment, worksheet: Worksheet, reading: WorkbookReading) -> Plan:
    """Blank cells leave what is stored, and so does what a cell cannot tell from it.

    Raises WorkbookNotImported where the workbook is of another instrument.
    """
    _check_instrument(reading, assessment, worksheet)
    builder = _Builder(assessment, worksheet, list(reading.faults))
    for answer in reading.answers:
        builder.add(answer)
    return Plan(tuple(builder.answers), tuple(sorted(builder.faults, key=_by_row)))


def refusal_of(plan: Plan, reading: WorkbookReading) -> WorkbookNotImported:
    return WorkbookNotImported(
        tuple(fault.line(reading.sheet) for fault in plan.faults), plan.faults
    )


def planned_evaluation(
    assessment: Assessment, worksheet: Worksheet, plan: Plan
) -> scoring.Evaluation:
    """The score once all of the plan is stored."""
    entries = load_entries(worksheet, assessment.pk, Tier.MANDIRI)
    entries |= {answer.question.code: answer.entered for answer in plan.answers}
    return worksheet.evaluate(entries)


def points_differences(
    reading: WorkbookReading, evaluation: scoring.Evaluation
) -> Iterator[PointsDifference]:
    """The total first, then the sections, where the workbook's points are not ours."""
    for what, theirs in reading.points.items():
        ours = evaluation.total if what == TOTAL else evaluation.nodes[what].points
        if abs(ours - theirs) > _SAME:
            yield PointsDifference(what, theirs, ours, reading.layout.faults.get(what, ""))


class _Builder:
    def __init__(
        self, assessment: Assessment, worksheet: Worksheet, faults: list[CellFault]
    ) -> None:
        self.worksheet = worksheet
        self.faults = faults
        self.answers: list[PlannedAnswer] = []
        self.stored = _load_stored(assessment, worksheet)
        self.attached = _load_attached(assessment, worksheet)
        self.open_questions = _open_questions(assessment, worksheet)

    def add(self, answer: AnswerReading) -> None:
        code = answer.question
        before = self.stored.get(code, _NOTHING)
        new = NewAnswer(
            self.worksheet.by_code[code],
            {
                key: text
                for key, text in answer.fields.items()
                if not _same_number(before.entered.get(key, ""), text)
            },
            _new_note(answer, before, self.attached.get(code, Attached())),
        )
        note = before.note if new.note is None else new.note
        if len(note) > NOTE_LENGTH:
            self._refuse(
                answer.note_place,
                code,
                f"catatan bersama dokumen dan tautannya {len(note)} karakter, paling banyak "
                f"{NOTE_LENGTH}. Pendekkan.",
            )
        try:
            entered = (
                merged_entry(self.worksheet, code, before.entered, new.fields)
                if new.fields
                else before.entered
            )
        except InvalidEntry as refusal:
            for key in refusal.inputs or tuple(new.fields):
                filled_in = f"{code}.{key}" if refusal.inputs else code
                self._refuse(answer.places[key], filled_in, str(refusal))
            return
        changes = tuple(_changes(code, before, entered, note))
        if changes and code not in self.open_questions:
            self._refuse(
                next(iter(answer.places.values())),
                code,
                "pertanyaan ini tidak diminta untuk diperbaiki, jadi isinya tidak dapat diubah "
                f"({_shown(changes[0])}).",
            )
        if changes:
            self.answers.append(PlannedAnswer(new.question, new, before, entered, note, changes))

    def _refuse(self, place: str, code: str, message: str) -> None:
        self.faults.append(CellFault(place, code, message))


def _load_stored(assessment: Assessment, worksheet: Worksheet) -> dict[str, Standing]:
    rows = Answer.objects.filter(assessment=assessment).values_list(
        "question_id", "entered", "note", "version", "saved_at", "saved_by__name"
    )
    return {worksheet.by_pk[question_id].code: Standing(*rest) for question_id, *rest in rows}


def _load_attached(assessment: Assessment, worksheet: Worksheet) -> dict[str, Attached]:
    names: dict[str, dict[str, str]] = {}
    for question_id, file_id, name in AnswerEvidence.objects.filter(
        assessment=assessment
    ).values_list("question_id", "file_id", "file__name"):
        names.setdefault(worksheet.by_pk[question_id].code, {})[str(file_id)] = name
    return {code: Attached(files) for code, files in names.items()}


def _new_note(answer: AnswerReading, before: Standing, attached: Attached) -> str | None:
    note = answer.note_beside(attached)
    return None if note is None or same_in_a_cell(before.note, note) else note


def _same_number(stored: str, typed: str) -> bool:
    """Whether a cell that holds the stored number reads so: a spreadsheet keeps 15 digits."""
    return (
        len(stored) > _SPREADSHEET_DIGITS
        and _DECIMAL.fullmatch(stored) is not None
        and plain_number(float(stored)) == typed
    )


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


def _changes(
    code: str, before: Standing, entered: Mapping[str, str], note: str
) -> Iterator[Change]:
    for key in {**before.entered, **entered}:
        old, new = before.entered.get(key, ""), entered.get(key, "")
        if old != new:
            yield Change(code if key == "value" else f"{code}.{key}", old, new)
    if before.note != note:
        yield Change(f"{code} catatan", before.note, note)


def _shown(change: Change) -> str:
    if change.is_note:
        return "catatannya berbeda dari yang tersimpan"
    return f"tersimpan {change.before or 'kosong'}, di buku kerja {change.after or 'kosong'}"


def _by_row(fault: CellFault) -> tuple[int, str]:
    column = fault.place.rstrip("0123456789")
    return int(fault.place[len(column) :]), column
