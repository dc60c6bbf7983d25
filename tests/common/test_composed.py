"""Queries composed once: what comes back is what the ORM gives."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role, User
from assessments import area_page, comment_page, last_year, task_state
from assessments.models import Answer, Assessment
from assessments.worksheet import load_worksheet
from common import composed
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
    "answers": lambda s, q: (area_page._answers, (s.pk,), q),
    "files": lambda s, q: (area_page._files, (s.pk,), q),
    "talk": lambda s, q: (comment_page._said_and_people, (s.pk, s.satker_id), q),
    "year before": lambda s, q: (last_year._latest, (s.satker_id, s.period.year)),
    "handlings": lambda s, q: (task_state._handlings, (s.pk,), q),
    "all handlings": lambda s, q: (task_state._handlings, (s.pk,), None),
    "posts": lambda s, q: (team._posts, (s.satker_id,)),
}


@pytest.mark.parametrize("name", QUERIES)
def test_the_rows_of_the_orm(sheet, name):
    other = Assessment.objects.with_place().get(pk=make_submitted().pk)
    some = tuple(question.pk for question in worksheet().area("1").questions)
    found = {}

    for each in (sheet, other, sheet):
        compose, keys, *fixed = QUERIES[name](each, some)
        theirs = list(compose(*keys, *fixed))
        found[each.pk] = rows_of(compose, keys, *fixed)
        assert sorted(map(repr, found[each.pk])) == sorted(map(repr, theirs))
    assert found[sheet.pk]
    assert found[sheet.pk] != found[other.pk]


def names(satker):
    return User.objects.filter(satker_id=satker).values_list("name").order_by("pk")


def test_composed_once(sheet, monkeypatch):
    asked = []

    def compose(satker):
        asked.append(satker)
        return names(satker)

    satker = [sheet.satker_id, make_user(Role.OPERATOR).satker_id]
    with CaptureQueriesContext(connection) as captured:
        found = [rows_of(compose, (key,)) for key in satker * 2]

    assert len(asked) == 2
    assert not set(asked) & set(satker)
    assert found == [list(names(key)) for key in satker * 2]
    assert len(captured) == 4


def test_what_finds_nothing(sheet):
    with CaptureQueriesContext(connection) as captured:
        assert rows_of(task_state._handlings, (sheet.pk,), ()) == []
    assert len(captured) == 0


def everybody(satker):
    return User.objects.values_list("name")


def some(satker, count):
    return names(satker)[:count]


@pytest.mark.parametrize(("compose", "keys"), [(everybody, (1,)), (some, (1, 2))])
def test_a_key_that_is_no_parameter(compose, keys):
    """A limit may stand in the statement itself."""
    with pytest.raises(ValueError, match=compose.__name__):
        rows_of(compose, keys)


def test_numbers_that_the_query_was_tried_with(sheet):
    """A fixed value is never taken for the place of a key."""

    def answers(assessment, version):
        return Answer.objects.filter(assessment_id=assessment, version=version).values_list("pk")

    for version in (30_000, 30_001, 31_001):
        Answer.objects.filter(assessment=sheet).update(version=version)
        assert len(rows_of(answers, (sheet.pk,), version)) == 113


def test_a_row_is_one_of_its_model(sheet):
    def files(satker):
        rows = EvidenceFile.objects.filter(satker_id=satker)
        return rows.values_list(*columns_of(EvidenceFile))

    (values,) = rows_of(files, (sheet.satker_id,))[:1]
    made, stored = row_of(EvidenceFile, values), EvidenceFile.objects.get(pk=values[0])

    assert made == stored
    assert all(getattr(made, n) == getattr(stored, n) for n in columns_of(EvidenceFile))
    assert not made._state.adding
    assert columns_of(Satker, "satker__")[:2] == ("satker__id", "satker__code")
    assert composed._REMEMBERED > 7 * 20
