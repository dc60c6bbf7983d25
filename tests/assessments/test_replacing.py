"""A newer version of a file: what moves to it, what keeps the old one, what is refused."""

import json
import shutil
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from assessments.models import AnswerEvidence
from assessments.services.replacements import replace_evidence
from audit.models import Event
from audit.services import verify
from evidence import vault
from evidence.models import EvidenceFile
from evidence.services import describe_file, store
from tests.evidence.samples import pdf, upload
from tests.factories_assessments import (
    attach,
    make_kanwil,
    make_returned,
    make_satker,
    make_submitted,
    make_user,
    person,
)

pytestmark = pytest.mark.django_db

CODE, OTHER = "A.I.1.i.b", "A.I.1.ii.b"
MORE = ("A.I.1.ii.b", "A.I.1.ii.c", "A.I.1.iii.a", "A.I.1.iii.b", "A.I.1.iii.c")
RULE = "Aturan tertulis tentang cara memilih anggota tim"
DECREE = "SK penetapan tim"  # any words do: the list may have been reworded since
SCRIPT = {"X-Requested-With": "fetch"}


@pytest.fixture(autouse=True)
def _empty_vault():
    shutil.rmtree(vault.path_of(""), ignore_errors=True)


def put(satker, name="lama.pdf", content=b"/A 1"):
    by = person(Role.OPERATOR, satker)
    return store(satker=by.satker, upload=upload(name, pdf(trailer=content)), by=by)


def link(assessment, file, *codes):
    """The file beside these questions, as a factory's file would be."""
    stand_in = attach(assessment, *codes)
    AnswerEvidence.objects.filter(file=stand_in).update(file=file, document="")
    stand_in.delete()


def names(assessment, code=CODE):
    rows = AnswerEvidence.objects.filter(assessment=assessment, question__code=code)
    return sorted(rows.values_list("file__name", flat=True))


def replacing(file):
    return reverse("assessments:replace_file", args=[file.pk])


@pytest.fixture
def old(assessment):
    return put(assessment.satker)


def new_upload(name="baru.pdf", content=b"/A 2"):
    return {"file": upload(name, pdf(trailer=content))}


