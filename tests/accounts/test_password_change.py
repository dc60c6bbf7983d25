import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Role
from audit.models import Event
from tests.factories import PASSWORD, make_satker_tree, make_user

pytestmark = pytest.mark.django_db

PAGE = "/kata-sandi/"
OTHER = "gerobak-sapi-hijau-61"


@pytest.fixture(autouse=True)
def no_attempts_yet():
    cache.clear()


@pytest.fixture
def tree():
    return make_satker_tree()


@pytest.fixture
def user(client, tree):
    user = make_user(tree.satker, must_change_password=True)
    client.force_login(user)
    return user


def change(client, old=PASSWORD, new=OTHER, again=None, **values):
    fields = {"oldpassword": old, "password1": new, "password2": new if again is None else again}
    return client.post(PAGE, fields | values)


class TestForced:
    @pytest.mark.parametrize(
        ("path", "location"),
        [
            ("/", "/kata-sandi/?next=%2F"),
            ("/penilaian/?halaman=2", "/kata-sandi/?next=%2Fpenilaian%2F%3Fhalaman%3D2"),
            ("/verifikasi/", "/kata-sandi/?next=%2Fverifikasi%2F"),
            ("/laporan/rekap/", "/kata-sandi/?next=%2Flaporan%2Frekap%2F"),
        ],
    )
    def test_every_page_leads_to_it(self, client, user, path, location):
        assert client.get(path).headers["Location"] == location

    def test_the_admin_too(self, client, tree):
        client.force_login(make_user(tree.pusat, Role.ADMIN_PUSAT, must_change_password=True))

        assert client.get("/admin/").headers["Location"] == "/kata-sandi/?next=%2Fadmin%2F"

    def test_a_posted_form_leads_to_it(self, client, user):
        assert client.post("/penilaian/buka/").headers["Location"] == PAGE

    @pytest.mark.parametrize(
        "headers",
        [
            {"X-Requested-With": "fetch"},
            {"Sec-Fetch-Mode": "cors"},
        ],
    )
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_a_script_is_told(self, client, user, headers, method):
        answer = getattr(client, method)("/penilaian/", headers=headers)

        assert answer.status_code == 403
        assert "Ganti kata sandi Anda dahulu" in answer.content.decode()

    def test_signing_out_is_open(self, client, user):
        assert client.post("/keluar/").headers["Location"] == "/masuk/"

    @pytest.mark.parametrize("path", ["/sehat", "/siap"])
    def test_what_needs_no_sign_in_is_open(self, client, user, path):
        assert client.get(path).status_code == 200

    def test_is_over_once_it_is_done(self, client, user):
        answer = change(client, next="/penilaian/?halaman=2")

        assert (answer.status_code, answer.headers["Location"]) == (302, "/penilaian/?halaman=2")
        assert client.get(PAGE).context["forced"] is False
        assert "kata-sandi" not in client.get("/penilaian/").headers.get("Location", "")


class TestPage:
    def test_asks_for_sign_in(self, client):
        assert client.get(PAGE).headers["Location"] == "/masuk/?next=/kata-sandi/"

    def test_new_password_counts_and_the_session_stays(self, client, user):
        change(client)

        user.refresh_from_db()
        assert user.check_password(OTHER)
        assert client.get(PAGE).status_code == 200

    def test_other_sessions_end(self, client, user):
        elsewhere = Client()
        elsewhere.force_login(user)

        change(client)

        assert elsewhere.get(PAGE).status_code == 302

    def test_is_recorded(self, client, user, tree):
        change(client)

        event = Event.objects.filter(chain__key=tree.satker.audit_key).latest("number")
        assert (event.action, event.by) == ("kata sandi diganti", user)
        assert OTHER not in event.after

    @pytest.mark.parametrize(
        "target", ["https://jahat.example/", "//jahat.example", "", "x\x00", "login"]
    )
    def test_goes_on_inside_the_site_only(self, client, user, target):
        location = change(client, next=target).headers["Location"]

        assert location == "/"

    @pytest.mark.parametrize(
        ("values", "field", "message"),
        [
            ({"old": "salah"}, "oldpassword", "Kata sandi sekarang tidak cocok."),
            ({"old": ""}, "oldpassword", "Bidang ini tidak boleh kosong."),
            ({"again": "lain"}, "password2", "Kedua kata sandi baru tidak sama."),
            ({"new": PASSWORD}, "password1", "Kata sandi baru harus berbeda dari yang sekarang."),
            ({"new": "pendek"}, "password1", "Kata sandi terlalu pendek."),
            ({"new": "1234567890123"}, "password1", "angka"),
            ({"new": "password1234"}, "password1", "Kata sandi ini terlalu umum."),
            ({"new": "siti aminah 1"}, "password1", "mirip"),
            ({"new": "a\x00bcdefghijklmn"}, "password1", "Karakter null tidak diizinkan."),
            ({"new": "x" * 100_000}, "password1", "paling banyak 200 karakter"),
        ],
    )
    def test_refusal_stands_beside_its_field(self, client, user, values, field, message):
        page = change(client, **values)

        assert page.status_code == 422
        errors = page.context["form"].errors
        assert message in " ".join(errors[field])
        assert "Traceback" not in page.content.decode()
        user.refresh_from_db()
        assert user.check_password(PASSWORD)
        assert user.must_change_password

    def test_never_sends_back_what_was_typed(self, client, user):
        page = change(client, again="lain-lain-lain").content.decode()

        assert not {PASSWORD, OTHER, "lain-lain-lain"} & set(page.replace('"', " ").split())

    def test_guessing_the_current_one_is_throttled(self, client, user):
        for number in range(10):
            change(client, old=f"salah-{number}")

        assert change(client).status_code == 429
        user.refresh_from_db()
        assert user.check_password(PASSWORD)

    def test_an_ended_session_does_not_show_what_was_typed(self, client, user):
        client.logout()

        page = change(client)

        assert page.status_code == 401
        assert PASSWORD not in page.content.decode()
        assert OTHER not in page.content.decode()
