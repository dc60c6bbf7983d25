"""Which listed documents of a question are there: said by a person, ticked, carried over."""

import json
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import Role
from assessments.models import AnswerEvidence, Snapshot
from assessments.needs import missing_documents, propose
from assessments.services.attachments import tick_document
from assessments.services.lifecycle import submit
from audit.models import Event
from evidence.models import EvidenceFile
from tests.assessments.carried import open_2026, run
from tests.factories_assessments import (
    attach,
    best_answers,
    make_assessment,
    make_period,
    make_satker,
    person,
)

pytestmark = pytest.mark.django_db

CODE = "A.I.1.i.b"
RULE, MINUTES, DECREE = (
    "Aturan tertulis tentang cara memilih anggota tim",
    "Notulen penetapan hasil pemilihan anggota",
    "SK tim yang menunjukkan asal seksi tiap anggota",
)
PAPER = "Kertas kerja penilaian calon anggota"
SCRIPT = {"X-Requested-With": "fetch"}


@pytest.fixture
def question(worksheet):
    return worksheet.by_code[CODE]


@pytest.fixture
def tick(operator, assessment):
    def post(file, document, *, name="dokumen", query="", code=CODE, client=operator, **headers):
        url = reverse("assessments:tick_document", args=[assessment.pk, code, file.pk])
        return client.post(url + query, {name: document}, headers=headers or SCRIPT)

    return post


def told(assessment):
    rows = AnswerEvidence.objects.filter(assessment=assessment)
    return sorted(rows.values_list("file__name", "document"))


class TestMissing:
    def test_names_what_no_file_is(self, question):
        other = SimpleNamespace(pk=-1, documents=())
        ticks = [(question.pk, RULE), (question.pk, ""), (question.pk, PAPER), (-1, DECREE)]

        assert question.documents == (RULE, MINUTES, DECREE)
        assert missing_documents([question, other], ticks) == {question.pk: (MINUTES, DECREE)}

    def test_nothing_where_all_are_there(self, question):
        ticks = [(question.pk, item) for item in question.documents]

        assert missing_documents([question], ticks) == {}


class TestProposal:
    @pytest.mark.parametrize(
        ("name", "title", "kind", "document"),
        [
            ("SK-Tim-2026.pdf", "", "", DECREE),
            ("scan001.pdf", "Notulen pemilihan anggota tim", "", MINUTES),
            ("pemilihan anggota.pdf", "", "notulen", MINUTES),
            ("kertas_kerja_calon.xlsx", "", "", PAPER),
            ("tim.pdf", "", "", None),
            ("SK Kepala Kantor.pdf", "", "", None),
            ("penetapan pemilihan.pdf", "", "", None),  # two words of the minutes, not the first
            ("IMG_20260301.jpg", "", "", None),
        ],
    )
    def test_by_shared_words(self, question, name, title, kind, document):
        found = propose(question, EvidenceFile(name=name, title=title, kind=kind))

        assert (found and found.document) == document

    def test_not_what_has_a_file(self, question):
        assert propose(question, EvidenceFile(name="SK tim.pdf"), {DECREE}) is None

    def test_is_shown_and_not_counted(self, operator, assessment):
        attach(assessment, CODE, name="SK tim.pdf")

        text = operator.get(reverse("assessments:area", args=[assessment.pk, "1"])).content.decode()

        assert f"Usulan: {DECREE}" in text
        assert "0 dari 3 dokumen ada" in text
        assert told(assessment) == [("SK tim.pdf", "")]