class TestReplacing:
    def test_open_answers_name_the_new_file(self, operator, assessment, old):
        link(assessment, old, CODE, OTHER)

        answer = operator.post(replacing(old) + "?halaman=1", new_upload())

        new = EvidenceFile.objects.get(name="baru.pdf")
        events = Event.objects.filter(action="bukti_diganti")
        assert answer.url == reverse("assessments:library_file", args=[new.pk])
        assert new.replaces == old
        assert (names(assessment), names(assessment, OTHER)) == (["baru.pdf"], ["baru.pdf"])
        assert sorted(events.values_list("subject", flat=True)) == sorted(
            [CODE, OTHER, str(old.pk)]
        )
        assert verify().fault is None

    def test_old_row_and_bytes_stay(self, operator, assessment, old):
        operator.post(replacing(old) + "?halaman=1", new_upload())

        kept = EvidenceFile.objects.get(pk=old.pk)
        assert (kept.sha256, kept.name) == (old.sha256, "lama.pdf")
        assert vault.exists(kept.file.name)

    def test_title_and_kind_are_taken_over_and_dates_are_not(self, operator, assessment, old):
        describe_file(
            file=old,
            title="SK Tim",
            kind="sk",
            document_date=date(2026, 1, 2),
            valid_until=date(2026, 12, 31),
            by=old.uploaded_by,
        )

        operator.post(replacing(old) + "?halaman=1", new_upload())

        new = EvidenceFile.objects.get(name="baru.pdf")
        assert (new.title, new.kind) == ("SK Tim", "sk")
        assert (new.document_date, new.valid_until) == (None, None)

    def test_what_it_was_said_to_be_stays(self, operator, assessment, old):
        link(assessment, old, CODE)
        AnswerEvidence.objects.update(document=RULE)

        operator.post(replacing(old), new_upload(), headers=SCRIPT)

        moved = AnswerEvidence.objects.get()
        event = Event.objects.get(action="bukti_diganti", subject=CODE)
        assert (moved.file.name, moved.document) == ("baru.pdf", RULE)
        assert [json.loads(told)["document"] for told in (event.before, event.after)] == [RULE] * 2

    def test_script_is_told_where_to_go_on(self, operator, old):
        answer = operator.post(replacing(old), new_upload(), headers=SCRIPT)

        new = EvidenceFile.objects.get(name="baru.pdf")
        assert answer.status_code == 200
        assert f'data-next="/bukti/{new.pk}/rincian/"' in answer.content.decode()

    def test_sent_answers_keep_the_old_file(self, client):
        sheet = make_submitted()
        old = put(sheet.satker)
        link(sheet, old, CODE)
        client.force_login(person(Role.OPERATOR, sheet.satker))

        client.post(replacing(old) + "?halaman=1", new_upload())

        assert "lama.pdf" in names(sheet)
        assert "baru.pdf" not in names(sheet)

    def test_after_a_return_marked_questions_alone(self, client):
        sheet = make_returned()
        old = put(sheet.satker)
        link(sheet, old, CODE, OTHER)
        by = person(Role.OPERATOR, sheet.satker)

        done = replace_evidence(old=old, new=put(sheet.satker, "baru.pdf", b"/A 2"), by=by)

        assert (done.moved, done.kept) == (1, 1)
        assert "baru.pdf" in names(sheet)
        assert "lama.pdf" in names(sheet, OTHER)

    def test_after_the_deadline_everything_keeps_the_old_one(self, assessment, old):
        link(assessment, old, CODE)
        assessment.period.fill_until = timezone.now() - timedelta(days=1)
        assessment.period.save()

        new = put(assessment.satker, "baru.pdf", b"/A 2")
        done = replace_evidence(old=old, new=new, by=old.uploaded_by)

        assert (done.moved, done.kept) == (0, 1)
        assert names(assessment) == ["lama.pdf"]

    def test_the_new_one_was_beside_it_already(self, assessment, old):
        new = put(assessment.satker, "baru.pdf", b"/A 2")
        link(assessment, old, CODE)
        link(assessment, new, CODE)

        replace_evidence(old=old, new=new, by=old.uploaded_by)

        assert names(assessment) == ["baru.pdf"]

    @pytest.mark.parametrize(("its_own", "kept"), [("", DECREE), (RULE, RULE)])
    def test_the_new_one_beside_it_takes_the_tick_that_it_lacks(
        self, assessment, old, its_own, kept
    ):
        new = put(assessment.satker, "baru.pdf", b"/A 2")
        link(assessment, old, CODE)
        link(assessment, new, CODE)
        AnswerEvidence.objects.filter(file=old).update(document=DECREE)
        AnswerEvidence.objects.filter(file=new).update(document=its_own)

        replace_evidence(old=old, new=new, by=old.uploaded_by)

        stayed = AnswerEvidence.objects.get(assessment=assessment)
        event = Event.objects.get(action="bukti_diganti", subject=CODE)
        assert (stayed.file, stayed.document) == (new, kept)
        assert json.loads(event.before)["document"] == DECREE
        assert json.loads(event.after)["document"] == kept


