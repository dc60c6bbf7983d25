"""An import meets answers that were saved meanwhile: nothing is stored until somebody chooses."""

from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Role
from tests.assessments.import_page import EARLIER, Page, book, codes
from tests.assessments.imports import stored
from tests.assessments.workbooks import as_bytes
from tests.factories_assessments import (
    fill,
    make_assessment,
    make_user,
    person,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(operator, assessment):
    return Page(operator, assessment)


class TestConflicts:
    def test_an_answer_saved_after_the_workbook(self, page, assessment):
        fill(assessment, {"A.I.1.i.a": "Tidak"})

        response = page.preview(book({"A.I.1.i.a": "Ya", "A.I.1.i.b": "B"}, saved_at=EARLIER))

        shown = response.context["page"]
        assert (codes(shown.conflicts), codes(shown.changes)) == (["A.I.1.i.a"], ["A.I.1.i.b"])
        refused = page.confirm(response)
        assert refused.status_code == 422
        assert "Pilih dahulu jawaban yang dipakai" in refused.text
        assert stored() == {"A.I.1.i.a": ({"value": "Tidak"}, "", 1)}

    @pytest.mark.parametrize(
        ("choice", "expected"), [("buku", ("Ya", 2)), ("tersimpan", ("Tidak", 1))]
    )
    def test_the_choice(self, page, assessment, choice, expected):
        fill(assessment, {"A.I.1.i.a": "Tidak"})
        response = page.preview(book({"A.I.1.i.a": "Ya", "A.I.1.i.b": "B"}, saved_at=EARLIER))

        done = page.confirm(response, **{"pilih-A.I.1.i.a": choice})

        assert done.status_code == 302
        entered, _, version = stored()["A.I.1.i.a"]
        assert (entered["value"], version) == expected
        assert stored()["A.I.1.i.b"][0] == {"value": "B"}

    def test_an_answer_saved_after_the_preview(self, page, assessment):
        response = page.preview(book({"A.I.1.i.a": "Ya", "A.I.1.i.b": "B"}))
        colleague = make_user(Role.OPERATOR, assessment.satker, name="Rina")
        fill(assessment, {"A.I.1.i.a": "Tidak"}, by=colleague)

        refused = page.confirm(response)

        shown = refused.context["page"]
        assert refused.status_code == 409
        assert "Rina" in refused.text
        assert (codes(shown.conflicts), codes(shown.changes)) == (["A.I.1.i.a"], ["A.I.1.i.b"])
        assert stored() == {"A.I.1.i.a": ({"value": "Tidak"}, "", 1)}
        done = page.confirm(refused, **{"pilih-A.I.1.i.a": "buku"})
        assert done.status_code == 302
        assert stored()["A.I.1.i.a"] == ({"value": "Ya"}, "", 2)

    def test_an_answer_that_was_not_shown_as_changing(self, page, assessment):
        """Equal at the preview, changed since: it would be overwritten unseen."""
        fill(assessment, {"A.I.1.i.a": "Ya"})
        response = page.preview(book({"A.I.1.i.a": "Ya", "A.I.1.i.b": "B"}))
        fill(assessment, {"A.I.1.i.a": "Tidak"})

        refused = page.confirm(response)

        assert refused.status_code == 409
        assert codes(refused.context["page"].conflicts) == ["A.I.1.i.a"]
        assert "A.I.1.i.b" not in stored()

    def test_a_choice_is_asked_again_when_the_answer_moved_again(self, page, assessment):
        fill(assessment, {"A.I.1.i.b": "A", "A.I.1.i.a": "Tidak"})
        content = book({"A.I.1.i.b": "B", "A.I.1.i.a": "Ya"}, saved_at=EARLIER)
        response = page.preview(content)
        fill(assessment, {"A.I.1.i.b": "C"})

        refused = page.confirm(
            response, **{"pilih-A.I.1.i.b": "buku", "pilih-A.I.1.i.a": "tersimpan"}
        )

        choices = {each.question.code: each.choice for each in refused.context["page"].conflicts}
        assert refused.status_code == 409
        assert choices == {"A.I.1.i.a": "tersimpan", "A.I.1.i.b": ""}

    def test_the_same_answer_saved_meanwhile_is_no_conflict(self, page, assessment):
        response = page.preview(book({"A.I.1.i.a": "Ya", "A.I.1.i.b": "B"}))
        fill(assessment, {"A.I.1.i.a": "Ya"})

        assert page.confirm(response).status_code == 302
        assert stored()["A.I.1.i.a"][2] == 1

    def test_ones_own_exported_workbook_edited_and_imported_again_and_again(self, page, assessment):
        fill(assessment, {"A.I.1.i.a": "Tidak", "A.I.1.i.b": "A"})
        url = reverse("reports:lke_official", args=[assessment.pk])
        workbook = load_workbook(BytesIO(page.client.get(url).content))
        workbook["LKE ZI"]["K8"] = "Ya"
        response = page.preview(as_bytes(workbook))
        assert codes(response.context["page"].conflicts) == []
        page.confirm(response)

        workbook["LKE ZI"]["K8"] = "Tidak"
        again = page.preview(as_bytes(workbook)).context["page"]

        assert (codes(again.conflicts), codes(again.changes)) == ([], ["A.I.1.i.a"])

    def test_what_was_saved_after_the_export_is_a_conflict(self, page, assessment):
        fill(assessment, {"A.I.1.i.a": "Tidak"})
        url = reverse("reports:lke_official", args=[assessment.pk])
        workbook = load_workbook(BytesIO(page.client.get(url).content))
        fill(assessment, {"A.I.1.i.a": "Ya"})

        shown = page.preview(as_bytes(workbook)).context["page"]

        assert codes(shown.conflicts) == ["A.I.1.i.a"]

    def test_a_workbook_of_another_assessment_is_told(self, page, operator):
        other = make_assessment(answers={"A.I.1.i.a": "Ya"})
        operator.force_login(person(Role.OPERATOR, other.satker))
        content = operator.get(reverse("reports:lke_official", args=[other.pk])).content
        operator.force_login(person(Role.OPERATOR, page.assessment.satker))

        assert "diunduh dari penilaian lain" in page.preview(content).text
