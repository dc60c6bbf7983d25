"""What a person's tasks and the page that gives them out show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from assessments.enums import EDITABLE, FindingKind, Status
from assessments.models import Assessment
from assessments.services.checks import submission_findings
from assessments.services.turns import marked_questions
from assessments.task_parts import due_words, share_url
from assessments.task_state import Care, load_cares, load_handlings
from assessments.worksheet import AreaRow, QuestionRow, load_worksheet
from common.dates import local
from teams.team import Team, load_team

MOST_SHEETS = 2  # a returned one of last year beside this year's

WORDS: Mapping[FindingKind, str] = {
    FindingKind.ANSWER: "belum dijawab",
    FindingKind.EVIDENCE: "belum ada bukti",
    FindingKind.CONFIRMATION: "perlu dikonfirmasi",
    FindingKind.FIGURES: "angka tidak mungkin",
}


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One question. state: what is still to do there, "" for nothing; due: "" for no day."""

    question: QuestionRow
    url: str
    state: str
    due: str
    late: bool
    message: str


@dataclass(frozen=True, slots=True)
class PokjaLine:
    """One area that is a person's: how much of it is open, unproven, unchecked."""

    area: AreaRow
    url: str
    open: int
    total: int
    unchecked: int
    leads: bool


@dataclass(frozen=True, slots=True)
class Section:
    """title: with its count."""

    title: str
    note: str
    lines: tuple[TaskLine, ...]


@dataclass(frozen=True, slots=True)
class SheetTasks:
    """What one sheet asks of a person. done: own tasks with nothing left to do."""

    assessment: Assessment
    sections: tuple[Section, ...]
    pokja: tuple[PokjaLine, ...]
    done: int


@dataclass(frozen=True, slots=True)
class ShareLine:
    question: QuestionRow
    care: Care
    state: str
    due: str
    late: bool
    chosen: bool


def my_sheets(user: User) -> QuerySet[Assessment]:
    """Sheets of one's satker that can be worked on now."""
    rows = Assessment.objects.with_place().visible_to(user)
    return rows.filter(status__in=EDITABLE, satker_id=user.satker_id)[:MOST_SHEETS]