class TestQueries:
    """What is read does not grow with the links; each of them is written, with its event."""

    def reads(self, old, new, moved):
        with CaptureQueriesContext(connection) as found:
            done = replace_evidence(old=old, new=new, by=old.uploaded_by)
        assert done.moved == moved
        events = Event.objects.filter(action="bukti_diganti", subject__in=[CODE, *MORE])
        assert events.count() == moved
        return sum(query["sql"].startswith("SELECT") for query in found)

    @pytest.mark.parametrize("links", [1, 6])
    @pytest.mark.parametrize("beside", [0, 1])
    def test_of_a_draft(self, assessment, old, links, beside):
        new = put(assessment.satker, "baru.pdf", b"/A 2")
        link(assessment, old, *[CODE, *MORE][:links])
        link(assessment, new, *[CODE, *MORE][: links * beside])

        assert self.reads(old, new, links) == 6

    @pytest.mark.parametrize("links", [1, 6])
    def test_after_a_return(self, links):
        codes = [CODE, *MORE]
        sheet = make_returned(lower={code: {"value": "B"} for code in codes[:links]})
        old, new = put(sheet.satker), put(sheet.satker, "baru.pdf", b"/A 2")
        link(sheet, old, *codes[:links], "A.I.6.i.a")

        assert self.reads(old, new, links) == 7
        assert verify().fault is None


class TestRefused:
    def test_replaced_already(self, operator, old):
        operator.post(replacing(old), new_upload(), headers=SCRIPT)

        answer = operator.post(replacing(old), new_upload("lagi.pdf", b"/A 3"), headers=SCRIPT)

        assert answer.status_code == 422
        assert "sudah diganti" in answer.content.decode()
        assert not EvidenceFile.objects.filter(name="lagi.pdf").exists()

    @pytest.mark.parametrize("name", ["lama.pdf", "salinan.pdf"])
    def test_identical_content(self, operator, assessment, old, name):
        link(assessment, old, CODE)

        answer = operator.post(replacing(old) + "?halaman=1", new_upload(name, b"/A 1"))

        assert answer.status_code == 422
        assert "sama persis" in answer.content.decode()
        assert names(assessment) == ["lama.pdf"]

    @pytest.mark.parametrize("count", [0, 2])
    def test_not_exactly_one(self, operator, old, count):
        files = [upload(f"{number}.pdf", pdf()) for number in range(count)]

        answer = operator.post(replacing(old), {"file": files}, headers=SCRIPT)

        assert answer.status_code == 422
        assert "tepat satu berkas" in answer.content.decode()

    def test_unacceptable(self, operator, old):
        answer = operator.post(replacing(old), {"file": upload("b.exe", b"MZ")}, headers=SCRIPT)

        assert answer.status_code == 422
        assert "Ditolak" in answer.content.decode()

    def test_a_strangers(self, operator):
        file = put(make_satker(make_kanwil("82")))

        assert operator.post(replacing(file), new_upload(), headers=SCRIPT).status_code == 404

    @pytest.mark.parametrize(("role", "status"), [(Role.PIMPINAN, 403), (Role.VERIFIKATOR, 404)])
    def test_no_right(self, client, assessment, old, role, status):
        satker = assessment.satker if role == Role.PIMPINAN else assessment.satker.verifier
        client.force_login(make_user(role, satker))

        assert client.post(replacing(old), new_upload(), headers=SCRIPT).status_code == status


class TestPage:
    @pytest.mark.parametrize("versions", [2, 5])
    def test_shows_the_line_in_constant_queries(
        self, operator, old, versions, django_assert_num_queries
    ):
        for number in range(2, versions + 1):
            new = put(old.satker, f"versi {number}.pdf", b"/A %d" % number)
            old = replace_evidence(old=old, new=new, by=old.uploaded_by).file
        url = reverse("assessments:library_file", args=[old.replaces_id])
        operator.get(url)

        with django_assert_num_queries(7):
            page = operator.get(url)

        assert [each.number for each in page.context["versions"]] == list(range(versions, 0, -1))
        text = page.content.decode()
        assert all(each.file.sha256 in text for each in page.context["versions"])
        assert "Berkas ini sudah diganti" in text
        assert "Ganti dengan versi baru" not in text

    def test_the_only_version_has_no_line(self, operator, old):
        page = operator.get(reverse("assessments:library_file", args=[old.pk]))

        assert page.context["versions"] == []
        assert "Ganti dengan versi baru" in page.content.decode()
