"""How the team of a satker stands with the questions: given to whom, checked or not."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from assessments.models import Answer, AnswerEvidence, Assessment, Handling
from assessments.worksheet import load_worksheet
from common.composed import columns_of, row_of, rows_of
from teams.team import Team, load_team


@dataclass(frozen=True, slots=True)
class Care:
    """How one question is dealt with.

    assignee: None where nobody has it, or who had it left. checked: somebody's mark that still
    holds; lapsed: a mark that was given, and answer or evidence are others since. facts: of the
    question now.
    """

    facts: str
    assignee: User | None = None
    due: date | None = None
    message: str = ""
    checked_by: User | None = None
    checked_at: datetime | None = None
    lapsed: bool = False

    @property
    def checked(self) -> bool:
        return self.checked_by is not None and not self.lapsed


def facts_of(version: int, files: Iterable[UUID]) -> str:
    """What is looked at when a question is checked: the version of its answer, its files."""
    keys = ",".join(sorted(str(file) for file in files))
    return f"{version}:{hashlib.sha256(keys.encode()).hexdigest()[:16]}"


def holder_of(row: Handling, satker_id: int) -> User | None:
    """Who has the question; nobody where it was given to somebody who has left since."""
    person = row.assignee
    return person if person is not None and person.works_at(satker_id) else None


def care_of(facts: str, row: Handling | None, satker_id: int) -> Care:
    """satker_id: of the sheet."""
    if row is None:
        return Care(facts)
    holder = holder_of(row, satker_id)
    return Care(
        facts=facts,
        assignee=holder,
        due=row.due if holder else None,
        message=row.message if holder else "",
        checked_by=row.checked_by,
        checked_at=row.checked_at,
        lapsed=bool(row.checked_facts) and row.checked_facts != facts,
    )


def load_handlings(
    assessment: Assessment, questions: Collection[int] | None = None
) -> dict[int, Handling]:
    """By question key, with the people; of some questions or all. One query."""
    if questions is None:
        found = rows_of(_all_handlings, assessment.pk)
    else:
        found = rows_of(_handlings, assessment.pk, *questions)
    own, person = len(columns_of(Handling)), len(columns_of(User))
    rows = {}
    for values in found:
        row = row_of(Handling, values[:own])
        if row.assignee_id is not None:
            row.assignee = row_of(User, values[own : own + person])
        if row.checked_by_id is not None:
            row.checked_by = row_of(User, values[own + person :])
        rows[row.question_id] = row
    return rows


def _handlings(assessment: UUID, *questions: int) -> QuerySet[Handling, tuple[Any, ...]]:
    return _all_handlings(assessment).filter(question_id__in=questions)


def _all_handlings(assessment: UUID) -> QuerySet[Handling, tuple[Any, ...]]:
    """A person's satker comes along with the person everywhere; nobody asks for it here."""
    return Handling.objects.filter(assessment_id=assessment).values_list(
        *columns_of(Handling), *columns_of(User, "assignee__"), *columns_of(User, "checked_by__")
    )


def load_facts(assessment: Assessment, questions: Sequence[int] | None = None) -> Mapping[int, str]:
    """By question key, for what has an answer or evidence. Two queries."""
    answers = Answer.objects.filter(assessment=assessment)
    links = AnswerEvidence.objects.filter(assessment=assessment)
    if questions is not None:
        answers = answers.filter(question_id__in=questions)
        links = links.filter(question_id__in=questions)
    versions = dict(answers.values_list("question_id", "version"))
    files: dict[int, list[UUID]] = {}
    for question, file in links.values_list("question_id", "file_id"):
        files.setdefault(question, []).append(file)
    return {
        question: facts_of(versions.get(question, 0), files.get(question, ()))
        for question in versions.keys() | files.keys()
    }


def load_cares(
    assessment: Assessment, facts: Mapping[int, str] | None = None
) -> Mapping[int, Care]:
    """Of every question of the sheet. Three queries; one with `load_facts` at hand."""
    facts = load_facts(assessment) if facts is None else facts
    rows = load_handlings(assessment)
    nothing, satker = facts_of(0, ()), assessment.satker_id
    return {
        question.pk: care_of(facts.get(question.pk, nothing), rows.get(question.pk), satker)
        for question in load_worksheet(assessment.instrument_id).questions
    }


def checked_pokja(team: Team) -> frozenset[str]:
    """The pokja whose answers somebody is there to check: where there is a coordinator."""
    return frozenset(key for key, pokja in team.pokja.items() if pokja.lead is not None)


def unchecked_questions(
    assessment: Assessment, team: Team | None = None, facts: Mapping[int, str] | None = None
) -> list[int]:
    """Keys of the questions that the coordinator of their pokja has not checked as they stand;
    none where there is no coordinator. Four queries, one without coordinators.

    team: of the assessment's satker; facts: `load_facts`; where just read.
    """
    pokja = checked_pokja(team or load_team(assessment.satker))
    if not pokja:
        return []
    cares = load_cares(assessment, facts)
    return [
        question.pk
        for question in load_worksheet(assessment.instrument_id).questions
        if question.page in pokja and not cares[question.pk].checked
    ]
