"""What happens to every request, whichever page it asks for."""

import pytest
import time_machine
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client, RequestFactory

from accounts.models import User
from common.http import is_scripted
from pmpzi.urls import handler400, handler403, handler404, handler429, handler500  # noqa: F401
from satker.models import Satker

pytestmark = pytest.mark.urls("tests.made_pages")

SCRIPTED = {"X-Requested-With": "fetch"}


@pytest.fixture
def strict_client():
    """A client that is asked for CSRF tokens and gets the page of an error, as a browser does."""
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


@pytest.fixture
def form_client():
    """A strict client that has the cookie of a page with a form."""
    client = Client(enforce_csrf_checks=True)
    client.cookies[settings.CSRF_COOKIE_NAME] = "t" * 32
    return client


@pytest.fixture
def person(db):
    pusat = Satker.objects.create(code="00", name="Pusat", kind="pusat", path="00/", level=0)
    return User.objects.create(
        username="pemantau",
        name="Pemantau",
        role=User.Role.PEMANTAU,
        satker=pusat,
        must_change_password=False,
    )


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({"X-Requested-With": "fetch"}, True),
        ({"X-Requested-With": "XMLHttpRequest"}, True),
        ({"HX-Request": "true"}, True),
        ({"Sec-Fetch-Mode": "cors"}, True),
        ({"Sec-Fetch-Mode": "same-origin"}, True),
        ({"Sec-Fetch-Mode": "navigate"}, False),
    ],
)
def test_is_scripted(headers, expected):
    assert is_scripted(RequestFactory().get("/", headers=headers)) is expected


class TestSignInRequired:
    def test_a_page_leads_to_the_sign_in_page(self, client):
        response = client.get("/pribadi?halaman=2")

        assert (response.status_code, response.url) == (
            302,
            "/masuk/?next=/pribadi%3Fhalaman%3D2",
        )

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_a_script_is_told(self, client, method):
        response = getattr(client, method)("/pribadi", headers=SCRIPTED)

        assert response.status_code == 401
        assert "Sesi Anda telah berakhir" in response.content.decode()
        assert "<html" not in response.content.decode()

    def test_a_plain_form_gets_its_text_back(self, client):
        response = client.post(
            "/pribadi",
            {"note": "SK <Tim> 12/2026", "value": "A", "password": "rahasia", "version": "3"},
        )

        page = response.content.decode()
        assert response.status_code == 401
        assert "SK &lt;Tim&gt; 12/2026" in page
        assert "rahasia" not in page
        assert [(kept.name, kept.value) for kept in response.context["kept"]] == [
            ("note", "SK <Tim> 12/2026"),
            ("value", "A"),
        ]

    @pytest.mark.parametrize(
        ("referer", "back"),
        [
            ("http://testserver/penilaian/1/?a=b", "/masuk/?next=%2Fpenilaian%2F1%2F%3Fa%3Db"),
            ("https://lain.example/penilaian/1/", "/masuk/"),
            ("//lain.example/x", "/masuk/"),
            ("", "/masuk/"),
        ],
    )
    def test_signing_in_leads_back_to_the_page_of_the_form(self, client, referer, back):
        response = client.post("/pribadi", headers={"Referer": referer})
        assert response.context["login_url"] == back


class TestWhosePage:
    """A script of a page that was made for somebody else than is signed in now."""

    def ask(self, client, person, method="post"):
        headers = SCRIPTED | {"X-Person": str(person)}
        return getattr(client, method)("/pribadi", headers=headers)

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_is_told_like_one_whose_sign_in_has_ended(self, client, person, method):
        client.force_login(person)

        response = self.ask(client, person.pk + 1, method)

        assert response.status_code == 401
        assert "sekarang masuk orang lain" in response.content.decode()

    def test_is_one_s_own(self, client, person):
        client.force_login(person)
        assert self.ask(client, person.pk).status_code == 200

    def test_and_nobody_is_signed_in(self, client, person):
        response = self.ask(client, person.pk)
        assert response.status_code == 401
        assert "Sesi Anda telah berakhir" in response.content.decode()


class TestCsrf:
    def test_a_plain_form_gets_its_text_back(self, strict_client):
        response = strict_client.post("/publik", {"note": "Notula rapat 3 Mei"})

        assert response.status_code == 403
        assert "Notula rapat 3 Mei" in response.content.decode()

    def test_a_script_that_is_not_signed_in(self, strict_client):
        assert strict_client.post("/publik", headers=SCRIPTED).status_code == 401

    def test_a_script_that_is_signed_in(self, strict_client, person):
        strict_client.force_login(person)

        response = strict_client.post("/publik", headers=SCRIPTED)

        assert response.status_code == 403
        assert "Muat ulang" in response.content.decode()


