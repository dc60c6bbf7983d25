"""The page where an operator imports a workbook: preview, choice, all of it or nothing."""

import re
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Role
from assessments.models import Period, WorkbookImport
from assessments.worksheet import load_worksheet
from audit.models import Event
from tests.assessments.imports import stored
from tests.assessments.workbooks import as_bytes, bare_workbook, filled_official, layout
from tests.factories_assessments import (
    best_answers,
    fill,
    make_assessment,
    make_kanwil,
    make_returned,
    make_satker,
    make_submitted,
    make_user,
    person,
)

pytestmark = pytest.mark.django_db

EARLIER = datetime(2020, 1, 1, tzinfo=UTC)
LATER = datetime(2099, 1, 1, tzinfo=UTC)  # a workbook that knows of everything


def book(answers=None, edit=None, *, saved_at=LATER) -> bytes:
    """A bare workbook, by default saved after everything that is stored."""
    workbook = bare_workbook(answers, edit)
    return at_time(as_bytes(workbook), saved_at)


def at_time(content: bytes, saved_at: datetime) -> bytes:
    """openpyxl writes its own time of saving; put another in its place."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            text = old.read(part)
            if part.filename == "docProps/core.xml":
                said = rb"(<dcterms:modified[^>]*>)[^<]*"
                text = re.sub(said, rb"\g<1>" + f"{saved_at:%Y-%m-%dT%H:%M:%SZ}".encode(), text)
            new.writestr(part, text)
    return out.getvalue()


class Page:
    """The page in the browser of one person."""

    def __init__(self, client, assessment) -> None:
        self.client = client
        self.assessment = assessment
        self.url = reverse("assessments:import_workbook", args=[assessment.pk])

    def get(self):
        return self.client.get(self.url)

    def upload(self, content, name="lke.xlsx"):
        return self.client.post(
            self.url, {"langkah": "unggah", "berkas": SimpleUploadedFile(name, content)}
        )

    def preview(self, content):
        assert self.upload(content).status_code == 302
        return self.get()

    def confirm(self, response, **fields):
        """Sends what the preview's form holds, and the choices given."""
        page = response.context["page"]
        hidden = {
            f"versi-{each.question.code}": each.version for each in (*page.changes, *page.conflicts)
        }
        data = {"langkah": "impor", "pratinjau": page.preview.draft.pk} | hidden | fields
        return self.client.post(self.url, data)


@pytest.fixture
def page(operator, assessment):
    return Page(operator, assessment)


def codes(answers):
    return [each.question.code for each in answers]


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
