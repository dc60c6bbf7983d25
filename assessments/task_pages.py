"""What a person's tasks and the page that gives them out show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from accounts.models import User
from assessments.addresses import question_url
from assessments.enums import EDITABLE, Status
from assessments.models import Assessment
from assessments.open_tasks import tasks_of, words_of_open
from assessments.repair_progress import load_repairs
from assessments.services.checks import submission_findings
from assessments.task_parts import due_words, share_url
from assessments.task_state import Care, holder_of, load_cares, load_handlings
from assessments.worksheet import AreaRow, QuestionRow, load_worksheet
from common.dates import local
from teams.team import Team, load_team

MOST_SHEETS = 2  # a returned one of last year beside this year's


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
    """One area that is a person's: how much of what can be changed is open, and unchecked.
    url: where who leads it gives it out."""

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
    return rows.filter(status__in=EDITABLE)[:MOST_SHEETS]


def build_tasks(assessment: Assessment, team: Team, user: User, now: datetime) -> SheetTasks:
    """In five queries, seven after a return."""
    worksheet = load_worksheet(assessment.instrument_id)
    facts = _load_facts(assessment, now)
    pokja = team.pokja_of(user)
    leads = tuple(key for key, each in team.pokja.items() if each.lead == user)
    holders = {pk: care.assignee for pk, care in facts.cares.items()}
    returned = assessment.status == Status.RETURNED
    own = tasks_of(user, team, facts.changeable, holders, returned=returned)
    todo = sorted((q for q in own if q.pk in facts.todo), key=facts.urgency)
    to_check = [
        q
        for q in facts.changeable
        if q.page in leads and q.pk not in facts.todo and not facts.cares[q.pk].checked
    ]
    asked = ("diminta diperbaiki", "Dikembalikan verifikator; hanya ini yang dapat diubah.")
    given = ("tugas Anda", "Yang tenggatnya paling dekat lebih dahulu.")
    sections = [
        (*(asked if returned else given), todo),
        ("menunggu Anda periksa", "Sudah terisi, belum ditandai diperiksa.", to_check),
    ]
    areas = (area for area in worksheet.areas if area.key in pokja)
    lines = (_pokja_line(facts, area, leads=area.key in leads) for area in areas)
    return SheetTasks(
        assessment=assessment,
        sections=tuple(
            Section(f"{len(rows)} {title}", note, tuple(facts.line(q) for q in rows))
            for title, note, rows in sections
            if rows
        ),
        pokja=tuple(line for line in lines if line.total),
        done=len(own) - len(todo),
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    """How a sheet stands for its team. todo: what is still to do, in words, by question key.
    changeable: all questions, after a return those that are to be repaired."""

    assessment: Assessment
    today: date
    cares: Mapping[int, Care]
    todo: Mapping[int, str]
    changeable: tuple[QuestionRow, ...]

    def urgency(self, question: QuestionRow) -> tuple[date, int]:
        return self.cares[question.pk].due or date.max, question.position

    def line(self, question: QuestionRow) -> TaskLine:
        care = self.cares[question.pk]
        return TaskLine(
            question=question,
            url=question_url(self.assessment.pk, question),
            state=self.todo.get(question.pk, ""),
            due=due_words(care.due, self.today) if care.due else "",
            late=care.due is not None and care.due < self.today,
            message=care.message,
        )


def _load_facts(assessment: Assessment, now: datetime) -> _Facts:
    repairs = load_repairs(assessment)
    questions = load_worksheet(assessment.instrument_id).questions
    return _Facts(
        assessment=assessment,
        today=local(now, assessment.satker.zone).date(),
        cares=load_cares(assessment),
        todo=words_of_open(submission_findings(assessment), repairs),
        changeable=tuple(q for q in questions if repairs is None or q.pk in repairs),
    )


@dataclass(frozen=True, slots=True)
class OwnPart:
    """What of a sheet is a person's, in a few words for its overview. tasks: open ones."""

    tasks: int
    late: int
    pokja: tuple[AreaRow, ...]
    has_team: bool


def build_own_part(
    assessment: Assessment, user: User, todo: Mapping[int, str], now: datetime
) -> OwnPart:
    """todo: what is still to do, by question key (`words_of_open`). In two queries."""
    worksheet = load_worksheet(assessment.instrument_id)
    today = local(now, assessment.satker.zone).date()
    team = load_team(assessment.satker)
    rows = load_handlings(assessment)
    holders = {pk: holder_of(row, assessment.satker_id) for pk, row in rows.items()}
    asked = [question for question in worksheet.questions if question.pk in todo]
    returned = assessment.status == Status.RETURNED
    own = tasks_of(user, team, asked, holders, returned=returned)
    days = [rows[q.pk].due for q in own if holders.get(q.pk) is not None]
    pokja = team.pokja_of(user)
    return OwnPart(
        tasks=len(own),
        late=sum(due is not None and due < today for due in days),
        pokja=tuple(area for area in worksheet.areas if area.key in pokja),
        has_team=team.exists,
    )


def build_share(
    assessment: Assessment, questions: Sequence[QuestionRow], chosen: Sequence[str], now: datetime
) -> tuple[ShareLine, ...]:
    """Questions as they can be given out. Five queries, seven after a return."""
    facts = _load_facts(assessment, now)
    lines = []
    for question in questions:
        care = facts.cares[question.pk]
        lines.append(
            ShareLine(
                question=question,
                care=care,
                state=facts.todo.get(question.pk, ""),
                due=due_words(care.due, facts.today) if care.due else "",
                late=care.due is not None and care.due < facts.today,
                chosen=question.code in chosen,
            )
        )
    return tuple(lines)


def _pokja_line(facts: _Facts, area: AreaRow, *, leads: bool) -> PokjaLine:
    questions = [question for question in facts.changeable if question.page == area.key]
    return PokjaLine(
        area=area,
        url=share_url(facts.assessment, area),
        open=sum(question.pk in facts.todo for question in questions),
        total=len(questions),
        unchecked=sum(not facts.cares[question.pk].checked for question in questions),
        leads=leads,
    )
