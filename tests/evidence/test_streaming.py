import pytest
from csp.middleware import CSPMiddleware
from django.http import Http404
from django.test import RequestFactory

from common.errors import DomainError
from evidence import vault
from evidence.errors import FileLost
from evidence.services import store
from evidence.streaming import attachment_response
from tests.evidence.samples import SAMPLES, pdf, upload


@pytest.fixture
def file(satker, operator):
    return store(satker=satker, upload=upload("SK Tim “ZI”.pdf", pdf()), by=operator)


def test_headers(file):
    response = attachment_response(file)

    assert dict(response.items()) == {
        "Content-Type": "application/pdf",
        "Content-Length": str(len(pdf())),
        "Content-Disposition": "attachment; filename*=utf-8''SK%20Tim%20%E2%80%9CZI%E2%80%9D.pdf",
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    response.close()


def test_the_content_is_as_it_came(file):
    response = attachment_response(file)

    assert response.getvalue() == pdf()
    response.close()


def test_the_site_s_own_policy_does_not_replace_the_sandbox(file):
    middleware = CSPMiddleware(lambda request: attachment_response(file))

    response = middleware(RequestFactory().get("/"))

    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    response.close()


@pytest.mark.parametrize("extension", SAMPLES)
def test_every_kind_is_an_attachment_of_its_type(satker, operator, extension):
    content, content_type = SAMPLES[extension]
    file = store(satker=satker, upload=upload(f"a.{extension}", content), by=operator)

    response = attachment_response(file)

    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"] == f'attachment; filename="a.{extension}"'
    response.close()


@pytest.mark.parametrize("content", [None, b"", pdf()[:-1]])
def test_a_lost_file_is_a_404_and_says_so(file, content, caplog):
    vault.remove(file.file.name)
    if content is not None:
        vault.write(file.file.name, [content])

    with pytest.raises(FileLost) as caught:
        attachment_response(file)

    assert isinstance(caught.value, DomainError)
    assert isinstance(caught.value, Http404)
    assert str(caught.value) == (
        "Berkas SK Tim “ZI”.pdf tidak ditemukan di penyimpanan. Unggah lagi berkas yang sama, "
        "atau hubungi admin pusat."
    )
    assert str(file.pk) in caplog.text