def build_tasks(assessment: Assessment, team: Team, user: User, now: datetime) -> SheetTasks:
    """In six queries, seven after a return."""
    worksheet = load_worksheet(assessment.instrument_id)
    facts = _load_facts(assessment, now)
    pokja = team.pokja_of(user)
    leads = tuple(key for key, each in team.pokja.items() if each.lead == user)

    def is_mine(question: QuestionRow) -> bool:
        assignee = facts.cares[question.pk].assignee
        return assignee == user if assignee else not team.exists or question.page in pokja

    own = [q for q in worksheet.questions if facts.cares[q.pk].assignee == user]
    own = [q for q in own if facts.is_open(q)]
    repairs = [q for q in worksheet.questions if q.pk in facts.marked and is_mine(q)]
    todo = [q for q in own if q.pk in facts.todo and q.pk not in facts.marked]
    to_check = [
        q
        for q in worksheet.questions
        if q.page in leads
        and q.pk not in facts.todo
        and not facts.cares[q.pk].checked
        and facts.is_open(q)
    ]
    sections = [
        ("diminta diperbaiki", "Dikembalikan verifikator; hanya ini yang dapat diubah.", repairs),
        (
            "tugas Anda",
            "Yang tenggatnya paling dekat lebih dahulu.",
            sorted(todo, key=facts.urgency),
        ),
        ("menunggu Anda periksa", "Sudah terisi, belum ditandai diperiksa.", to_check),
    ]
    return SheetTasks(
        assessment=assessment,
        sections=tuple(
            Section(f"{len(rows)} {title}", note, tuple(facts.line(q) for q in rows))
            for title, note, rows in sections
            if rows
        ),
        pokja=tuple(
            _pokja_line(assessment, area, facts.cares, facts.todo, leads=area.key in leads)
            for area in worksheet.areas
            if area.key in pokja
        ),
        done=sum(q.pk not in facts.todo for q in own),
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    """How a sheet stands for its team. todo: what is still to do, in words, by question key.
    marked: what a return asks to repair."""

    assessment: Assessment
    today: date
    cares: Mapping[int, Care]
    todo: Mapping[int, str]
    marked: frozenset[int]

    def is_open(self, question: QuestionRow) -> bool:
        """After a return nothing else can be changed."""
        return self.assessment.status != Status.RETURNED or question.pk in self.marked

    def urgency(self, question: QuestionRow) -> tuple[date, int]:
        return self.cares[question.pk].due or date.max, question.position

    def line(self, question: QuestionRow) -> TaskLine:
        care = self.cares[question.pk]
        return TaskLine(
            question=question,
            url=_url(self.assessment, question),
            state=self.todo.get(question.pk, ""),
            due=due_words(care.due, self.today) if care.due else "",
            late=care.due is not None and care.due < self.today,
            message=care.message,
        )


def _load_facts(assessment: Assessment, now: datetime) -> _Facts:
    marked: frozenset[int] = frozenset()
    if assessment.status == Status.RETURNED:
        marked = frozenset(marked_questions(assessment).values_list("question_id", flat=True))
    return _Facts(
        assessment=assessment,
        today=local(now, assessment.satker.zone).date(),
        cares=load_cares(assessment),
        todo=_open_now(assessment),
        marked=marked,
    )


@dataclass(frozen=True, slots=True)
class OwnPart:
    """What of a sheet is a person's, in a few words for its overview."""

    tasks: int
    late: int
    pokja: tuple[AreaRow, ...]
    has_team: bool


def build_own_part(assessment: Assessment, user: User, now: datetime) -> OwnPart:
    """In two queries."""
    worksheet = load_worksheet(assessment.instrument_id)
    today = local(now, assessment.satker.zone).date()
    team = load_team(assessment.satker)
    mine = [row for row in load_handlings(assessment).values() if row.assignee_id == user.pk]
    pokja = team.pokja_of(user)
    return OwnPart(
        tasks=len(mine),
        late=sum(row.due is not None and row.due < today for row in mine),
        pokja=tuple(area for area in worksheet.areas if area.key in pokja),
        has_team=team.exists,
    )


def build_share(
    assessment: Assessment, area: AreaRow, chosen: Sequence[str], now: datetime
) -> tuple[ShareLine, ...]:
    """The questions of an area as they can be given out. Five queries."""
    today = local(now, assessment.satker.zone).date()
    cares, open_now = load_cares(assessment), _open_now(assessment)
    lines = []
    for question in area.questions:
        care = cares[question.pk]
        lines.append(
            ShareLine(
                question=question,
                care=care,
                state=open_now.get(question.pk, ""),
                due=due_words(care.due, today) if care.due else "",
                late=care.due is not None and care.due < today,
                chosen=question.code in chosen,
            )
        )
    return tuple(lines)


def _open_now(assessment: Assessment) -> dict[int, str]:
    """What still stands in the way of sending, by question, in words."""
    found: dict[int, list[str]] = {}
    for finding in submission_findings(assessment):
        if finding.kind in WORDS:
            found.setdefault(finding.question.pk, []).append(WORDS[finding.kind])
    return {question: ", ".join(words) for question, words in found.items()}


def _pokja_line(
    assessment: Assessment,
    area: AreaRow,
    cares: Mapping[int, Care],
    open_now: Mapping[int, str],
    *,
    leads: bool,
) -> PokjaLine:
    return PokjaLine(
        area=area,
        url=share_url(assessment, area)
        if leads
        else reverse("assessments:area", args=[assessment.pk, area.key]),
        open=sum(question.pk in open_now for question in area.questions),
        total=len(area.questions),
        unchecked=sum(not cares[question.pk].checked for question in area.questions),
        leads=leads,
    )


def _url(assessment: Assessment, question: QuestionRow) -> str:
    page = reverse("assessments:area", args=[assessment.pk, question.page])
    return f"{page}#{question.anchor}"
