"""The way to a predikat: what the page says is what the optimiser found, and it changes nothing."""

import pytest
from django.urls import reverse

from accounts.models import Role
from assessments.models import Answer, Assessment
from assessments.way_page import Wish, build_way
from assessments.worksheet import load_worksheet
from audit.models import Event
from tests.factories_assessments import (
    best_answers,
    make_assessment,
    make_satker,
    person,
    shipped_instrument,
)


@pytest.fixture
def nearly(db) -> Assessment:
    """Everything at the top, but the survey index lies under its floor and one answer is low."""
    best = best_answers(load_worksheet(shipped_instrument().pk))
    made = make_assessment(answers=best | {"B.I.a": "3.5", "A.I.1.i.b": "C"})
    return Assessment.objects.with_place().get(pk=made.pk)


def wish(**changes) -> Wish:
    asked = {"predikat": "WBK", "objective": "langkah", "area": 0, "pinned": frozenset()}
    return Wish(**(asked | changes))


def test_smallest_plan(nearly):
    view = build_way(nearly, wish())

    [(label, [move])] = view.moves
    assert (label, move.question.code) == ("Hasil", "B.I.a")
    assert (move.before, move.after, move.steps) == ("3,5", "3,6", 1)
    assert view.reached.short == ()
    assert view.binding == ("Indeks Persepsi Anti Korupsi (IPAK)",)


def test_pinned_makes_it_impossible_and_says_why(nearly):
    view = build_way(nearly, wish(pinned=frozenset({"B.I.a"})))

    assert view.moves == ()
    assert [name for name, _ in view.out_of_reach] == ["Indeks Persepsi Anti Korupsi (IPAK)"]
    assert {each.questions for each in view.alternatives} == {None}


def test_one_area_alone_cannot_mend_another(nearly):
    assert build_way(nearly, wish(area=1)).out_of_reach


class TestPage:
    def get(self, client, assessment, **query):
        url = reverse("assessments:way", args=[assessment.pk])
        return client.get(url, query)

    def test_shows_the_plan_and_changes_nothing(self, client, nearly):
        client.force_login(person(Role.OPERATOR, nearly.satker))
        before = (Answer.objects.count(), Event.objects.count())

        response = self.get(client, nearly, tujuan="langkah")

        assert response.status_code == 200
        assert "1 pertanyaan, 1 langkah" in response.content.decode()
        assert (Answer.objects.count(), Event.objects.count()) == before

    @pytest.mark.parametrize(
        "query", [{"predikat": "X"}, {"area": "9"}, {"tetap": "A\x01"}, {"tujuan": "semua"}]
    )
    def test_unknown_wishes_fall_back(self, client, nearly, query):
        client.force_login(person(Role.OPERATOR, nearly.satker))

        response = self.get(client, nearly, **query)

        assert response.status_code == 200
        assert "Pilihan tidak dikenal" in response.content.decode()

    def test_foreign_is_404(self, client, nearly):
        client.force_login(person(Role.OPERATOR, make_satker()))

        assert self.get(client, nearly).status_code == 404
