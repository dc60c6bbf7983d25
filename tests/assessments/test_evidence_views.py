"""Attach and detach evidence: who may, when, and what is written down."""

import json
import shutil
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from assessments.models import Answer, AnswerEvidence, Assessment
from assessments.services.attachments import FILES_PER_QUESTION, attach_evidence
from assessments.services.lifecycle import approve, return_to_operator, submit
from assessments.worksheet import load_worksheet
from audit.models import Event
from evidence import vault
from evidence.kinds import MAXIMUM_SIZE
from evidence.models import EvidenceFile
from evidence.services import store
from tests.evidence.samples import pdf, upload
from tests.factories_assessments import (
    attach,
    best_answers,
    fill,
    judge,
    make_approved,
    make_assessment,
    make_centre,
    make_kanwil,
    make_returned,
    make_satker,
    make_submitted,
    make_user,
    person,
)

pytestmark = pytest.mark.django_db

CODE = "A.I.1.i.b"
OTHER = "A.I.1.ii.b"
SCRIPT = {"X-Requested-With": "fetch"}


@pytest.fixture(autouse=True)
def _empty_vault():
    shutil.rmtree(vault.path_of(""), ignore_errors=True)


@pytest.fixture
def send(operator, assessment):
    """``send(files…)``: attach to a question, as a script does."""

    def post(*files, code=CODE, of=None, **more):
        url = reverse("assessments:attach_evidence", args=[(of or assessment).pk, code])
        return operator.post(url, {"file": list(files)} | more, headers=SCRIPT)

    return post


def names(assessment, code=CODE):
    rows = AnswerEvidence.objects.filter(assessment=assessment, question__code=code)
    return list(rows.values_list("file__name", flat=True))


def detach_url(assessment, file, code=CODE):
    return reverse("assessments:detach_evidence", args=[assessment.pk, code, file.pk])


def download_url(file):
    return reverse("assessments:download_evidence", args=[file.pk])


def stored_file(satker, name="Notulen.pdf", trailer=b""):
    """A file that lies in the vault."""
    by = person(Role.OPERATOR, satker)
    return store(satker=satker, upload=upload(name, pdf(trailer=trailer)), by=by)


