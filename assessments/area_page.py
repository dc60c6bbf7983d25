"""The questions of one area as a page shows them: cards to fill in or to read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Case, F, TextField, Value, When
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

import scoring
from assessments.card_parts import FileRow, Remark
from assessments.cards import AnswerState, Place, fill_card, read_card
from assessments.enums import Status, Tier
from assessments.models import Answer, AnswerEvidence, Assessment, Verification
from assessments.standing import Standing, build_standing
from assessments.worksheet import (
    AreaRow,
    Entries,
    QuestionRow,
    SectionRow,
    Worksheet,
    load_worksheet,
)
from common.ui.page import notice


@dataclass(frozen=True, slots=True)
class SectionView:
    section: SectionRow
    points: Fraction
    cards: tuple[SafeString, ...]


@dataclass(frozen=True, slots=True)
class NavItem:
    """One area in the navigation beside the questions."""

    number: str
    name: str
    answered: int
    total: int
    url: str
    current: bool
    sections: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AreaView:
    area: AreaRow
    standing: Standing
    sections: tuple[SectionView, ...]
    nav: tuple[NavItem, ...]
    next_area: AreaRow | None
    to_confirm: SafeString


def build_area_view(
    assessment: Assessment, area: AreaRow, *, place: Place, lock: str | None
) -> AreaView:
    """Everything an area page shows, in three queries (four after a first submission).

    lock: None while the satker may fill in; else why it may not, "" to say nothing.
    """
    worksheet = load_worksheet(assessment.instrument_id)
    entries, states = load_states(worksheet, assessment, area.questions, editable=lock is None)
    evaluation = worksheet.evaluate(entries)

    def card(question: QuestionRow) -> SafeString:
        state = states[question.pk]
        own_lock = lock
        if lock is None and assessment.status == Status.RETURNED and not state.marked:
            own_lock = "Tidak diminta untuk diperbaiki"
        if own_lock is None:
            return fill_card(worksheet, question, state, place)
        return read_card(worksheet, question, state, place, own_lock)

    sections: dict[str, list[SafeString]] = {}
    rows: dict[str, SectionRow] = {}
    for question in area.questions:
        rows[question.section.code] = question.section
        sections.setdefault(question.section.code, []).append(card(question))
    position = worksheet.areas.index(area)
    standing = build_standing(worksheet, evaluation, assessment.target)
    return AreaView(
        area=area,
        standing=standing,
        sections=tuple(
            SectionView(rows[code], evaluation.nodes[code].points, tuple(cards))
            for code, cards in sections.items()
        ),
        nav=build_nav(assessment, standing, area),
        next_area=worksheet.areas[position + 1] if position + 1 < len(worksheet.areas) else None,
        to_confirm=to_confirm_html(
            area, [pk for pk, state in states.items() if state.carried_year is not None]
        ),
    )


def load_states(
    worksheet: Worksheet,
    assessment: Assessment,
    questions: Sequence[QuestionRow],
    *,
    editable: bool,
) -> tuple[Entries, dict[int, AnswerState]]:
    """All entries (for the score), and what the cards of `questions` show, by question key.

    editable: the satker may fill in now; after a return its marked questions alone.
    One query for all answers (texts only of these questions), one for files, one for remarks.
    """
    wanted = {question.pk: question for question in questions}
    entries: Entries = {}
    parts: dict[int, dict[str, Any]] = {pk: {"entered": {}} for pk in wanted}
    rows = Answer.objects.filter(assessment=assessment).annotate(
        own_note=Case(
            When(question_id__in=list(wanted), then=F("note")),
            default=Value(""),
            output_field=TextField(),
        )
    )
    for pk, entered, note, version, saved_at, carried_year in rows.values_list(
        "question_id", "entered", "own_note", "version", "saved_at", "carried_year"
    ):
        entries[worksheet.by_pk[pk].code] = entered
        if pk in parts:
            parts[pk] |= {
                "entered": entered,
                "note": note,
                "version": version,
                "saved_at": saved_at,
                "carried_year": carried_year,
            }
    for pk, remark, marked in _remarks(assessment, list(wanted)):
        parts[pk] |= {"remark": remark, "marked": marked}
    for link in AnswerEvidence.objects.filter(
        assessment=assessment, question_id__in=list(wanted)
    ).select_related("file"):
        part = parts[link.question_id]
        url = ""
        if editable and (assessment.status != Status.RETURNED or part.get("marked")):
            url = detach_url(assessment, wanted[link.question_id].code, str(link.file_id))
        part.setdefault("files", []).append(FileRow(link.file, url))
    return entries, {pk: AnswerState(**each) for pk, each in parts.items()}


def to_confirm_html(area: AreaRow, carried: Collection[int]) -> SafeString:
    """How many answers of an area were carried over and are to be confirmed; "" for none.

    carried: keys of questions, of this area and others.
    """
    if not carried:
        return SafeString("")
    waiting = [question for question in area.questions if question.pk in carried]
    if not waiting:
        return SafeString("")
    return notice(
        format_html(
            '<p>Periksa, lalu konfirmasi atau ubah. <a href="#{}">Ke yang pertama</a></p>',
            waiting[0].anchor,
        ),
        "warning",
        f"{len(waiting)} jawaban di halaman ini dibawa dari tahun lalu dan perlu dikonfirmasi",
    )


def detach_url(assessment: Assessment, code: str, file_id: str) -> str:
    return reverse("assessments:detach_evidence", args=[assessment.pk, code, file_id])


def build_nav(
    assessment: Assessment, standing: Standing, current: AreaRow | None
) -> tuple[NavItem, ...]:
    return tuple(
        NavItem(
            number=each.area.number,
            name=each.area.name,
            answered=each.answered,
            total=each.total,
            url=reverse("assessments:area", args=[assessment.pk, each.area.key]),
            current=each.area == current,
            sections=_section_links(each.area) if each.area == current else (),
        )
        for each in standing.areas
    )


def section_points(evaluation: scoring.Evaluation, question: QuestionRow) -> Fraction:
    return evaluation.nodes[question.section.code].points


def _section_links(area: AreaRow) -> tuple[tuple[str, str], ...]:
    seen = dict.fromkeys(question.section for question in area.questions)
    return tuple((section.title, f"#{section.anchor}") for section in seen)


def _remarks(assessment: Assessment, questions: list[int]) -> list[tuple[int, Remark | None, bool]]:
    """What the reviewer wrote, once the satker may read it: after a return or an approval."""
    if assessment.status not in {Status.RETURNED, Status.APPROVED}:
        return []
    rows = (
        Verification.objects.filter(
            assessment=assessment, tier=Tier.PENDAHULUAN, question_id__in=questions
        )
        .exclude(note="", verdict="")
        .select_related("saved_by")
    )
    return [
        (
            row.question_id,
            Remark(row.verdict, row.note, row.saved_by.name, row.saved_at) if row.note else None,
            row.marked and assessment.status == Status.RETURNED,
        )
        for row in rows
    ]
