"""What a request may bring along: strangers no files, everybody no more than is accepted."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from evidence.kinds import MAXIMUM_SIZE
from evidence.models import EvidenceFile
from evidence.uploads import CappedUploadHandler
from tests.factories_assessments import make_assessment, person

pytestmark = pytest.mark.django_db

MIB = 1024 * 1024
CODE = "A.I.1.i.a"


class TestStranger:
    """The token fits, so that nothing but the sign-in is missing."""

    @pytest.fixture
    def stranger(self):
        client = Client(enforce_csrf_checks=True)
        client.cookies[settings.CSRF_COOKIE_NAME] = "t" * 32
        return client

    @pytest.fixture
    def form(self):
        file = SimpleUploadedFile("SK.pdf", bytes(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1))
        return {"note": "Notula rapat 3 Mei", "csrfmiddlewaretoken": "t" * 32, "file": file}

    @pytest.mark.parametrize("address", ["/masuk/", "/keluar/", "/siap", "/tidak-ada"])
    def test_leaves_no_file(self, stranger, form, address):
        response = stranger.post(address, form)

        assert response.status_code < 500
        assert response.wsgi_request.POST["note"] == "Notula rapat 3 Mei"
        assert not response.wsgi_request.FILES

    def test_whose_sign_in_ended_keeps_the_text(self, stranger, form):
        url = reverse("assessments:attach_evidence", args=[make_assessment().pk, CODE])

        page = stranger.post(url, form)
        told = stranger.post(url, form, headers={"X-Requested-With": "fetch"})

        assert (page.status_code, told.status_code) == (401, 401)
        assert "Notula rapat 3 Mei" in page.content.decode()
        assert not page.wsgi_request.FILES


class TestHandler:
    def received(self, size: int) -> CappedUploadHandler:
        handler = CappedUploadHandler()
        handler.new_file("file", "SK.pdf", "application/pdf", size)
        for start in range(0, size, MIB):
            handler.receive_data_chunk(bytes(min(MIB, size - start)), start)
        handler.file_complete(size)
        return handler

    def on_disk(self, handler: CappedUploadHandler) -> int:
        handler.file.flush()
        return Path(handler.file.temporary_file_path()).stat().st_size

    @pytest.mark.parametrize("size", [1, MAXIMUM_SIZE])
    def test_writes_what_may_be_accepted(self, size):
        handler = self.received(size)

        assert (handler.file.size, self.on_disk(handler)) == (size, size)

    def test_throws_away_what_comes_after_the_limit(self):
        handler = self.received(60 * MIB)

        assert handler.file.size == 60 * MIB
        assert MAXIMUM_SIZE < self.on_disk(handler) <= MAXIMUM_SIZE + MIB


def test_a_file_far_over_the_limit_is_refused_as_too_large(client):
    assessment = make_assessment()
    client.force_login(person(Role.OPERATOR, assessment.satker))
    file = SimpleUploadedFile("SK.pdf", b"%PDF-1.4" + bytes(MAXIMUM_SIZE + 3 * MIB))

    response = client.post(
        reverse("assessments:attach_evidence", args=[assessment.pk, CODE]),
        {"file": file},
        headers={"X-Requested-With": "fetch"},
    )

    assert response.status_code == 413
    assert "melebihi batas 20 MB" in response.content.decode()
    assert not EvidenceFile.objects.exists()