class TestAttaching:
    def test_before_there_is_an_answer(self, send, assessment):
        answer = send(upload("Notulen.pdf", pdf()))

        assert answer.status_code == 200
        assert names(assessment) == ["Notulen.pdf"]
        assert not Answer.objects.exists()

    def test_after_the_answer_its_version_stays(self, send, save, assessment):
        save(CODE, value="B")

        send(upload("Notulen.pdf", pdf()))

        assert Answer.objects.get().version == 1
        assert save(CODE, 1, value="A").status_code == 200

    def test_fragment_has_the_row_and_the_count(self, send, assessment):
        attach(assessment, CODE)

        text = send(upload("Notulen.pdf", pdf())).content.decode()

        file = EvidenceFile.objects.get(name="Notulen.pdf")
        assert 'data-count="2 berkas"' in text
        assert text.count('<li class="file"') == 1
        assert download_url(file) in text
        assert detach_url(assessment, file) in text
        assert file.sha256[:4] in text

    def test_lies_in_the_vault_of_the_satker(self, send, assessment):
        send(upload("Notulen.pdf", pdf()))

        file = EvidenceFile.objects.get()
        assert file.satker == assessment.satker
        assert vault.exists(file.file.name)

    def test_several_at_once(self, send, assessment):
        send(upload("a.pdf", pdf()), upload("b.pdf", pdf(trailer=b"/A 1")))

        assert sorted(names(assessment)) == ["a.pdf", "b.pdf"]

    def test_one_refused_among_several(self, send, assessment):
        answer = send(
            upload("a.pdf", pdf()), upload("b.exe", b"MZ"), upload("c.pdf", pdf(trailer=b"/A 1"))
        )

        text = answer.content.decode()
        assert answer.status_code == 422
        assert sorted(names(assessment)) == ["a.pdf", "c.pdf"]
        assert 'data-refused="b.exe"' in text
        assert "Ditolak:" in text
        assert text.count('<li class="file"') == 2

    def test_too_large(self, send, assessment):
        answer = send(upload("besar.pdf", b"0" * (MAXIMUM_SIZE + 1)))

        assert answer.status_code == 413
        assert "melebihi batas" in answer.content.decode()
        assert names(assessment) == []
        assert not EvidenceFile.objects.exists()

    @pytest.mark.parametrize(
        ("name", "content", "reason"),
        [
            ("kosong.pdf", b"", "kosong"),
            ("halaman.html", b"<script>", "Ditolak"),
            ("gambar.svg", b"<svg/>", "Ditolak"),
            ("palsu.pdf", b"MZ\x90", "Ditolak"),
        ],
    )
    def test_refused_with_the_reason(self, send, assessment, name, content, reason):
        answer = send(upload(name, content))

        assert answer.status_code == 422
        assert reason in answer.content.decode()
        assert names(assessment) == []

    def test_nothing_sent(self, send):
        answer = send()

        assert answer.status_code == 422
        assert "pilih sedikitnya satu berkas" in answer.content.decode()

    def test_the_same_file_again_is_one(self, send, assessment):
        send(upload("Notulen.pdf", pdf()))

        again = send(upload("Notulen.pdf", pdf()))

        assert again.status_code == 200
        assert names(assessment) == ["Notulen.pdf"]
        assert 'data-count="1 berkas"' in again.content.decode()
        assert EvidenceFile.objects.count() == 1
        assert Event.objects.filter(action="bukti_dilampirkan").count() == 1

    def test_one_file_for_several_questions(self, send, assessment):
        send(upload("Notulen.pdf", pdf()))
        send(upload("Notulen.pdf", pdf()), code=OTHER)

        assert names(assessment, OTHER) == names(assessment) == ["Notulen.pdf"]
        assert EvidenceFile.objects.count() == 1

    def test_is_written_down(self, send, assessment):
        send(upload("Notulen.pdf", pdf()))

        event = Event.objects.get(chain=assessment.audit_chain, action="bukti_dilampirkan")
        file = EvidenceFile.objects.get()
        assert event.subject == CODE
        assert json.loads(event.after) == {
            "id": str(file.pk),
            "name": "Notulen.pdf",
            "sha256": file.sha256,
            "size": file.size,
        }

    def test_names_are_text(self, send):
        text = send(upload("<img src=x onerror=alert(1)>.pdf", pdf())).content.decode()
        refused = send(upload("<img src=x onerror=alert(1)>.exe", b"MZ")).content.decode()

        assert "<img" not in text + refused
        assert "&lt;img" in text
        assert "&lt;img" in refused

    def test_more_than_a_question_holds(self, send, assessment):
        for number in range(FILES_PER_QUESTION):
            attach(assessment, CODE, name=f"{number}.pdf")

        answer = send(upload("Notulen.pdf", pdf()))

        assert answer.status_code == 422
        assert "paling banyak 20 berkas" in answer.content.decode()
        assert len(names(assessment)) == FILES_PER_QUESTION

    def test_unknown_question(self, send):
        assert send(upload("Notulen.pdf", pdf()), code="A.I.9.i.a").status_code == 404

    def test_plain_form_goes_back_to_the_question(self, operator, assessment):
        url = reverse("assessments:attach_evidence", args=[assessment.pk, CODE])

        answer = operator.post(f"{url}?halaman=1", {"file": [upload("a.pdf", pdf())]})

        assert answer.status_code == 302
        assert answer["Location"].endswith("/area/1/#A-I-1-i-b")

    def test_plain_form_refused_is_a_page(self, operator, assessment):
        url = reverse("assessments:attach_evidence", args=[assessment.pk, CODE])

        answer = operator.post(
            f"{url}?halaman=1", {"file": [upload("a.pdf", pdf()), upload("b.exe", b"MZ")]}
        )

        text = answer.content.decode()
        assert answer.status_code == 422
        assert text.startswith("<!doctype html>")
        assert "b.exe" in text
        assert "a.pdf" in text

    def test_a_foreign_file_is_a_programmers_error(self, assessment):
        file = stored_file(make_satker())
        question = load_worksheet(assessment.instrument_id).by_code[CODE]

        with pytest.raises(ValueError, match="another satker"):
            attach_evidence(
                assessment=assessment,
                question=question,
                file=file,
                by=person(Role.OPERATOR, assessment.satker),
            )


