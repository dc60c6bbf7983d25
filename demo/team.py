"""The team of one satker, so that a newcomer sees who does what."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Final

from accounts.models import Role, User
from accounts.services import create_user
from assessments.enums import EDITABLE
from assessments.models import Assessment
from assessments.services import handling
from assessments.task_state import load_facts
from assessments.worksheet import load_worksheet
from common.dates import local
from demo.accounts import made_up_name
from satker.models import Satker
from teams.services import NewPokja, NewTeam, set_team
from teams.team import load_team

# username: the pokja the person coordinates
MEMBERS: Final = {"pokja1-{}": ("1", "2"), "pokja2-{}": ("3", "4"), "pokja3-{}": ("5", "6")}
_TASKS_EACH: Final = 4
_CHECKED: Final = 6


def gather_team(
    *, satker: Satker, users: Mapping[str, User], rng: Random, password: str, now: datetime
) -> None:
    """Three more people at the satker, each with two areas, some tasks and some checks.

    password: hashed, of all accounts. The operator is the secretary and has the results.
    """
    operator = users[f"{Role.OPERATOR}-{satker.code}"]
    head = users[f"{Role.PIMPINAN}-{satker.code}"]
    people = {
        name.format(satker.code): create_user(
            username=name.format(satker.code),
            name=made_up_name(rng),
            role=Role.OPERATOR,
            satker=satker,
            encoded_password=password,
            must_change_password=False,
            by=users["admin"],
        )
        for name in MEMBERS
    }
    pokja = {
        area: NewPokja(person.pk, frozenset({operator.pk}) if area in {"1", "6"} else frozenset())
        for person, areas in zip(people.values(), MEMBERS.values(), strict=True)
        for area in areas
    }
    pokja["hasil"] = NewPokja(operator.pk, frozenset())
    set_team(
        satker=satker,
        new=NewTeam(chair=None, secretary=operator.pk, pokja=pokja),
        seen=load_team(satker).digest,
        by=head,
    )
    assessment = Assessment.objects.with_place().filter(satker=satker, status__in=EDITABLE).first()
    if assessment is not None and assessment.deadline > now:
        _share_out(assessment, {area: each.lead for area, each in pokja.items()}, operator, now)
        _check_some(assessment, head)


def _share_out(
    assessment: Assessment, leads: Mapping[str, int | None], by: User, now: datetime
) -> None:
    last = local(assessment.deadline, assessment.satker.zone).date()
    today = local(now, assessment.satker.zone).date()
    for area in load_worksheet(assessment.instrument_id).areas:
        days = 3 + 2 * len(area.questions)
        handling.give(
            assessment=assessment,
            questions=area.questions[-_TASKS_EACH:],
            task=handling.NewTask(leads[area.key], min(last, today + timedelta(days=days))),
            by=by,
        )


def _check_some(assessment: Assessment, by: User) -> None:
    facts = load_facts(assessment)
    answered = [
        question
        for question in load_worksheet(assessment.instrument_id).questions
        if not facts.get(question.pk, "0:").startswith("0:")
    ]
    for question in answered[:_CHECKED]:
        handling.check(assessment=assessment, question=question, seen=facts[question.pk], by=by)
