"""Download evidence: who may, from when on, and what is written down."""

import json
import shutil

import pytest
from django.urls import reverse

from accounts.models import Role
from assessments.enums import Status
from assessments.models import AnswerEvidence, Assessment
from assessments.worksheet import load_worksheet
from audit.models import Event
from evidence import vault
from evidence.services import store
from tests.evidence.samples import pdf, upload
from tests.factories_assessments import (
    make_approved,
    make_assessment,
    make_centre,
    make_kanwil,
    make_period,
    make_satker,
    make_submitted,
    make_user,
    person,
)

pytestmark = pytest.mark.django_db

CODE = "A.I.1.i.b"


@pytest.fixture(autouse=True)
def _empty_vault():
    shutil.rmtree(vault.path_of(""), ignore_errors=True)


def download_url(file):
    return reverse("assessments:download_evidence", args=[file.pk])


def fetch(client, file):
    """The status of a download, read to its end."""
    answer = client.get(download_url(file))
    answer.getvalue()
    return answer.status_code


def stored_file(satker, name="Notulen.pdf", trailer=b""):
    """A file that lies in the vault."""
    by = person(Role.OPERATOR, satker)
    return store(satker=satker, upload=upload(name, pdf(trailer=trailer)), by=by)


def link(assessment, file, code=CODE):
    """Put a stored file beside an answer."""
    question = load_worksheet(assessment.instrument_id).by_code[code]
    return AnswerEvidence.objects.create(
        assessment=assessment,
        question_id=question.pk,
        file=file,
        attached_by=file.uploaded_by,
        attached_at=file.uploaded_at,
    )


class TestDownloading:
    def test_as_an_attachment(self, operator, assessment):
        file = stored_file(assessment.satker)
        link(assessment, file)

        answer = operator.get(download_url(file))

        assert b"".join(answer.streaming_content) == pdf()
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == 'attachment; filename="Notulen.pdf"'
        assert answer["Cache-Control"] == "private, no-store"
        assert "sandbox" in answer["Content-Security-Policy"]

    # The satker's own people always; its Kanwil from the first submission on; TPI from approval
    # on; a pemantau never (decision 14).
    @pytest.mark.parametrize(
        ("role", "where", "draft", "sent", "approved"),
        [
            (Role.OPERATOR, "own", 200, 200, 200),
            (Role.PIMPINAN, "own", 200, 200, 200),
            (Role.OPERATOR, "neighbour", 404, 404, 404),
            (Role.PIMPINAN, "neighbour", 404, 404, 404),
            (Role.VERIFIKATOR, "kanwil", 404, 200, 200),
            (Role.KETUA, "kanwil", 404, 200, 200),
            (Role.KETUA, "other kanwil", 404, 404, 404),
            (Role.VERIFIKATOR, "centre", 404, 404, 404),
            (Role.TPI, "centre", 404, 404, 200),
            (Role.ADMIN_PUSAT, "centre", 200, 200, 200),
            (Role.PEMANTAU, "centre", 404, 404, 404),
            (Role.PEMANTAU, "kanwil", 404, 404, 404),
        ],
    )
    def test_by_role_and_state(self, client, role, where, draft, sent, approved):
        assessment = make_assessment()
        file = stored_file(assessment.satker)
        link(assessment, file)
        places = {
            "own": assessment.satker,
            "neighbour": make_satker(),
            "kanwil": assessment.satker.verifier,
            "other kanwil": make_kanwil("82", "Kanwil Provinsi Maluku Utara"),
            "centre": make_centre(),
        }
        client.force_login(make_user(role, places[where]))
        by = person(Role.OPERATOR, assessment.satker)

        statuses = [fetch(client, file)]
        sent_at = {"submitted_by": by, "submitted_at": assessment.opened_at}
        for status in (Status.SUBMITTED, Status.RETURNED):
            Assessment.objects.update(status=status, **sent_at)
            statuses.append(fetch(client, file))
        Assessment.objects.update(
            status=Status.APPROVED, approved_by=by, approved_at=assessment.opened_at
        )
        statuses.append(fetch(client, file))

        assert statuses == [draft, sent, sent, approved]

    def test_a_loose_file_is_its_satkers_alone(self, client):
        satker = make_satker()
        file = stored_file(satker)
        make_submitted(satker)
        statuses = {}
        for role, place in (
            (Role.OPERATOR, satker),
            (Role.PIMPINAN, satker),
            (Role.OPERATOR, make_satker()),
            (Role.KETUA, satker.verifier),
            (Role.TPI, make_centre()),
            (Role.PEMANTAU, make_centre()),
        ):
            client.force_login(make_user(role, place))
            statuses[role, place == satker] = fetch(client, file)

        assert statuses == {
            (Role.OPERATOR, True): 200,
            (Role.PIMPINAN, True): 200,
            (Role.OPERATOR, False): 404,
            (Role.KETUA, False): 404,
            (Role.TPI, False): 404,
            (Role.PEMANTAU, False): 404,
        }

    def test_one_readable_answer_is_enough(self, client):
        """A file of last year's approved sheet, also beside this year's draft."""
        satker = make_satker()
        old = make_approved(satker, period=make_period(2025))
        file = stored_file(satker)
        link(old, file)
        draft = make_assessment(satker, period=make_period(2026))
        link(draft, file)
        only_draft = stored_file(satker, "Baru.pdf", b"/A 1")
        link(draft, only_draft)
        client.force_login(make_user(Role.TPI))

        assert fetch(client, file) == 200
        assert fetch(client, only_draft) == 404

    def test_every_download_is_written_down(self, operator, assessment):
        file = stored_file(assessment.satker)
        link(assessment, file)

        for _ in range(2):
            fetch(operator, file)

        events = Event.objects.filter(
            chain__key=assessment.satker.audit_key, action="bukti_diunduh"
        )
        assert [(event.subject, event.by.role) for event in events] == [
            (str(file.pk), Role.OPERATOR)
        ] * 2
        assert json.loads(events[0].after) == {
            "name": "Notulen.pdf",
            "sha256": file.sha256,
            "assessment": str(assessment.pk),
        }

    def test_a_look_at_the_head_is_not(self, operator, assessment):
        file = stored_file(assessment.satker)
        link(assessment, file)

        answer = operator.head(download_url(file))
        answer.getvalue()

        assert answer.status_code == 200
        assert not Event.objects.filter(action="bukti_diunduh").exists()

    def test_nor_a_refusal(self, client, assessment):
        file = stored_file(assessment.satker)
        link(assessment, file)
        client.force_login(make_user(Role.OPERATOR, make_satker()))

        fetch(client, file)

        assert not Event.objects.filter(action="bukti_diunduh").exists()

    def test_lost_from_the_vault(self, operator, assessment):
        file = stored_file(assessment.satker)
        link(assessment, file)
        vault.remove(file.file.name)

        assert operator.get(download_url(file)).status_code == 404
        assert not Event.objects.filter(action="bukti_diunduh").exists()

    def test_unknown(self, operator):
        answer = operator.get("/bukti/00000000-0000-4000-8000-000000000000/")

        assert answer.status_code == 404

    def test_a_name_in_other_letters(self, operator, assessment):
        file = stored_file(assessment.satker, "Notulen “rapat”;é.pdf")
        link(assessment, file)

        answer = operator.get(download_url(file))
        answer.getvalue()

        header = answer["Content-Disposition"]
        assert header.startswith("attachment; filename*=utf-8''Notulen%20")
