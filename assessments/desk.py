"""The reviewer's desk: one question with all that is needed to judge it."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.urls import reverse

import scoring
from assessments.cards import FileRow, files_html
from assessments.enums import Tier, Verdict
from assessments.models import (
    Answer,
    AnswerEvidence,
    Assessment,
    Verification,
    VerificationChange,
)
from assessments.services.snapshots import changed_questions, submissions
from assessments.standing import Standing, build_standing
from assessments.worksheet import (
    AreaRow,
    Entries,
    QuestionRow,
    Worksheet,
    load_entries,
    load_worksheet,
)

LOWER = frozenset({Verdict.KURANG_SESUAI, Verdict.TIDAK_SESUAI})


@dataclass(frozen=True, slots=True)
class Step:
    """A question on the desk's strip, with its verdict."""

    question: QuestionRow
    verdict: str
    changed: bool
    current: bool

    @property
    def look(self) -> str:
        return {
            Verdict.SESUAI: "is-done",
            Verdict.KURANG_SESUAI: "is-low",
            Verdict.TIDAK_SESUAI: "is-unfit",
        }.get(self.verdict, "is-open")


@dataclass(frozen=True, slots=True)
class AreaStep:
    """An area on the desk: how far its questions are judged, and where to go on."""

    number: str
    name: str
    answered: int
    total: int
    url: str
    current: bool
    sections: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the previous round had for this question."""

    entered: Mapping[str, str]
    note: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeskView:
    question: QuestionRow
    area: AreaRow
    answer: Answer | None
    files: str
    file_count: int
    own_value: Fraction | None
    verdict: Verification | None
    history: tuple[VerificationChange, ...]
    earlier: Earlier | None
    steps: tuple[Step, ...]
    areas: tuple[AreaStep, ...]
    checked: int
    own: Standing
    reviewed: Standing
    previous: QuestionRow | None
    following: QuestionRow | None
    next_open: QuestionRow | None

    @property
    def entered(self) -> Mapping[str, str]:
        """The satker's answer."""
        return {} if self.answer is None else self.answer.entered

    @property
    def total(self) -> int:
        return self.own.questions

    @property
    def open(self) -> int:
        return self.total - self.checked

    @property
    def difference(self) -> Fraction:
        return self.reviewed.total.points - self.own.total.points


def build_desk(
    assessment: Assessment, question: QuestionRow | None, *, only_open: bool
) -> DeskView:
    """The desk at a question; None opens the first without a verdict. Eight queries, one more
    after a resubmission.

    only_open: the strip leaves out what has a verdict.
    """
    worksheet = load_worksheet(assessment.instrument_id)
    entries = load_entries(worksheet, assessment.pk, Tier.MANDIRI)
    judged = load_verdicts(worksheet, assessment)
    question = question or first_open(worksheet, judged) or worksheet.questions[0]
    rounds = submissions(assessment) if assessment.round > 1 else []
    changed = changed_questions(*rounds[-2:]) if len(rounds) > 1 else frozenset()
    files = [
        link.file
        for link in AnswerEvidence.objects.filter(
            assessment=assessment, question_id=question.pk
        ).select_related("file")
    ]
    answer = (
        Answer.objects.filter(assessment=assessment, question_id=question.pk)
        .select_related("saved_by")
        .first()
    )
    verdict = (
        Verification.objects.filter(
            assessment=assessment, question_id=question.pk, tier=Tier.PENDAHULUAN
        )
        .select_related("saved_by")
        .first()
    )
    history = VerificationChange.objects.filter(
        verification__assessment=assessment, verification__question_id=question.pk
    ).select_related("by")
    own, reviewed = both_standings(worksheet, assessment, entries, judged)
    area = worksheet.area(question.page)
    position = question.position
    return DeskView(
        question=question,
        area=area,
        answer=answer,
        files=files_html([FileRow(file) for file in files], assessment.satker.zone),
        file_count=len(files),
        own_value=_value(worksheet, question, entries),
        verdict=verdict,
        history=tuple(history.order_by("-version")),
        earlier=_earlier(rounds[-2], question) if question.code in changed else None,
        steps=tuple(
            Step(each, judged.get(each.code, ("", {}))[0], each.code in changed, each == question)
            for each in area.questions
            if each == question or not only_open or not judged.get(each.code, ("", {}))[0]
        ),
        areas=_areas(worksheet, assessment, judged, area),
        checked=len(judged),
        own=own,
        reviewed=reviewed,
        previous=worksheet.questions[position - 1] if position else None,
        following=(
            worksheet.questions[position + 1] if position + 1 < len(worksheet.questions) else None
        ),
        next_open=first_open(worksheet, judged, after=question),
    )


Judged = dict[str, tuple[str, Mapping[str, str]]]


def load_verdicts(worksheet: Worksheet, assessment: Assessment) -> Judged:
    """Verdict and the reviewer's own entry by question code, where there is a verdict."""
    rows = Verification.objects.filter(assessment=assessment, tier=Tier.PENDAHULUAN)
    return {
        worksheet.by_pk[pk].code: (verdict, entered)
        for pk, verdict, entered in rows.exclude(verdict="").values_list(
            "question_id", "verdict", "entered"
        )
    }


def both_standings(
    worksheet: Worksheet, assessment: Assessment, entries: Entries, judged: Judged
) -> tuple[Standing, Standing]:
    """The satker's standing and the reviewer's, by the same arithmetic."""
    lowered = {code: entered for code, (verdict, entered) in judged.items() if verdict in LOWER}
    return (
        build_standing(worksheet, worksheet.evaluate(entries), assessment.target),
        build_standing(worksheet, worksheet.evaluate(entries | lowered), assessment.target),
    )


def first_open(
    worksheet: Worksheet, judged: Judged, *, after: QuestionRow | None = None
) -> QuestionRow | None:
    """The next question without a verdict, going round at the end of the sheet."""
    start = 0 if after is None else after.position + 1
    ordered = (*worksheet.questions[start:], *worksheet.questions[:start])
    return next((each for each in ordered if each.code not in judged and each != after), None)


def desk_url(assessment: Assessment, question: QuestionRow | None = None) -> str:
    url = reverse("assessments:desk", args=[assessment.pk])
    return url if question is None else f"{url}?soal={question.code}"


def _areas(
    worksheet: Worksheet, assessment: Assessment, judged: Judged, current: AreaRow
) -> tuple[AreaStep, ...]:
    steps = []
    for area in worksheet.areas:
        open_ones = [each for each in area.questions if each.code not in judged]
        steps.append(
            AreaStep(
                number=area.number,
                name=area.name,
                answered=len(area.questions) - len(open_ones),
                total=len(area.questions),
                url=desk_url(assessment, (open_ones or list(area.questions))[0]),
                current=area == current,
            )
        )
    return tuple(steps)


def _earlier(content: dict[str, Any], question: QuestionRow) -> Earlier:
    answer = content["answers"].get(question.code, {})
    return Earlier(
        entered=answer.get("entered", {}),
        note=answer.get("note", ""),
        files=tuple(file["name"] for file in answer.get("evidence", [])),
    )


def _value(worksheet: Worksheet, question: QuestionRow, entries: Entries) -> Fraction | None:
    return scoring.value_of(worksheet.item(question.code), entries.get(question.code, {}))
