"""The addresses of uploads in chunks: whose they are, and what they answer."""

import hashlib
import shutil

import pytest
from django.urls import reverse

from accounts.models import Role
from assessments.models import AnswerEvidence
from evidence import vault
from evidence.models import EvidenceFile, Upload
from evidence.parts import MAX_CHUNK
from evidence.services import store
from tests.evidence.samples import pdf, upload
from tests.factories_assessments import make_kanwil, make_satker, make_user, person

pytestmark = pytest.mark.django_db

CODE = "A.I.1.i.b"
CONTENT = pdf(trailer=b"/A 1")
OPEN = "/bukti/unggahan/"


@pytest.fixture(autouse=True)
def _empty_vault():
    shutil.rmtree(vault.path_of(""), ignore_errors=True)


@pytest.fixture
def announce(operator):
    def post(**said):
        return operator.post(OPEN, {"name": "SK.pdf", "size": len(CONTENT)} | said)

    return post


@pytest.fixture
def finish(operator, assessment):
    def post(**fields):
        url = reverse("assessments:attach_evidence", args=[assessment.pk, CODE])
        return operator.post(url, fields, headers={"X-Requested-With": "fetch"})

    return post


def bring(client, place, chunk, offset=0, content_type="application/octet-stream"):
    return client.post(f"{place}?offset={offset}", data=chunk, content_type=content_type)


def names(assessment):
    return list(
        AnswerEvidence.objects.filter(assessment=assessment).values_list("file__name", flat=True)
    )


def test_announced_brought_and_attached(operator, announce, finish, assessment):
    opened = announce()
    place = opened["Location"]

    first = bring(operator, place, CONTENT[:100])
    asked = operator.get(place)
    second = bring(operator, place, CONTENT[100:], 100)
    attached = finish(upload=place.split("/")[-2])

    assert (opened.status_code, opened["Upload-Offset"]) == (201, "0")
    assert [(each.status_code, each["Upload-Offset"]) for each in (first, asked)] == [
        (204, "100")
    ] * 2
    assert second["Upload-Offset"] == str(len(CONTENT))
    assert attached.status_code == 200
    assert 'data-count="1 berkas"' in attached.content.decode()
    assert names(assessment) == ["SK.pdf"]


def test_a_lost_response_to_the_end_does_no_harm(operator, announce, finish, assessment):
    place = announce()["Location"]
    bring(operator, place, CONTENT)
    finish(upload=place.split("/")[-2])

    again = finish(upload=place.split("/")[-2])

    assert again.status_code == 200
    assert names(assessment) == ["SK.pdf"]


def test_what_is_there_already_is_attached_without_being_sent(
    announce, finish, assessment, operator
):
    by = person(Role.OPERATOR, assessment.satker)
    file = store(satker=assessment.satker, upload=upload("Lama.pdf", CONTENT), by=by)

    known = announce(sha256=hashlib.sha256(CONTENT).hexdigest())
    attached = finish(pick=known["Evidence-Id"])

    assert (known.status_code, known["Evidence-Id"]) == (200, str(file.pk))
    assert attached.status_code == 200
    assert names(assessment) == ["Lama.pdf"]
    assert EvidenceFile.objects.count() == 1


def test_wrong_places_are_told_how_far_it_is(operator, announce, finish):
    place = announce()["Location"]
    bring(operator, place, CONTENT[:100])

    gap = bring(operator, place, CONTENT[200:], 200)
    early = finish(upload=place.split("/")[-2])

    assert (gap.status_code, gap["Upload-Offset"]) == (409, "100")
    assert early.status_code == 409


def test_given_up(operator, announce):
    place = announce()["Location"]
    bring(operator, place, CONTENT[:100])

    assert operator.delete(place).status_code == 204
    assert operator.get(place).status_code == 404
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"name": "a.exe"}, 422),
        ({"name": ""}, 422),
        ({"name": "a\x00.pdf"}, 422),
        ({"name": "\ud800.pdf".encode("utf-16", "surrogatepass")}, 422),
        ({"size": "NaN"}, 422),
        ({"size": "9" * 40}, 422),
        ({"size": -1}, 422),
        ({"size": 30_000_000}, 413),
        ({"sha256": "zz"}, 422),
        ({"content_type": "x" * 101}, 422),
    ],
)
def test_refused_with_a_reason(announce, said, status):
    answer = announce(**said)

    assert answer.status_code == status
    assert "data-refused" in answer.content.decode()
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("chunk", "offset", "content_type", "status"),
    [
        (b"x", "", "application/octet-stream", 422),
        (b"x", "-1", "application/octet-stream", 422),
        (b"x", "9" * 30, "application/octet-stream", 422),
        (b"x", "0", "text/plain", 422),
        (b"x" * (MAX_CHUNK + 1), "0", "application/octet-stream", 413),
        (CONTENT + b"x", "0", "application/octet-stream", 422),
    ],
)
def test_chunks_that_are_none(operator, announce, chunk, offset, content_type, status):
    place = announce()["Location"]

    assert bring(operator, place, chunk, offset, content_type).status_code == status
    assert operator.get(place)["Upload-Offset"] == "0"


@pytest.mark.parametrize("who", ["colleague", "head", "stranger", "reviewer"])
def test_nobody_elses(client, announce, finish, assessment, who):
    place = announce()["Location"]
    satker = assessment.satker
    client.force_login(
        {
            "colleague": lambda: make_user(Role.OPERATOR, satker),
            "head": lambda: make_user(Role.PIMPINAN, satker),
            "stranger": lambda: make_user(Role.OPERATOR, make_satker(make_kanwil("82"))),
            "reviewer": lambda: make_user(Role.VERIFIKATOR, satker.verifier),
        }[who]()
    )

    answers = [client.get(place), bring(client, place, CONTENT), client.delete(place)]

    assert [each.status_code for each in answers] == [404] * 3
    if who == "colleague":
        assert finish(upload=place.split("/")[-2]).status_code == 404
    else:
        assert client.post(OPEN, {"name": "a.pdf", "size": 9}).status_code == (
            201 if who == "stranger" else 403
        )


def test_a_strangers_file_is_not_picked(finish):
    stranger = make_satker(make_kanwil("82"))
    by = make_user(Role.OPERATOR, stranger)
    file = store(satker=stranger, upload=upload("a.pdf", CONTENT), by=by)

    assert finish(pick=str(file.pk)).status_code == 404
    assert finish(pick="x").status_code == 422
    assert finish(upload="\x00").status_code == 422


def test_a_chunk_costs_few_queries(operator, announce, django_assert_num_queries):
    place = announce()["Location"]

    with django_assert_num_queries(3):
        bring(operator, place, CONTENT)
