"""A save that was stored while its response was lost, and the page that asks again."""

from uuid import uuid4

import pytest

from accounts.models import Role
from assessments.models import Answer, AnswerChange
from tests.factories_assessments import make_user

CODE = "A.I.1.i.b"


@pytest.fixture
def stored(assessment):
    def read():
        return Answer.objects.get(assessment=assessment, question__code=CODE)

    return read


def test_the_same_again_changes_nothing_twice(save, stored):
    attempt = uuid4().hex
    save(CODE, value="A", note="x", save_id=attempt)

    again = save(CODE, 0, value="A", note="x", save_id=uuid4().hex, unconfirmed=attempt)

    assert again.status_code == 200
    assert stored().version == 1
    assert AnswerChange.objects.filter(answer=stored()).count() == 1


def test_who_typed_on_is_not_in_conflict_with_themself(save, stored):
    first, second = uuid4().hex, uuid4().hex
    save(CODE, value="A", note="Rapat", save_id=first)

    answer = save(CODE, 0, note="Rapat kedua", save_id=second, unconfirmed=f"{uuid4()} {first}")

    assert answer.status_code == 200
    assert (stored().version, stored().note) == (2, "Rapat kedua")
    ids = AnswerChange.objects.filter(answer=stored()).values_list("save_id", flat=True)
    assert [each.hex for each in ids] == [first, second]


def test_what_somebody_saved_after_it_is_a_conflict(save, stored):
    attempt = uuid4().hex
    save(CODE, value="A", note="Rapat", save_id=attempt)
    save(CODE, 1, note="Dari orang lain")

    answer = save(CODE, 0, note="Rapat kedua", unconfirmed=attempt)

    assert answer.status_code == 409
    assert stored().note == "Dari orang lain"


def test_ids_of_nobody_help_nobody(save, stored):
    save(CODE, value="A")

    answer = save(CODE, 0, value="B", unconfirmed=uuid4().hex)

    assert answer.status_code == 409
    assert stored().entered == {"value": "A"}


def test_ids_of_somebody_else_help_nobody(client, save, stored, assessment):
    attempt = uuid4().hex
    save(CODE, value="A", save_id=attempt)
    client.force_login(make_user(Role.OPERATOR, assessment.satker))

    answer = save(CODE, 0, value="B", unconfirmed=attempt)

    assert answer.status_code == 409
    assert stored().entered == {"value": "A"}


@pytest.mark.parametrize(
    "fields",
    [
        {"save_id": "bukan penanda"},
        {"save_id": "\x00"},
        {"unconfirmed": "a b"},
        {"unconfirmed": "0" * 2000},
    ],
)
def test_broken_ids_are_refused_with_a_reason(save, assessment, fields):
    answer = save(CODE, value="A", **fields)

    assert answer.status_code == 422
    assert "Muat ulang halaman" in answer.content.decode()
    assert not Answer.objects.filter(assessment=assessment).exists()
