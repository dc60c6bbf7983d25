"""The explained score: from total to answer, tiers side by side."""

from fractions import Fraction

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from assessments.enums import Tier, Verdict
from assessments.models import Assessment, Verification
from assessments.score_page import build_score_view
from assessments.services.scores import refresh_score
from assessments.worksheet import load_worksheet
from tests.factories_assessments import (
    make_approved,
    make_assessment,
    make_returned,
    make_satker,
    make_submitted,
    make_user,
    person,
)


def view_of(assessment, *, with_reviewed=False):
    return build_score_view(
        Assessment.objects.with_place().get(pk=assessment.pk), with_reviewed=with_reviewed
    )


def walk(nodes):
    for node in nodes:
        yield node
        yield from walk(node.parts)


def test_every_line_is_the_sum_of_its_parts(db):
    view = view_of(make_assessment(answers={"A.I.1.i.b": "B", "B.I.a": "3.62"}))

    for node in walk(view.components):
        if node.parts:
            assert node.tiers.own == sum((part.tiers.own for part in node.parts), Fraction(0))
    assert sum(node.tiers.own for node in view.components) == view.total.own


def test_every_figure_stands_against_its_floors(db):
    pengungkit, hasil = view_of(make_assessment()).components

    assert pengungkit.against == (40, 48)
    assert hasil.against == ()
    assert {node.code: node.against for node in walk((hasil,)) if node.against} == {
        "B.I": (Fraction("18.25"), Fraction("19.5")),
        "B.I.a": (Fraction("15.75"), Fraction("15.75")),
        "B.I.b": (Fraction("2.5"), Fraction("3.75")),
        "B.II": (14, Fraction("15.75")),
        "B.II.a": (14, Fraction("15.75")),  # all that B.II holds
    }


def test_tiers_side_by_side_largest_difference_first(db):
    approved = make_approved(
        lower={"A.I.1.i.b": {"value": "B"}, "B.I.b": {"value": "C"}, "A.I.2.i.a": {"value": "B"}}
    )

    view = view_of(approved, with_reviewed=True)

    assert [leaf.code for leaf in view.differences] == ["B.I.b", "A.I.1.i.b", "A.I.2.i.a"]
    assert view.differences[0].tiers.difference == Fraction(-5, 2)
    assert view.total.difference == sum(leaf.tiers.difference for leaf in view.differences)
    assert [area.key for area in view.areas[:2]] == ["hasil", "1"]
    assert sum(area.tiers.difference for area in view.areas) == view.total.difference
    floors = {row.name: [code for code, _ in row.statuses] for row in view.floors}
    assert len(floors) == 12
    assert set(map(tuple, floors.values())) == {("WBK", "WBBM")}


def test_what_the_inspectorate_entered_stands_beside(db):
    approved = make_approved(lower={"A.I.1.i.b": {"value": "B"}})
    code = "B.I.b"
    Verification.objects.create(
        assessment=approved,
        question_id=load_worksheet(approved.instrument_id).by_code[code].pk,
        tier=Tier.TPI,
        verdict=Verdict.KURANG_SESUAI,
        entered={"value": "C"},
        note="Belum tampak di laporan.",
        saved_by=person(Role.TPI, approved.satker.verifier.parent),
        saved_at=timezone.now(),
        version=1,
        round=approved.round,
    )
    refresh_score(approved, Tier.TPI)

    view = view_of(approved, with_reviewed=True)

    assert view.total.names == ("Mandiri", "Verifikasi", "TPI")
    own, reviewed, inspected = view.total.points
    assert own - reviewed == Fraction(1, 8)
    assert own - inspected == -view.total.difference == Fraction(5, 2)
    assert [leaf.code for leaf in view.differences] == [code, "A.I.1.i.b"]
    assert view.areas[0].key == "hasil"
    assert [name for name, _ in view.differences[0].others] == ["TPI"]


class TestPage:
    def get(self, client, assessment):
        return client.get(reverse("assessments:score", args=[assessment.pk]))

    @pytest.mark.parametrize(
        ("role", "place", "expected"),
        [
            (Role.OPERATOR, "own", 200),
            (Role.PIMPINAN, "own", 200),
            (Role.OPERATOR, "foreign", 404),
            (Role.VERIFIKATOR, "kanwil", 403),
            (Role.ADMIN_PUSAT, "centre", 200),
            (Role.PEMANTAU, "centre", 403),
            (Role.TPI, "centre", 404),
        ],
    )
    def test_who_reads_a_draft(self, client, db, role, place, expected):
        draft = make_assessment()
        places = {
            "own": draft.satker,
            "foreign": make_satker(),
            "kanwil": draft.satker.verifier,
            "centre": draft.satker.verifier.parent,
        }
        client.force_login(make_user(role, places[place]))

        assert self.get(client, draft).status_code == expected

    def test_an_answer_below_a_floor_never_prints_as_the_floor(self, client, db):
        draft = make_assessment(answers={"B.I.a": "3.59999"})
        client.force_login(person(Role.OPERATOR, draft.satker))

        text = self.get(client, draft).content.decode()

        assert '<p class="score-points">15,74 <span class="muted">/ 17,50</span>' in text

    def test_satker_does_not_see_the_reviewer_at_work(self, client, db):
        sent = make_submitted()
        client.force_login(person(Role.OPERATOR, sent.satker))

        assert "Verifikasi" not in self.get(client, sent).content.decode().split("</header>")[1]

    def test_an_approved_sheet_stands_against_the_floors_as_it_was_verified(self, client, db):
        approved = make_approved(lower={"B.I.a": {"value": "3.5"}})
        client.force_login(person(Role.OPERATOR, approved.satker))

        text = self.get(client, approved).content.decode()
        floors = {row.name: row.actual for row in view_of(approved, with_reviewed=True).floors}

        assert "menurut nilai verifikasi" in text
        assert "menurut nilai mandiri" not in text
        assert floors["Nilai total"] == Fraction("97.8125")

    def test_until_it_is_approved_the_floors_are_held_against_the_satkers(self, client, db):
        returned = make_returned(lower={"B.I.a": {"value": "3.5"}})
        client.force_login(person(Role.OPERATOR, returned.satker))

        assert "menurut nilai mandiri" in self.get(client, returned).content.decode()

    def test_sentence_is_on_the_page(self, client, db):
        draft = make_assessment(answers={"A.I.1.i.a": "Ya", "A.I.1.i.b": "B"})
        client.force_login(person(Role.OPERATOR, draft.satker))

        assert "(1 + 0,5) / 2 × 0,5 = 0,375" in self.get(client, draft).content.decode()

    def test_queries(self, client, db, django_assert_max_num_queries):
        approved = make_approved()
        client.force_login(person(Role.OPERATOR, approved.satker))
        self.get(client, approved)

        with django_assert_max_num_queries(8):
            self.get(client, approved)
