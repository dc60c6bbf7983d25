"""What the page that imports a workbook shows: every change, what needs a choice, both totals."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.utils.safestring import SafeString

import scoring
from assessments.answer_words import print_comma
from assessments.enums import Tier
from assessments.models import Assessment, WorkbookImport
from assessments.services.workbook_drafts import Choice, Preview
from assessments.services.workbook_plan import (
    PlannedAnswer,
    PointsDifference,
    points_differences,
)
from assessments.workbook_json import reading_from_json
from assessments.workbook_layouts import TOTAL
from assessments.worksheet import QuestionRow, Worksheet, load_entries, load_worksheet
from common.dates import print_moment
from common.words import mark_differences

FINE_PLACES = 4  # enough to see a difference that two places would hide


@dataclass(frozen=True, slots=True)
class Line:
    """One cell that differs: the field's name, what is stored, what the workbook says."""

    code: str
    label: str
    before: str | SafeString
    after: str | SafeString
    is_note: bool


@dataclass(frozen=True, slots=True)
class AnswerLines:
    """A question whose answer changes. saved: who saved the stored one and when; choice: what
    was chosen before, "" for nothing; moved: saved by someone after the preview."""

    question: QuestionRow
    version: int
    lines: tuple[Line, ...]
    saved: str
    moved: bool
    choice: str


@dataclass(frozen=True, slots=True)
class Points:
    """A figure of the workbook beside ours, both printed."""

    name: str
    theirs: str
    ours: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportPage:
    """conflicts and changes: by question, in the order of the sheet; count: cells that differ."""

    preview: Preview
    conflicts: tuple[AnswerLines, ...]
    changes: tuple[AnswerLines, ...]
    count: int
    rows: int
    points: tuple[Points, ...]
    has_points: bool

    @property
    def total(self) -> Fraction:
        return self.preview.evaluation.total

    @property
    def against(self) -> tuple[Fraction, ...]:
        """The floors that the total is printed against."""
        return self.preview.evaluation.floors_of(TOTAL)


def build_import_page(
    assessment: Assessment,
    worksheet: Worksheet,
    preview: Preview,
    *,
    moved: Collection[str] = (),
    choices: Mapping[str, Choice] | None = None,
) -> ImportPage:
    """moved, choices: of a confirmation that was refused; what was chosen stays chosen."""
    answers = [
        _answer_lines(assessment, worksheet, each, moved, choices or {})
        for each in sorted(preview.plan.answers, key=lambda each: each.question.position)
    ]
    asking = preview.newer.union(moved)
    return ImportPage(
        preview=preview,
        conflicts=tuple(each for each in answers if each.question.code in asking),
        changes=tuple(each for each in answers if each.question.code not in asking),
        count=len(preview.plan.changes),
        rows=len(preview.reading.layout.answers),
        points=tuple(_points(worksheet, each) for each in preview.differences),
        has_points=TOTAL in preview.reading.points,
    )


def build_done(assessment: Assessment, done: WorkbookImport) -> dict[str, object]:
    """What the page after an import says about points: ours now, the workbook's where they
    differ."""
    worksheet = load_worksheet(assessment.instrument_id)
    evaluation = worksheet.evaluate(load_entries(worksheet, assessment.pk, Tier.MANDIRI))
    reading = reading_from_json(done.reading)
    differences = () if reading is None else points_differences(reading, evaluation)
    return {
        "points": tuple(_points(worksheet, each) for each in differences),
        "evaluation": evaluation,
        "against": evaluation.floors_of(TOTAL),
    }


def _answer_lines(
    assessment: Assessment,
    worksheet: Worksheet,
    answer: PlannedAnswer,
    moved: Collection[str],
    choices: Mapping[str, Choice],
) -> AnswerLines:
    code = answer.question.code
    labels = {f"{code}.{item.key}": item.label for item in answer.question.inputs}
    saved = ""
    if answer.before.saved_at is not None:
        at = print_moment(answer.before.saved_at, assessment.satker.zone)
        saved = f"{answer.before.saved_by}, {at}"
    return AnswerLines(
        question=answer.question,
        version=answer.before.version,
        lines=tuple(
            _note_line(change.code, change.before, change.after)
            if change.is_note
            else Line(
                change.code,
                labels.get(change.code, "Jawaban"),
                print_comma(change.before),
                print_comma(change.after),
                is_note=False,
            )
            for change in answer.changes
        ),
        saved=saved,
        moved=code in moved,
        choice="" if code in moved else choices.get(code, ""),
    )


def _note_line(code: str, before: str, after: str) -> Line:
    old, new = mark_differences(before, after) if before else (before, after)
    return Line(code.removesuffix(" catatan"), "Catatan", old, new, is_note=True)


def _points(worksheet: Worksheet, each: PointsDifference) -> Points:
    name = "Nilai total" if each.what == TOTAL else f"{each.what} {worksheet.name_of(each.what)}"
    return Points(name, _fine(each.theirs), _fine(each.ours), each.reason)


def _fine(value: Fraction) -> str:
    return scoring.to_decimal_string(value, places=FINE_PLACES).replace(".", ",")
