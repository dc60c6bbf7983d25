"""Statements composed once: what they store is what the ORM stores."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from assessments.enums import Tier
from assessments.models import Answer, AnswerChange, Score
from audit.models import Chain, Event
from common.statements import insert_row, update_rows
from tests.factories_assessments import make_assessment

pytestmark = pytest.mark.django_db

AT = datetime(2026, 12, 31, 16, 59, 59, 123456, tzinfo=UTC)


@pytest.fixture
def answer():
    return Answer.objects.get(assessment=make_assessment(answers={"A.I.1.i.a": "Ya"}))


def stored(row):
    """The columns of a row as the database holds them, its key aside."""
    names = [f.column for f in row._meta.concrete_fields if not f.primary_key]
    columns = ", ".join(map(connection.ops.quote_name, names))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {row._meta.db_table} WHERE id = %s", [row.pk])  # noqa: S608
        return dict(zip(names, cursor.fetchone(), strict=True))


def change(answer, version, **fields):
    return AnswerChange(
        answer=answer,
        version=version,
        by_id=answer.saved_by_id,
        at=AT,
        **({"entered": {"n1": "7", "n2": "é\u2028"}, "note": "50% \\ 'x' %s"} | fields),
    )


@pytest.mark.parametrize("save_id", [None, uuid.UUID(int=7)])
def test_an_inserted_row_is_as_the_orm_would_store_it(answer, save_id):
    ours, theirs = change(answer, 8, save_id=save_id), change(answer, 9, save_id=save_id)
    insert_row(ours)
    theirs.save(force_insert=True)

    assert stored(ours) | {"version": 9} == stored(theirs)
    assert not ours._state.adding
    assert AnswerChange.objects.get(pk=ours.pk).entered == {"n1": "7", "n2": "é\u2028"}
    ours.note = "kemudian"
    ours.save()  # an update of the same row, not a second one
    assert AnswerChange.objects.filter(answer=answer, version=8).count() == 1


def test_an_updated_row_is_as_the_orm_would_store_it(answer):
    fields = {
        "entered": {"value": "3.6"},
        "note": "baru",
        "version": 4,
        "carried_year": None,
        "saved_at": AT,
    }
    Answer.objects.filter(pk=answer.pk).update(**fields)
    expected = stored(answer)
    Answer.objects.filter(pk=answer.pk).update(version=1, note="lama", saved_at=AT - timedelta(1))

    assert update_rows(Answer, {"id": answer.pk}, fields) == 1
    assert stored(answer) == expected


def test_decimals_keep_their_places(answer):
    score = Score.objects.get(assessment=answer.assessment, tier=Tier.MANDIRI)
    where = {"assessment_id": answer.assessment_id, "tier": Tier.MANDIRI}

    assert update_rows(Score, where, {"total": Decimal("74.999999999999")}) == 1
    score.refresh_from_db()
    assert score.total == Decimal("74.999999999999")


def test_only_the_rows_that_are_meant_change(answer):
    other = Answer.objects.get(assessment=make_assessment(answers={"A.I.1.i.a": "Ya"}))
    assert update_rows(Answer, {"id": answer.pk, "version": 99}, {"note": "tidak"}) == 0
    assert update_rows(Answer, {"id": answer.pk}, {"note": "ya"}) == 1
    other.refresh_from_db()
    assert other.note != "ya"


def test_what_the_database_refuses_is_refused(answer):
    first = change(answer, 8)
    insert_row(first)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_row(change(answer, 8))


@pytest.mark.parametrize("model", [Answer, AnswerChange, Score, Chain, Event])
def test_no_column_of_these_needs_more_than_a_parameter(model):
    """A field with a placeholder of its own would have to be composed by the ORM."""
    assert [f for f in model._meta.concrete_fields if hasattr(f, "get_placeholder")] == []
