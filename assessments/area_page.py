"""The questions of one area as a page shows them: cards to fill in or to read."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from django.db.models import Case, F, QuerySet, TextField, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

import scoring
from accounts.models import User
from assessments.card_parts import FileRow, Remark
from assessments.cards import AnswerState, Place, fill_card, read_card
from assessments.comment_page import Talk
from assessments.enums import EDITABLE, Status, Tier
from assessments.last_year import last_year_html, load_last_year
from assessments.models import Answer, AnswerEvidence, Assessment, Verification
from assessments.need_parts import choice_html
from assessments.needs import propose
from assessments.permissions import can_read_last_year, can_work_in_team
from assessments.rejections import reason_words
from assessments.repair_progress import Repaired, load_repaired
from assessments.services.turns import deadline_refusal
from assessments.standing import Standing, build_standing
from assessments.task_parts import Looker, mine_html, team_line
from assessments.task_state import care_of, facts_of, load_handlings
from assessments.worksheet import (
    ENTERED_TEXT,
    AreaRow,
    Entries,
    QuestionRow,
    SectionRow,
    Worksheet,
    load_worksheet,
    parse_entered,
)
from common.composed import columns_of, row_of, rows_of
from common.dates import local
from common.markup import address_of
from common.ui.page import notice
from evidence.models import EvidenceFile
from teams.team import load_posts


@dataclass(frozen=True, slots=True)
class SectionView:
    section: SectionRow
    points: Fraction
    cards: tuple[SafeString, ...]


@dataclass(frozen=True, slots=True)
class NavItem:
    """One area in the navigation beside the questions: how much of it is answered, or after a
    return how many of the questions asked for are repaired. mine: of a pokja of who looks."""

    number: str
    name: str
    answered: int
    total: int
    word: str
    url: str
    current: bool
    sections: tuple[tuple[str, str], ...]
    mine: bool = False


@dataclass(frozen=True, slots=True)
class TeamLines:
    """lines: by question key. mine: links to the person's own tasks of the page. leads: whether
    the person may check here now. pokja: keys of the areas whose pokja the person is in."""

    lines: Mapping[int, SafeString]
    mine: SafeString
    leads: bool
    pokja: tuple[str, ...]


NO_LINES: Final = TeamLines({}, SafeString(""), leads=False, pokja=())


@dataclass(frozen=True, slots=True)
class AreaView:
    area: AreaRow
    standing: Standing
    sections: tuple[SectionView, ...]
    nav: tuple[NavItem, ...]
    next_area: AreaRow | None
    to_confirm: SafeString
    tasks: TeamLines


def build_area_view(
    assessment: Assessment,
    area: AreaRow,
    *,
    place: Place,
    lock: str | None,
    user: User,
    talk: Talk | None = None,
) -> AreaView:
    """Everything an area page shows, in three queries (four after a first submission, five
    after a return), two more for the satker's own people, and one more for who may read the
    year before.

    lock: None while the satker may fill in; else why it may not, "" to say nothing. talk: what
    its people say to each other, for who may read that.
    """
    worksheet = load_worksheet(assessment.instrument_id)
    entries, states = load_states(
        worksheet, assessment, area.questions, editable=lock is None, user=user
    )
    evaluation = worksheet.evaluate(entries)
    tasks = NO_LINES
    if can_work_in_team(user, assessment):
        tasks = _team_lines(assessment, area, states, user, place.zone)
    past = {}
    if can_read_last_year(user, assessment):
        past = load_last_year(assessment, area.questions)

    def card(question: QuestionRow) -> SafeString:
        state = replace(
            states[question.pk],
            team=tasks.lines.get(question.pk, ""),
            before=last_year_html(past.get(question.pk)),
            talk="" if talk is None else talk.block(question),
        )
        own_lock = lock
        if lock is None and assessment.status == Status.RETURNED and not state.marked:
            own_lock = "Tidak diminta untuk diperbaiki"
        if own_lock is None:
            return fill_card(worksheet, question, state, place)
        return read_card(worksheet, question, state, place, own_lock)

    position = worksheet.areas.index(area)
    standing = build_standing(worksheet, evaluation, assessment.target)
    return AreaView(
        area=area,
        standing=standing,
        sections=_sections(area, evaluation, card),
        nav=build_nav(
            assessment, standing, area, load_repaired(worksheet, assessment), tasks.pokja
        ),
        next_area=worksheet.areas[position + 1] if position + 1 < len(worksheet.areas) else None,
        to_confirm=to_confirm_html(
            area, [pk for pk, state in states.items() if state.carried_year is not None]
        ),
        tasks=tasks,
    )


def _sections(
    area: AreaRow, evaluation: scoring.Evaluation, card: Callable[[QuestionRow], SafeString]
) -> tuple[SectionView, ...]:
    """The cards under the headings of the area, each in the order of the sheet."""
    cards: dict[SectionRow, list[SafeString]] = {}
    for question in area.questions:
        cards.setdefault(question.section, []).append(card(question))
    return tuple(
        SectionView(section, evaluation.nodes[section.code].points, tuple(under))
        for section, under in cards.items()
    )


def _team_lines(
    assessment: Assessment,
    area: AreaRow,
    states: Mapping[int, AnswerState],
    user: User,
    zone: str,
) -> TeamLines:
    """How the team stands with the questions, from what their cards show. Two queries."""
    now = timezone.now()
    posts = load_posts(assessment.satker)
    rows = load_handlings(assessment, states)
    is_open = assessment.status in EDITABLE and not deadline_refusal(assessment, now)
    leads = is_open and area.key in posts.led_by(user)
    today = local(now, zone).date()
    reader, leader = (Looker(user, may, today, zone) for may in (False, leads))
    returned = assessment.status == Status.RETURNED
    satker = assessment.satker_id
    cares = {
        pk: care_of(
            facts_of(state.version, (row.file.pk for row in state.files)), rows.get(pk), satker
        )
        for pk, state in states.items()
    }
    lines = {
        question.pk: team_line(
            assessment,
            question,
            cares[question.pk],
            # what a return does not ask to repair is not worked on
            reader if returned and not states[question.pk].marked else leader,
        )
        for question in area.questions
    }
    return TeamLines(lines, mine_html(area.questions, cares, user), leads, posts.pokja_of(user))


def load_states(
    worksheet: Worksheet,
    assessment: Assessment,
    questions: Sequence[QuestionRow],
    *,
    editable: bool,
    user: User,
) -> tuple[Entries, dict[int, AnswerState]]:
    """All entries (for the score), and what the cards of `questions` show, by question key.

    editable: the satker may fill in now; after a return its marked questions alone. user: who
    looks.
    One query for all answers (texts only of these questions), one for files, one for remarks.
    """
    wanted = {question.pk: question for question in questions}
    entries: Entries = {}
    parts: dict[int, dict[str, Any]] = {pk: {"entered": {}} for pk in wanted}
    for pk, text, note, version, saved_at, carried_year, by_id, by_name in rows_of(
        _answers, assessment.pk, *wanted
    ):
        entries[worksheet.by_pk[pk].code] = entered = parse_entered(text)
        if pk in parts:
            parts[pk] |= {
                "entered": entered,
                "note": note,
                "version": version,
                "saved_at": saved_at,
                "saved_by": "" if by_id == user.pk else by_name,
                "carried_year": carried_year,
            }
    for pk, remark, marked in _remarks(assessment, list(wanted)):
        parts[pk] |= {"remark": remark, "marked": marked}
    for pk, document, *file in rows_of(_files, assessment.pk, *wanted):
        link = row_of(EvidenceFile, tuple(file)), document
        parts[pk].setdefault("links", []).append(link)
    for pk, part in parts.items():
        open_now = editable and (assessment.status != Status.RETURNED or bool(part.get("marked")))
        links = part.pop("links", [])
        part["files"] = build_file_rows(assessment, wanted[pk], links, editable=open_now)
    return entries, {pk: AnswerState(**each) for pk, each in parts.items()}


def _answers(assessment: UUID, *questions: int) -> QuerySet[Answer, tuple[Any, ...]]:
    """All answers; the notes of these questions alone."""
    wanted = When(question_id__in=questions, then=F("note"))
    note = Case(wanted, default=Value(""), output_field=TextField())
    return Answer.objects.filter(assessment_id=assessment).values_list(
        "question_id",
        ENTERED_TEXT,
        note,
        "version",
        "saved_at",
        "carried_year",
        "saved_by_id",
        "saved_by__name",
    )


def _files(assessment: UUID, *questions: int) -> QuerySet[AnswerEvidence, tuple[Any, ...]]:
    """The files of these questions, as they were attached, and what each was said to be."""
    links = AnswerEvidence.objects.filter(assessment_id=assessment, question_id__in=questions)
    return links.values_list("question_id", "document", *columns_of(EvidenceFile, "file__"))


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


def build_file_rows(
    assessment: Assessment,
    question: QuestionRow,
    links: Sequence[tuple[EvidenceFile, str]],
    *,
    editable: bool,
) -> list[FileRow]:
    """The files of one question. links: all of them, and which document each was said to be."""
    if not editable:
        return [FileRow(file, document=document) for file, document in links]
    taken = {document for _, document in links}
    rows = []
    for file, document in links:
        place = assessment.pk, question.code, file.pk
        detach = address_of("assessments:detach_evidence", *place)
        choice = choice_html(
            question,
            file,
            document=document,
            proposal=None if document else propose(question, file, taken),
            action=address_of("assessments:tick_document", *place),
        )
        rows.append(FileRow(file, detach, document, choice))
    return rows


def build_nav(
    assessment: Assessment,
    standing: Standing,
    current: AreaRow | None,
    repaired: Mapping[str, Repaired] | None = None,
    mine: Collection[str] = (),
) -> tuple[NavItem, ...]:
    """repaired: of a returned sheet, by area; None where answers count."""
    counts = repaired or {
        each.area.key: Repaired(each.answered, each.total) for each in standing.areas
    }
    return tuple(
        NavItem(
            number=each.area.number,
            name=each.area.name,
            answered=counts[each.area.key].done,
            total=counts[each.area.key].total,
            word="terjawab" if repaired is None else "diperbaiki",
            url=reverse("assessments:area", args=[assessment.pk, each.area.key]),
            current=each.area == current,
            sections=_section_links(each.area) if each.area == current else (),
            mine=each.area.key in mine,
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
            Remark(row.verdict, row.note, row.saved_by.name, row.saved_at, reason_words(row.reason))
            if row.note
            else None,
            row.marked and assessment.status == Status.RETURNED,
        )
        for row in rows
    ]