class TestWhoAttaches:
    @pytest.mark.parametrize(
        ("role", "where", "expected"),
        [
            (Role.OPERATOR, "own", 200),
            (Role.PIMPINAN, "own", 403),
            (Role.OPERATOR, "neighbour", 404),
            (Role.VERIFIKATOR, "kanwil", 403),
            (Role.KETUA, "other kanwil", 404),
            (Role.TPI, "centre", 404),
            (Role.ADMIN_PUSAT, "centre", 403),
            (Role.PEMANTAU, "centre", 403),
        ],
    )
    def test_by_role_and_place(self, client, assessment, role, where, expected):
        places = {
            "own": assessment.satker,
            "neighbour": make_satker(),
            "kanwil": assessment.satker.verifier,
            "other kanwil": make_kanwil("82", "Kanwil Provinsi Maluku Utara"),
            "centre": make_centre(),
        }
        client.force_login(make_user(role, places[where]))
        file = attach(assessment, OTHER)
        url = reverse("assessments:attach_evidence", args=[assessment.pk, CODE])

        attached = client.post(url, {"file": [upload("a.pdf", pdf())]}, headers=SCRIPT)
        detached = client.post(detach_url(assessment, file, OTHER), headers=SCRIPT)

        assert (attached.status_code, detached.status_code) == (expected, expected)
        assert names(assessment) == (["a.pdf"] if expected == 200 else [])
        assert names(assessment, OTHER) == ([] if expected == 200 else ["SK_Tim.pdf"])

    def test_sign_in_ended(self, assessment):
        url = reverse("assessments:attach_evidence", args=[assessment.pk, CODE])

        answer = Client().post(url, {"file": [upload("a.pdf", pdf())]}, headers=SCRIPT)

        assert answer.status_code == 401
        assert not EvidenceFile.objects.exists()

    @pytest.mark.parametrize("make", [make_submitted, make_approved])
    def test_locked_once_sent(self, client, make):
        assessment = make()
        client.force_login(person(Role.OPERATOR, assessment.satker))
        file = EvidenceFile.objects.get()
        url = reverse("assessments:attach_evidence", args=[assessment.pk, CODE])

        attached = client.post(url, {"file": [upload("a.pdf", pdf())]}, headers=SCRIPT)
        detached = client.post(detach_url(assessment, file), headers=SCRIPT)

        assert (attached.status_code, detached.status_code) == (403, 403)
        assert "tidak dapat diubah lagi" in attached.content.decode()
        assert names(assessment) == ["SK_Tim.pdf"]
        assert EvidenceFile.objects.count() == 1

    def test_after_a_return_only_beside_marked_questions(self, client):
        assessment = make_returned(lower={CODE: {"value": "C"}})
        client.force_login(person(Role.OPERATOR, assessment.satker))
        file = EvidenceFile.objects.get()

        statuses = {}
        for code in (CODE, OTHER):
            url = reverse("assessments:attach_evidence", args=[assessment.pk, code])
            statuses[code] = (
                client.post(url, {"file": [upload("a.pdf", pdf())]}, headers=SCRIPT).status_code,
                client.post(detach_url(assessment, file, code), headers=SCRIPT).status_code,
            )

        assert statuses == {CODE: (200, 200), OTHER: (403, 403)}
        assert names(assessment) == ["a.pdf"]
        assert names(assessment, OTHER) == ["SK_Tim.pdf"]

    def test_after_the_deadline(self, client, assessment, time_machine):
        until = assessment.period.fill_until
        time_machine.move_to(until + timedelta(microseconds=1), tick=False)
        client.force_login(person(Role.OPERATOR, assessment.satker))
        url = reverse("assessments:attach_evidence", args=[assessment.pk, CODE])

        answer = client.post(url, {"file": [upload("a.pdf", pdf())]}, headers=SCRIPT)

        assert answer.status_code == 403
        assert "Pengisian ditutup" in answer.content.decode()
        assert not EvidenceFile.objects.exists()