class TestTicking:
    def test_is_stored_recorded_and_shown(self, tick, assessment):
        file = attach(assessment, CODE, name="a.pdf")

        answer = tick(file, MINUTES)

        event = Event.objects.get(action="bukti_ditandai")
        assert answer.status_code == 200
        assert "1 dari 3 dokumen ada" in answer.content.decode()
        assert f'<option value="{MINUTES}" selected>' in answer.content.decode()
        assert told(assessment) == [("a.pdf", MINUTES)]
        assert event.subject == CODE
        assert (json.loads(event.before)["document"], json.loads(event.after)["document"]) == (
            "",
            MINUTES,
        )

    def test_the_same_again_changes_nothing(self, tick, assessment):
        file = attach(assessment, CODE)
        tick(file, MINUTES)

        tick(file, MINUTES)

        assert Event.objects.filter(action="bukti_ditandai").count() == 1

    def test_taken_back(self, tick, assessment):
        file = attach(assessment, CODE, name="a.pdf")
        tick(file, MINUTES)

        tick(file, "")

        assert told(assessment) == [("a.pdf", "")]

    def test_without_script_from_the_files_own_field(self, tick, assessment):
        file = attach(assessment, CODE, name="a.pdf")

        answer = tick(file, PAPER, name=f"dokumen-{file.pk}", query="?halaman=1")

        assert answer.status_code == 302
        assert answer.url.endswith("#A-I-1-i-b")
        assert told(assessment) == [("a.pdf", PAPER)]

    @pytest.mark.parametrize("wrong", ["lain", "SK tim\x01", "x" * 5000])
    def test_not_on_the_list(self, tick, assessment, wrong):
        file = attach(assessment, CODE, name="a.pdf")

        answer = tick(file, wrong)

        assert answer.status_code == 422
        assert "tidak ada dalam daftar" in answer.content.decode()
        assert told(assessment) == [("a.pdf", "")]

    def test_not_attached_here(self, tick, assessment):
        file = attach(assessment, "A.I.1.i.a")

        assert tick(file, MINUTES).status_code == 404

    def test_head_may_not(self, tick, assessment, client):
        file = attach(assessment, CODE)
        client.force_login(person(Role.PIMPINAN, assessment.satker))

        assert tick(file, MINUTES, client=client).status_code == 403

    def test_an_unknown_item_is_a_programmers_error(self, assessment, question):
        attach(assessment, CODE)
        link = AnswerEvidence.objects.select_related("assessment", "file").get()

        with pytest.raises(ValueError, match="list"), transaction.atomic():
            tick_document(link=link, question=question, document="lain", by=link.attached_by)

    def test_not_once_it_was_sent(self, client, sheet):
        link = AnswerEvidence.objects.filter(assessment=sheet).select_related("question").first()
        client.force_login(person(Role.OPERATOR, sheet.satker))
        place = [sheet.pk, link.question.code, link.file_id]

        answer = client.post(
            reverse("assessments:tick_document", args=place), {"dokumen": ""}, headers=SCRIPT
        )

        assert answer.status_code == 403
        assert "sudah dikirim" in answer.content.decode()


def test_a_tick_is_frozen_with_the_sheet_and_shown_to_the_reviewer(client, worksheet):
    sheet = make_assessment(answers=best_answers(worksheet))
    attach(sheet, *worksheet.by_code)
    file = attach(sheet, CODE, name="notulen.pdf")
    AnswerEvidence.objects.filter(file=file).update(document=MINUTES)
    submit(assessment=sheet, by=person(Role.PIMPINAN, sheet.satker))
    client.force_login(person(Role.VERIFIKATOR, sheet.satker.verifier))

    desk = client.get(reverse("assessments:desk", args=[sheet.pk]), {"soal": CODE})

    frozen = json.loads(Snapshot.objects.get(assessment=sheet).content)["answers"][CODE]
    assert [each.get("document") for each in frozen["evidence"]] == [None, MINUTES]
    assert "1 dari 3 dokumen ada" in desk.content.decode()


class TestCarriedOver:
    @pytest.fixture
    def satker(self, worksheet):
        """It sent last year's sheet with two ticks, one of which no list holds any more."""
        satker = make_satker()
        sheet = make_assessment(satker, period=make_period(2025), answers=best_answers(worksheet))
        attach(sheet, *worksheet.by_code, name="semua.pdf")
        for name, document in (("notulen.pdf", MINUTES), ("lama.pdf", "Dokumen yang dihapus")):
            file = attach(sheet, CODE, name=name)
            AnswerEvidence.objects.filter(file=file).update(document=document)
        submit(assessment=sheet, by=person(Role.PIMPINAN, satker))
        return satker

    def test_where_the_item_still_exists(self, satker):
        assessment = open_2026(satker)

        run(assessment)

        rows = AnswerEvidence.objects.filter(assessment=assessment, question__code=CODE)
        assert sorted(rows.values_list("file__name", "document")) == [
            ("lama.pdf", ""),
            ("notulen.pdf", MINUTES),
            ("semua.pdf", ""),
        ]


@pytest.mark.parametrize("files", [1, 3])
def test_the_area_page_asks_no_more_for_it(operator, assessment, files, django_assert_num_queries):
    for number in range(files):
        attach(assessment, CODE, "A.I.1.i.a", name=f"notulen penetapan {number}.pdf")
    url = reverse("assessments:area", args=[assessment.pk, "1"])
    operator.get(url)

    with django_assert_num_queries(9):
        operator.get(url)