class TestErrorPages:
    @pytest.mark.parametrize(
        ("address", "status"),
        [("/terlarang", 403), ("/hilang", 404), ("/rusak", 500), ("/tidak-ada", 404)],
    )
    def test_page_and_fragment(self, strict_client, address, status):
        page = strict_client.get(address)
        fragment = strict_client.get(address, headers=SCRIPTED)

        assert (page.status_code, fragment.status_code) == (status, status)
        assert "<html" in page.content.decode()
        assert 'role="alert"' in fragment.content.decode()
        assert "<html" not in fragment.content.decode()

    @pytest.mark.parametrize("address", ["/terlarang", "/hilang", "/tidak-ada"])
    def test_who_is_signed_in_keeps_the_menu(self, strict_client, person, address):
        stranger = strict_client.get(address).content.decode()
        strict_client.force_login(person)

        page = strict_client.get(address).content.decode()

        assert "Keluar</button>" in page
        assert 'aria-label="Menu utama"' in page
        assert "Keluar</button>" not in stranger

    def test_an_address_that_only_takes_what_a_form_sends(self, strict_client, person):
        strict_client.force_login(person)

        page = strict_client.get("/kirim")
        fragment = strict_client.get("/kirim", headers=SCRIPTED)

        assert (page.status_code, fragment.status_code) == (405, 405)
        assert page["Allow"] == fragment["Allow"] == "POST"
        assert "Alamat ini bukan halaman" in page.content.decode()
        assert 'aria-label="Menu utama"' in page.content.decode()
        assert '<a class="button" href="/">Ke beranda</a>' in page.content.decode()
        assert fragment.content == b""

    def test_without_a_database_there_is_no_menu_and_still_a_page(self, strict_client, person):
        strict_client.force_login(person)

        with connection.execute_wrapper(everything_fails):
            response = strict_client.get("/tidak-ada")

        assert response.status_code == 404
        assert "Halaman ini tidak ada" in response.content.decode()
        assert "Keluar</button>" not in response.content.decode()

    def test_nothing_of_the_fault_is_shown(self, strict_client):
        assert "kesalahan buatan" not in strict_client.get("/rusak").content.decode()

    def test_fields_that_are_too_large(self, form_client):
        note = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)

        assert form_client.post("/publik", {"note": note}).status_code == 413

    def test_too_many_fields(self, form_client):
        fields = {f"f{number}": "" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}

        assert form_client.post("/publik", fields).status_code == 413

    def test_a_body_that_is_no_form(self, form_client):
        response = form_client.post(
            "/publik", b"--broken", content_type="multipart/form-data; boundary=\x00"
        )

        assert response.status_code == 400

    def test_a_host_that_is_not_ours(self, client):
        assert client.get("/publik", headers={"Host": "evil.example"}).status_code == 400


class TestBusyDatabase:
    def test_who_saved_is_asked_to_try_again(self, form_client, strict_client):
        strict_client.cookies = form_client.cookies
        fields = {"note": "Notula <rapat>", "csrfmiddlewaretoken": "t" * 32}

        page = strict_client.post("/sibuk", fields)
        fragment = strict_client.post("/sibuk", fields, headers=SCRIPTED)

        assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
        assert "Server sedang sibuk" in page.content.decode()
        assert "Notula &lt;rapat&gt;" in page.content.decode()
        assert (fragment.status_code, fragment.headers["Retry-After"]) == (503, "5")
        assert "Server sedang sibuk" in fragment.content.decode()
        assert "<html" not in fragment.content.decode()

    def test_a_page_is_shown_though_its_session_could_not_be_renewed(self, strict_client, person):
        strict_client.force_login(person)

        with connection.execute_wrapper(sessions_are_locked):
            response = strict_client.get("/pribadi")

        assert (response.status_code, response.content) == (200, b"-")
        assert settings.SESSION_COOKIE_NAME not in response.cookies
        assert settings.SESSION_COOKIE_NAME in strict_client.get("/pribadi").cookies

    def test_what_a_page_puts_into_the_session_is_not_lost_silently(self, strict_client, person):
        strict_client.force_login(person)

        with connection.execute_wrapper(sessions_are_locked):
            response = strict_client.get("/dicatat")

        assert response.status_code == 503

    def test_a_session_that_ended_meanwhile_does_not_count_as_busy(self, strict_client, person):
        strict_client.force_login(person)

        with connection.execute_wrapper(sessions_are_gone):
            response = strict_client.get("/dicatat")

        assert response.status_code == 400


def everything_fails(execute, sql, params, many, context):
    raise OperationalError("server closed the connection unexpectedly")


def sessions_are_locked(execute, sql, params, many, context):
    if sql.startswith("UPDATE") and "django_session" in sql:
        raise OperationalError("database is locked")
    return execute(sql, params, many, context)


def sessions_are_gone(execute, sql, params, many, context):
    if sql.startswith("UPDATE") and "django_session" in sql:
        return execute(sql.replace(" WHERE ", " WHERE 1 = 0 AND "), params, many, context)
    return execute(sql, params, many, context)


class TestSession:
    def test_its_end_moves_along_at_most_once_a_quarter_of_an_hour(self, client, person):
        with time_machine.travel("2026-05-04T08:00:00+07:00", tick=False) as clock:
            client.force_login(person)
            assert self._renews(client)
            assert not self._renews(client)

            clock.shift(14 * 60)
            assert not self._renews(client)

            clock.shift(60)
            assert self._renews(client)

    def test_lasts_while_used_and_ends_after_twelve_hours(self, client, person):
        with time_machine.travel("2026-05-04T08:00:00+07:00", tick=False) as clock:
            client.force_login(person)
            for _ in range(3):
                assert client.get("/pribadi").status_code == 200
                clock.shift(11 * 60 * 60)

            clock.shift(60 * 60)
            assert client.get("/pribadi").status_code == 302

    def _renews(self, client):
        return settings.SESSION_COOKIE_NAME in client.get("/pribadi").cookies
