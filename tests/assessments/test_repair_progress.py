"""After a return: how far the repair is, and what would be sent again as it was."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from assessments.models import Assessment, Transition
from assessments.repair_progress import Repaired, load_repaired, unchanged_repairs
from assessments.services.lifecycle import return_to_operator, submit
from assessments.worksheet import load_worksheet
from tests.factories_assessments import (
    attach,
    fill,
    judge,
    make_assessment,
    make_returned,
    make_submitted,
    person,
)

pytestmark = pytest.mark.django_db

FIRST, SECOND, OTHER_AREA = "A.I.1.i.b", "A.I.1.ii.b", "A.I.2.i.a"


@pytest.fixture
def returned():
    lower = {FIRST: {"value": "C"}, SECOND: {"value": "C"}, OTHER_AREA: {"value": "D"}}
    return make_returned(lower=lower)


def repaired(assessment):
    return load_repaired(load_worksheet(assessment.instrument_id), assessment)


def unchanged(assessment):
    worksheet = load_worksheet(assessment.instrument_id)
    return [each.code for each in unchanged_repairs(worksheet, assessment)]


def sign_in(client, assessment, role=Role.OPERATOR):
    client.force_login(person(role, assessment.satker))
    return client


def count_of(response, number):
    """What stands beside an area in the navigation."""
    found = re.search(rf'answered-{number}">([^<]*)<', response.content.decode())
    return found.group(1)


def test_nothing_is_repaired_at_first(returned):
    assert repaired(returned) == {
        **{key: Repaired(0, 0) for key in ("3", "4", "5", "6", "hasil")},
        "1": Repaired(0, 2),
        "2": Repaired(0, 1),
    }
    assert unchanged(returned) == [FIRST, SECOND, OTHER_AREA]


def test_answer_note_and_file_are_repairs(returned):
    fill(returned, {FIRST: "B"})
    attach(returned, OTHER_AREA, name="Notulen baru.pdf")

    assert repaired(returned)["1"] == Repaired(1, 2)
    assert repaired(returned)["2"] == Repaired(1, 1)
    assert unchanged(returned) == [SECOND]


def test_changed_and_changed_back_is_unchanged(returned):
    fill(returned, {FIRST: "B"})
    fill(returned, {FIRST: "A"})

    assert FIRST in unchanged(returned)


def test_the_latest_return_counts(returned):
    fill(returned, {FIRST: "B"})
    Transition.objects.filter(assessment=returned, action="kembalikan").update(at=timezone.now())

    assert repaired(returned)["1"] == Repaired(0, 2)


@pytest.mark.parametrize("make", [make_assessment, make_submitted])
def test_only_a_returned_sheet_has_repairs(make, django_assert_num_queries):
    assessment = make()

    with django_assert_num_queries(0):
        assert repaired(assessment) is None
        assert unchanged(assessment) == []


class TestNavigation:
    def test_counts_what_is_repaired(self, client, returned):
        page = sign_in(client, returned).get(reverse("assessments:area", args=[returned.pk, "1"]))

        assert [count_of(page, number) for number in "123"] == ["0/2", "0/1", "–"]
        assert "diperbaiki</span>" in page.content.decode()

    def test_counts_along_with_a_save(self, client, returned):
        address = reverse("assessments:save_answer", args=[returned.pk, FIRST])

        saved = sign_in(client, returned).post(
            address, {"value": "B", "version": 1}, headers={"X-Requested-With": "fetch"}
        )

        assert '<div data-page="answered-1">1/2</div>' in saved.content.decode()


class TestSending:
    def page(self, client, assessment):
        head = sign_in(client, assessment, Role.PIMPINAN)
        return head.get(reverse("assessments:submit", args=[assessment.pk])).content.decode()

    def test_unchanged_questions_are_named_and_may_be_sent(self, client, returned):
        fill(returned, {FIRST: "B"})

        page = self.page(client, returned)

        assert "Ada yang diminta diperbaiki dan belum berubah" in page
        assert "2 dari 3 pertanyaan masih sama" in page
        assert 'name="pernyataan"' in page

    def test_all_repaired(self, client, returned):
        fill(returned, {FIRST: "B", SECOND: "B", OTHER_AREA: "B"})

        assert "belum berubah" not in self.page(client, returned)

    def test_what_was_asked_again_is_compared_with_the_last_submission(self, client, returned):
        fill(returned, {FIRST: "B", SECOND: "B", OTHER_AREA: "B"})
        submit(assessment=returned, by=person(Role.PIMPINAN, returned.satker))
        judge(returned, {FIRST: {"value": "C"}}, codes=[FIRST])
        ketua = person(Role.KETUA, returned.satker.verifier)
        return_to_operator(assessment=returned, by=ketua, note="Sekali lagi.")
        again = Assessment.objects.with_place().get(pk=returned.pk)

        assert unchanged(again) == [FIRST]
