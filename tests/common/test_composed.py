"""Queries composed once: what comes back is what the ORM gives."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role, User
from assessments import area_page, comment_page, last_year, task_state
from assessments.models import Answer, AnswerEvidence, Assessment, Snapshot
from assessments.worksheet import load_worksheet
from common.composed import columns_of, row_of, rows_of
from evidence.models import EvidenceFile
from satker.models import Satker
from teams import team
from tests.assessments.talk import say
from tests.factories_assessments import (
    attach,
    best_answers,
    make_assessment,
    make_period,
    make_submitted,
    make_user,
    person,
    shipped_instrument,
)

pytestmark = pytest.mark.django_db


def worksheet():
    return load_worksheet(shipped_instrument().pk)


@pytest.fixture
def sheet():
    earlier = make_submitted(period=make_period(2025))
    made = make_assessment(earlier.satker, best_answers(worksheet()), period=make_period(2026))
    attach(made, "A.I.1.i.a", "A.I.1.i.b")
    operator = person(Role.OPERATOR, made.satker)
    say(made, operator, "Notulen?")
    team.TeamMember.objects.create(satker=made.satker, user=operator, post="koordinator", pokja="1")
    head = person(Role.PIMPINAN, made.satker)
    now = timezone.now()
    question = worksheet().by_code["A.I.1.i.b"].pk
    task_state.Handling.objects.create(
        assessment=made, question_id=question, assignee=operator, given_by=head, given_at=now,
        checked_by=head, checked_at=now, checked_facts="1:0",
    )  # fmt: skip
    return Assessment.objects.with_place().get(pk=made.pk)


QUERIES = {
    "answers": lambda sheet, some: (area_page._answers, sheet.pk, *some),
    "files": lambda sheet, some: (area_page._files, sheet.pk, *some),
    "talk": lambda sheet, some: (comment_page._said_and_people, sheet.pk, sheet.satker_id, *some),
    "year before": lambda sheet, some: (last_year._latest, sheet.satker_id, sheet.period.year),
    "handlings": lambda sheet, some: (task_state._handlings, sheet.pk, *some),
    "all handlings": lambda sheet, some: (task_state._all_handlings, sheet.pk),
    "posts": lambda sheet, some: (team._posts, sheet.satker_id),
}


@pytest.mark.parametrize("name", QUERIES)
def test_the_rows_of_the_orm(sheet, name):
    other = Assessment.objects.with_place().get(pk=make_submitted().pk)
    found = {}

    for each, area in ((sheet, "1"), (other, "1"), (sheet, "2"), (sheet, "1")):
        questions = [question.pk for question in worksheet().area(area).questions]
        compose, *keys = QUERIES[name](each, questions)
        theirs = list(compose(*keys))
        found[each.pk] = rows_of(compose, *keys)
        assert in_order(compose, found[each.pk]) == in_order(compose, theirs)
    assert found[sheet.pk]
    assert found[sheet.pk] != found[other.pk]


def in_order(compose, rows):
    """Files come as they were attached; the others in any order."""
    return rows if compose is area_page._files else sorted(rows, key=repr)


def test_files_come_as_they_were_attached(sheet):
    """Whatever their order in the table."""
    question = worksheet().by_code["A.I.1.i.a"].pk
    attach(sheet, "A.I.1.i.a", name="Kedua.pdf")
    attach(sheet, "A.I.1.i.a", name="Ketiga.pdf")
    link = AnswerEvidence.objects.get(file__name="Ketiga.pdf")
    AnswerEvidence.objects.filter(pk=link.pk).update(attached_at=link.attached_at - timedelta(1))

    name = 2 + columns_of(EvidenceFile).index("name")
    assert [row[name] for row in rows_of(area_page._files, sheet.pk, question)] == [
        "Ketiga.pdf",
        "SK_Tim.pdf",
        "Kedua.pdf",
    ]


def names(satker):
    return User.objects.filter(satker_id=satker).values_list("name").order_by("pk")


def test_composed_once_for_a_number_of_keys(sheet):
    asked = []

    def compose(*satker):
        asked.append(satker)
        return User.objects.filter(satker_id__in=satker).values_list("name").order_by("pk")

    one, other = sheet.satker_id, make_user(Role.OPERATOR).satker_id
    wanted = [(one,), (other,), (one, other), (other,), (other, one)]
    with CaptureQueriesContext(connection) as captured:
        found = [rows_of(compose, *keys) for keys in wanted]

    assert [len(keys) for keys in asked] == [1, 1, 2, 2]
    assert not {one, other} & {key for keys in asked for key in keys}
    assert found == [list(compose(*keys)) for keys in wanted]
    assert len(captured) == len(wanted)


def test_what_finds_nothing(sheet):
    with CaptureQueriesContext(connection) as captured:
        assert rows_of(task_state._handlings, sheet.pk) == []
    assert len(captured) == 0


def everybody(satker):
    return User.objects.values_list("name")


def limited(satker, count):
    return names(satker)[:count]


def two_years(satker, year):
    rows = Snapshot.objects.filter(assessment__satker_id=satker)
    return rows.filter(assessment__period__year__in=(year - 1, year)).values_list("pk")


def one_below(satker, other):
    return User.objects.filter(satker_id__in=(satker, other, other - 37)).values_list("pk")


@pytest.mark.parametrize("compose", [everybody, limited, two_years, one_below])
def test_what_is_made_of_a_key_is_no_key(compose):
    """A limit may stand in the statement itself; a year before is not the satker."""
    keys = (1, 2)[: compose.__code__.co_argcount]

    with pytest.raises(ValueError, match=compose.__name__):
        rows_of(compose, *keys)


@pytest.mark.parametrize("version", [20_000, 20_037, 26_000, 26_041])
def test_numbers_that_queries_are_tried_with(sheet, version):
    """A key is found whatever stands beside it."""

    def answers(assessment, asked):
        rows = Answer.objects.filter(assessment_id=assessment, version=asked)
        return rows.filter(version__lte=version).exclude(saved_by_id=version).values_list("pk")

    Answer.objects.filter(assessment=sheet).update(version=version)
    Answer.objects.filter(assessment=sheet, question__code="A.I.1.i.a").update(version=7)

    assert len(rows_of(answers, sheet.pk, version)) == 112
    assert len(rows_of(answers, sheet.pk, 7)) == 1


def test_a_row_is_one_of_its_model(sheet):
    def files(satker):
        rows = EvidenceFile.objects.filter(satker_id=satker)
        return rows.values_list(*columns_of(EvidenceFile))

    values = rows_of(files, sheet.satker_id)[0]
    made, stored = row_of(EvidenceFile, values), EvidenceFile.objects.get(pk=values[0])

    assert made == stored
    assert all(getattr(made, n) == getattr(stored, n) for n in columns_of(EvidenceFile))
    assert not made._state.adding
    assert columns_of(Satker, "satker__")[:2] == ("satker__id", "satker__code")
