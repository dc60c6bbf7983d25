"""What every answer carries, whichever page it is, and what the log says of it."""

import json
import logging
import sys

import pytest
from django.db import IntegrityError
from django.test import Client

from common.http import attachment
from common.logs import JsonFormatter
from common.request_id import current_request_id, set_request_id
from tests.made_pages import LONG_TEXT

pytestmark = pytest.mark.urls("tests.made_pages")


class TestHeaders:
    def test_of_every_page(self, client):
        headers = client.get("/publik").headers

        policy = {part.strip() for part in headers["Content-Security-Policy"].split(";")}
        assert policy == {
            "default-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        }
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert headers["Cache-Control"] == "private, no-store"

    def test_a_view_may_choose_its_own_caching(self, client):
        assert client.get("/simpan").headers["Cache-Control"] == "max-age=60"


class TestCompression:
    def test_text_is_compressed(self, client):
        response = client.get("/publik", headers={"Accept-Encoding": "gzip"})

        assert response.headers["Content-Encoding"] == "gzip"
        assert len(response.content) < len(LONG_TEXT) / 4

    def test_files_are_not(self, client):
        response = client.get("/gambar", headers={"Accept-Encoding": "gzip"})

        assert "Content-Encoding" not in response.headers
        assert response.content == LONG_TEXT.encode()


class TestRequestId:
    def test_each_request_has_its_own(self, client):
        first, second = (client.get("/publik").headers["X-Request-ID"] for _ in range(2))

        assert len(first) == len(second) == 32
        assert first != second

    def test_is_gone_with_the_request(self, client):
        client.get("/publik")

        assert current_request_id() == ""

    @pytest.mark.parametrize("address", ["/tidak-ada", "/terlarang", "/rusak"])
    def test_is_in_the_log_of_a_refusal(self, caplog, address):
        caplog.set_level(logging.WARNING, "django")

        response = Client(raise_request_exception=False).get(address)

        lines = [json.loads(JsonFormatter().format(record)) for record in caplog.records]
        assert lines
        assert {line["request_id"] for line in lines} == {response.headers["X-Request-ID"]}

    @pytest.mark.parametrize(
        ("proxies", "given", "kept"),
        [
            (1, "proxy-id-12345678", True),
            (1, "short", False),
            (1, 'quote"and space', False),
            (1, "x" * 65, False),
            (0, "proxy-id-12345678", False),
        ],
    )
    def test_a_trusted_proxy_may_give_it(self, client, settings, proxies, given, kept):
        settings.TRUSTED_PROXY_COUNT = proxies

        response = client.get("/publik", headers={"X-Request-ID": given})

        assert (response.headers["X-Request-ID"] == given) is kept


def test_attachment_keeps_a_name_with_other_letters():
    response = attachment(b"isi", filename='LKE "é" 2026.pdf', content_type="application/pdf")

    assert response.headers["Content-Disposition"] == (
        "attachment; filename*=utf-8''LKE%20%22%C3%A9%22%202026.pdf"
    )
    assert response.headers["Cache-Control"] == "private, no-store"


class TestLog:
    def _line(self, **extra):
        record = logging.LogRecord("pmpzi", logging.ERROR, "file.py", 1, "Galat %s", ("x",), None)
        record.__dict__.update(extra)
        return json.loads(JsonFormatter().format(record))

    def test_one_json_object_with_the_request_id(self):
        set_request_id("0123456789abcdef")
        try:
            line = self._line(status_code=500)
        finally:
            set_request_id("")

        assert line.pop("time").endswith("+00:00")
        assert line == {
            "level": "ERROR",
            "logger": "pmpzi",
            "message": "Galat x",
            "request_id": "0123456789abcdef",
            "status": 500,
        }

    def test_an_exception_without_the_values_of_the_row(self):
        try:
            try:
                raise ValueError("sebab")
            except ValueError as cause:
                raise IntegrityError("melanggar batas\nDETAIL: Key (nip)=(123)") from cause
        except IntegrityError:
            line = self._line(exc_info=sys.exc_info())

        assert line["exception"]["kind"] == "django.db.utils.IntegrityError"
        assert line["exception"]["text"] == "melanggar batas"
        assert line["exception"]["frames"][0].endswith(
            "test_an_exception_without_the_values_of_the_row"
        )
        assert line["exception"]["cause"]["text"] == "sebab"

    def test_no_request_no_id(self):
        assert current_request_id() == ""
        assert "request_id" not in self._line()