class TestDetaching:
    def test_takes_it_from_this_answer_alone(self, operator, assessment):
        file = attach(assessment, CODE, OTHER)

        answer = operator.post(detach_url(assessment, file), headers=SCRIPT)

        assert answer.status_code == 200
        assert 'data-count="belum ada berkas"' in answer.content.decode()
        assert names(assessment) == []
        assert names(assessment, OTHER) == ["SK_Tim.pdf"]
        assert EvidenceFile.objects.filter(pk=file.pk).exists()
        event = Event.objects.get(chain=assessment.audit_chain, action="bukti_dilepas")
        assert (event.subject, json.loads(event.before)["name"]) == (CODE, "SK_Tim.pdf")

    def test_twice_is_404(self, operator, assessment):
        file = attach(assessment, CODE)
        operator.post(detach_url(assessment, file), headers=SCRIPT)

        assert operator.post(detach_url(assessment, file), headers=SCRIPT).status_code == 404

    def test_plain_form_goes_back_to_the_question(self, operator, assessment):
        file = attach(assessment, CODE)

        answer = operator.post(f"{detach_url(assessment, file)}?halaman=1")

        assert answer["Location"].endswith("/area/1/#A-I-1-i-b")

    def test_a_file_of_another_assessment(self, operator, assessment):
        other = make_assessment(make_satker())
        file = attach(other, CODE)

        answer = operator.post(detach_url(assessment, file), headers=SCRIPT)

        assert answer.status_code == 404
        assert names(other) == ["SK_Tim.pdf"]

    def test_what_was_submitted_stays_submitted(self, client):
        assessment = make_returned(lower={CODE: {"value": "C"}})
        client.force_login(person(Role.OPERATOR, assessment.satker))
        file = EvidenceFile.objects.get()

        client.post(detach_url(assessment, file), headers=SCRIPT)

        content = json.loads(assessment.snapshots.get().content)
        assert content["answers"][CODE]["evidence"][0]["sha256"] == file.sha256


def test_a_whole_round_with_files(client):
    """Attached, sent, marked, exchanged, sent again, approved."""
    assessment = make_assessment()
    worksheet = load_worksheet(assessment.instrument_id)
    fill(assessment, best_answers(worksheet))
    attach(assessment, *(code for code in worksheet.by_code if code != CODE))
    operator, reviewer = (
        person(Role.OPERATOR, assessment.satker),
        person(Role.KETUA, assessment.satker.verifier),
    )
    head = person(Role.PIMPINAN, assessment.satker)
    client.force_login(operator)
    url = reverse("assessments:attach_evidence", args=[assessment.pk, CODE])
    client.post(url, {"file": [upload("lama.pdf", pdf())]}, headers=SCRIPT)
    submit(assessment=assessment, by=head)
    judge(assessment, {CODE: {"value": "C"}})
    return_to_operator(assessment=assessment, by=reviewer, note="Ganti notulen.")
    old = EvidenceFile.objects.get(name="lama.pdf")

    client.post(detach_url(assessment, old), headers=SCRIPT)
    client.post(url, {"file": [upload("baru.pdf", pdf(trailer=b"/A 1"))]}, headers=SCRIPT)
    submit(assessment=assessment, by=head)
    Assessment.objects.get().verifications.filter(verdict="").update(verdict="sesuai")
    approve(assessment=assessment, by=reviewer)

    frozen = [
        [file["name"] for file in json.loads(row.content)["answers"][CODE]["evidence"]]
        for row in assessment.snapshots.order_by("at", "pk")
    ]
    assert frozen == [["lama.pdf"], ["baru.pdf"], ["baru.pdf"]]
