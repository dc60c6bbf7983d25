"""Text that is no text: other charsets, half characters, NUL, wherever a request can hold it."""

import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from pmpzi.wsgi import application

pytestmark = pytest.mark.django_db

# Codecs that fail at any text, are for no text at all, or decode plain letters to half characters.
OTHER_CHARSETS = ["undefined", "hex", "zlib", "rot13", "idna", "unicode_escape", "utf-7", "utf-16"]

FORM = (
    b'--line\r\nContent-Disposition: form-data; name="login"\r\n\r\n\\ud800\r\n'
    b'--line\r\nContent-Disposition: form-data; name="password"\r\n\r\n\\ud800\r\n--line--\r\n'
)


@pytest.fixture
def browser():
    """Gets the page of an error as a person does."""
    return Client(raise_request_exception=False)


def ask(path: str, content_type: str, *, query: str = "", form: bytes = b"") -> tuple[int, str]:
    """Status and page, as the server gets them from the application itself."""
    environ = RequestFactory().generic("POST" if form else "GET", path, form).environ
    environ |= {"CONTENT_TYPE": content_type, "QUERY_STRING": query}
    told: list[str] = []
    body = application(environ, lambda status, headers: told.append(status))
    return int(told[0].split()[0]), b"".join(body).decode()


@pytest.mark.parametrize("charset", OTHER_CHARSETS)
class TestOtherCharset:
    def test_of_a_form(self, charset):
        content_type = f"multipart/form-data; boundary=line; charset={charset}"

        status, page = ask("/masuk/", content_type, form=FORM)

        assert status == 400
        assert "harus berkode UTF-8" in page

    def test_of_a_query(self, charset):
        status, _ = ask("/masuk/", f"text/plain; charset={charset}", query="next=%5Cud800")

        assert status == 400


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "unknown-charset"])
def test_utf_8_by_any_name(charset):
    status, page = ask("/masuk/", f"text/plain; charset={charset}", query="next=%5Cud800")

    assert status == 200
    assert "Masuk ke PMPZI" in page


@pytest.mark.parametrize("name", [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME])
@pytest.mark.parametrize("address", ["/sehat", "/masuk/", "/", "/tidak-ada"])
def test_a_quoted_nul_in_a_cookie_is_no_cookie(browser, name, address):
    without = browser.get(address)

    response = browser.get(address, headers={"Cookie": f'{name}="abcdefgh\\000ijkl"'})

    assert response.status_code == without.status_code < 500
