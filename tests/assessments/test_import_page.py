"""The page where an operator imports a workbook: preview, choice, all of it or nothing."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from assessments.models import Period, WorkbookImport
from assessments.worksheet import load_worksheet
from audit.models import Event
from tests.assessments.import_page import Page, book, codes
from tests.assessments.imports import stored
from tests.assessments.workbooks import as_bytes, filled_official, layout
from tests.factories_assessments import (
    best_answers,
    fill,
    make_kanwil,
    make_returned,
    make_satker,
    make_submitted,
    make_user,
    person,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(operator, assessment):
    return Page(operator, assessment)


class TestPreview:
    def test_the_empty_page(self, page):
        response = page.get()

        assert response.status_code == 200
        assert "Unggah buku kerja yang sudah diisi" in response.text
        assert "mengabaikan A.II.5.iii.2" in response.text

    def test_every_change_and_nothing_stored(self, page, assessment):
        fill(assessment, {"A.I.1.i.a": "Tidak", "A.II.1.i.a.n1": 4}, notes={"A.I.1.i.a": "Lama"})
        before = stored()

        response = page.preview(
            book(
                {"A.I.1.i.a": "Ya", "A.II.1.i.a.n2": 2, "B.I.a": 3.6},
                lambda sheet: sheet.__setitem__("O8", "Baru"),
            )
        )

        shown = [
            (line.code, line.label, str(line.before), str(line.after))
            for each in response.context["page"].changes
            for line in each.lines
        ]
        assert response.status_code == 200
        assert shown == [
            ("A.I.1.i.a", "Jawaban", "Tidak", "Ya"),
            ("A.I.1.i.a", "Catatan", "<ins>Lama</ins>", "<ins>Baru</ins>"),
            ("A.II.1.i.a.n2", shown[2][1], "", "2"),
            ("B.I.a", "Jawaban", "", "3,6"),
        ]
        assert stored() == before

    def test_nothing_to_import(self, page, assessment):
        fill(assessment, {"A.I.1.i.a": "Ya"})

        response = page.preview(book({"A.I.1.i.a": "ya"}))

        assert "Tidak ada yang perlu diimpor" in response.text
        assert "Impor ke penilaian" not in response.text

    def test_notes_are_escaped(self, page):
        response = page.preview(
            book(edit=lambda sheet: sheet.__setitem__("O8", "<script>alert(1)</script>"))
        )

        assert "<script>alert" not in response.text
        assert "&lt;script&gt;alert" in response.text

    def test_it_outlives_the_session(self, page, client, assessment):
        page.preview(book({"A.I.1.i.a": "Ya"}))
        client.logout()
        client.force_login(person(Role.OPERATOR, assessment.satker))

        assert codes(page.get().context["page"].changes) == ["A.I.1.i.a"]

    def test_the_next_upload_takes_its_place_and_discarding_forgets_it(self, page):
        page.preview(book({"A.I.1.i.a": "Ya"}))
        response = page.preview(book({"A.I.1.i.b": "A"}))

        assert codes(response.context["page"].changes) == ["A.I.1.i.b"]
        assert WorkbookImport.objects.count() == 1
        page.client.post(page.url, {"langkah": "batal"})
        assert WorkbookImport.objects.count() == 0

    def test_a_colleague_does_not_see_it(self, page, client, assessment):
        page.preview(book({"A.I.1.i.a": "Ya"}))
        client.force_login(make_user(Role.OPERATOR, assessment.satker))

        assert "page" not in page.get().context

    def test_remarks_merged_cells_among_them(self, page):
        def edit(sheet):
            sheet["K129"] = 4
            sheet.merge_cells("K129:K130")

        response = page.preview(book(edit=edit))

        assert "Sel K129:K130 digabung." in response.text

    def test_an_old_preview_is_gone(self, page):
        page.preview(book({"A.I.1.i.a": "Ya"}))
        WorkbookImport.objects.update(uploaded_at=timezone.now() - timedelta(days=8))

        assert "page" not in page.get().context

    def test_both_totals_where_the_workbooks_formulas_are_faulty(
        self, page, shared, recalculate, tmp_path, assessment
    ):
        answers = best_answers(load_worksheet(assessment.instrument_id)) | {
            "A.I.1.i.a": "Tidak",
            "A.II.5.iii.2.a.n4": 0,
        }
        path = tmp_path / "lke.xlsx"
        filled_official(shared, answers, lambda s: s.__setitem__("K185", 3)).save(path)

        response = page.preview(as_bytes(recalculate(path)))

        points = {each.name: (each.theirs, each.ours) for each in response.context["page"].points}
        assert points["Nilai total"] == ("100", "98,75")
        assert layout().faults["A.II.5.iii"] in response.text
        done = page.client.get(page.confirm(response)["Location"])
        assert "Berbeda dari hitungan buku kerja" in done.text


class TestConfirm:
    def test_stores_what_was_shown(self, page, assessment):
        fill(assessment, {"A.I.1.i.b": "A"})
        response = page.preview(book({"A.I.1.i.a": "Ya", "A.I.1.i.b": "B"}))

        done = page.confirm(response)

        assert done.status_code == 302
        assert "2 jawaban" in page.client.get(done["Location"]).text
        assert stored() == {
            "A.I.1.i.a": ({"value": "Ya"}, "", 1),
            "A.I.1.i.b": ({"value": "B"}, "", 2),
        }
        assert assessment.scores.get(tier="mandiri").answered == 2
        assert Event.objects.filter(action="impor_buku_kerja").count() == 1

    def test_twice_is_once(self, page):
        response = page.preview(book({"A.I.1.i.a": "Ya"}))
        first = page.confirm(response)

        second = page.confirm(response)

        assert second["Location"] == first["Location"]
        assert stored()["A.I.1.i.a"][2] == 1
        assert Event.objects.filter(action="impor_buku_kerja").count() == 1

    def test_one_that_is_gone(self, page):
        response = page.preview(book({"A.I.1.i.a": "Ya"}))
        page.client.post(page.url, {"langkah": "batal"})

        done = page.confirm(response)

        assert done.status_code == 422
        assert "Unggah lagi berkasnya" in done.text
        assert stored() == {}

    @pytest.mark.parametrize("value", ["x", "", "00000000-0000-0000-0000-000000000000"])
    def test_a_broken_confirmation(self, page, value):
        page.preview(book({"A.I.1.i.a": "Ya"}))

        done = page.client.post(page.url, {"langkah": "impor", "pratinjau": value})

        assert done.status_code == 422
        assert stored() == {}

    def test_nobody_confirms_the_upload_of_another(self, page, client, assessment):
        response = page.preview(book({"A.I.1.i.a": "Ya"}))
        client.force_login(make_user(Role.OPERATOR, assessment.satker))

        assert page.confirm(response).status_code == 422
        assert stored() == {}


class TestWho:
    @pytest.mark.parametrize(
        ("role", "place", "expected"),
        [
            (Role.OPERATOR, "own", 200),
            (Role.PIMPINAN, "own", 403),
            (Role.OPERATOR, "other", 404),
            (Role.VERIFIKATOR, "kanwil", 403),
            (Role.ADMIN_PUSAT, "centre", 403),
            (Role.TPI, "centre", 404),
        ],
    )
    def test_role_and_place(self, client, assessment, role, place, expected):
        places = {
            "own": lambda: assessment.satker,
            "other": make_satker,
            "kanwil": make_kanwil,
            "centre": lambda: None,
        }
        client.force_login(make_user(role, places[place]()))
        page = Page(client, assessment)

        assert page.get().status_code == expected
        answer = page.upload(book({"A.I.1.i.a": "Ya"}))
        assert answer.status_code == (302 if expected == 200 else expected)
        assert stored() == {}

    def test_what_was_sent_is_locked(self, client):
        assessment = make_submitted()
        client.force_login(person(Role.OPERATOR, assessment.satker))
        page = Page(client, assessment)

        assert "Impor tidak dapat dilakukan" in page.get().text
        refused = page.upload(book({"A.I.1.i.a": "Tidak"}))
        assert refused.status_code == 403
        assert "sudah dikirim" in refused.text
        assert stored()["A.I.1.i.a"][0] == {"value": "Ya"}

    def test_a_deadline_between_preview_and_confirmation(self, page):
        response = page.preview(book({"A.I.1.i.a": "Ya"}))
        Period.objects.update(fill_until=timezone.now() - timedelta(hours=1))

        refused = page.confirm(response)

        assert refused.status_code == 403
        assert "Pengisian ditutup" in refused.text
        assert (stored(), WorkbookImport.objects.count()) == ({}, 1)

    def test_unmarked_questions_stop_the_import_after_a_return(self, client):
        assessment = make_returned(lower={"A.I.1.i.b": {"value": "B"}})
        client.force_login(person(Role.OPERATOR, assessment.satker))
        page = Page(client, assessment)

        refused = page.upload(book({"A.I.1.i.a": "Tidak", "A.I.1.i.b": "B"}))

        assert refused.status_code == 422
        assert [fault.place for fault in refused.context["faults"]] == ["K8"]
        assert stored()["A.I.1.i.b"][0] == {"value": "A"}
        done = page.confirm(page.preview(book({"A.I.1.i.b": "B"})))
        assert done.status_code == 302
        assert stored()["A.I.1.i.b"][0] == {"value": "B"}

    def test_the_overview_leads_there(self, page, assessment):
        text = page.client.get(reverse("assessments:detail", args=[assessment.pk])).text

        assert page.url in text
        assert reverse("reports:lke_official", args=[assessment.pk]) in text
