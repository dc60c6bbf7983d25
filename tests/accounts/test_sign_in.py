"""Sign-in, sign-out and what is recorded of them, as a browser meets them."""

from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.urls import NoReverseMatch, reverse

from accounts import services
from accounts.models import Role
from audit.models import Event
from satker.services import set_active
from tests.factories import PASSWORD, make_satker_tree, make_user

pytestmark = pytest.mark.django_db

LOGIN, LOGOUT, HOME = "/masuk/", "/keluar/", "/"
ACCOUNTS = "/kata-sandi/"  # a page that every account may open

MISMATCH = "Nama pengguna atau kata sandi tidak cocok, atau akun tidak aktif."
TOO_MANY = "Terlalu banyak percobaan masuk yang gagal."


@pytest.fixture(autouse=True)
def no_attempts_yet():
    cache.clear()


@pytest.fixture
def tree():
    return make_satker_tree()


@pytest.fixture
def user(tree):
    return make_user(tree.satker, username="operator-330801")


def sign_in(client, login="operator-330801", password=PASSWORD, **values):
    return client.post(LOGIN, {"login": login, "password": password} | values)


def is_signed_in(client):
    return client.get(ACCOUNTS).status_code == 200


def actions(satker):
    rows = Event.objects.filter(chain__key=satker.audit_key).order_by("number")
    return [(event.action, event.by and event.by.username) for event in rows][2:]


class TestPage:
    def test_is_open_to_everyone(self, client):
        page = client.get(LOGIN)

        assert page.status_code == 200
        assert list(page.context["form"].fields) == ["login", "password"]

    def test_speaks_indonesian(self, client):
        text = client.get(LOGIN).content.decode()

        assert "Nama pengguna" in text
        assert "Kata sandi" in text
        assert not {"Username", "Password", "Sign", "Log in", "Remember"} & set(text.split())

    def test_whoever_is_signed_in_goes_home(self, client, user):
        client.force_login(user)

        assert client.get(LOGIN).headers["Location"] == HOME

    @pytest.mark.parametrize(
        "name", ["account_signup", "account_reset_password", "account_email", "account_inactive"]
    )
    def test_allauths_other_pages_do_not_exist(self, name):
        with pytest.raises(NoReverseMatch):
            reverse(name)

    @pytest.mark.parametrize("path", ["/daftar/", "/signup/", "/accounts/signup/"])
    def test_there_is_no_sign_up(self, client, user, path):
        client.force_login(user)

        assert client.get(path).status_code == 404


class TestSignIn:
    @pytest.mark.parametrize("login", ["operator-330801", " Operator-330801 "])
    def test_right_password(self, client, user, login):
        answer = sign_in(client, login)

        assert (answer.status_code, answer.headers["Location"]) == (302, HOME)
        assert is_signed_in(client)
        assert client.session.get_expiry_age() == 12 * 60 * 60

    @pytest.mark.parametrize(
        ("target", "expected"),
        [
            ("/penilaian/", "/penilaian/"),
            ("/laporan/rekap/?urut=-mandiri", "/laporan/rekap/?urut=-mandiri"),
            ("https://jahat.example/", HOME),
            ("//jahat.example/", HOME),
            ("///jahat.example/", HOME),
            ("javascript:alert(1)", HOME),
            ("/\\jahat.example", HOME),
            ("", HOME),
        ],
    )
    def test_goes_on_to_the_page_that_was_asked_for(self, client, user, target, expected):
        assert sign_in(client, next=target).headers["Location"] == expected

    @pytest.mark.parametrize(("target", "told"), [(HOME, False), ("/penilaian/", True)])
    def test_only_a_page_that_was_asked_for_is_promised(self, client, target, told):
        text = client.get(LOGIN, {"next": target}).content.decode()

        assert ("Masuk untuk membuka halaman itu" in text) == told

    def test_page_keeps_the_target(self, client):
        page = client.get(f"{LOGIN}?next={quote('/penilaian/')}")

        assert '<input type="hidden" name="next" value="/penilaian/">' in page.content.decode()

    @pytest.mark.parametrize("target", ["/a%00b", "/\x00", "/%0d%0aX: y", "x\x00", "login"])
    def test_odd_target_is_no_fault(self, client, user, target):
        assert client.get(LOGIN, {"next": target}).status_code in {200, 400}
        assert sign_in(client, next=target).status_code == 302

    @pytest.mark.parametrize(
        ("login", "password"),
        [
            ("operator-330801", "salah"),
            ("operator-330801", PASSWORD.upper()),
            ("tidak-ada", PASSWORD),
        ],
    )
    def test_wrong_one_gets_the_same_message(self, client, user, login, password):
        page = sign_in(client, login, password)

        assert page.status_code == 200
        assert MISMATCH in page.content.decode()
        assert password not in page.content.decode()
        assert not is_signed_in(client)

    @pytest.mark.parametrize(
        ("login", "password"),
        [
            ("", ""),
            ("a\x00b", PASSWORD),
            ("operator-330801", "a\x00b"),
            ("operator-330801", PASSWORD + "\x00"),
            ("x" * 81, PASSWORD),
            ("x" * 100_000, PASSWORD),
            ("operator-330801", "x" * 100_000),
            ("\udcff".encode("utf-8", "surrogatepass"), PASSWORD),
            ("😀", "😀"),
            ("' OR 1=1 --", "x"),
        ],
    )
    def test_odd_input_gets_a_page(self, client, user, login, password):
        page = sign_in(client, login, password)

        assert page.status_code == 200
        assert page.context["form"].errors

    def test_page_needs_its_token(self, user):
        from django.test import Client

        answer = sign_in(Client(enforce_csrf_checks=True))

        assert answer.status_code == 403


class TestClosedAccounts:
    def close_account(self, user):
        services.set_active(user=user, active=False, by=None)

    def close_satker(self, user):
        set_active(satker=user.satker, active=False, by=None)

    @pytest.fixture
    def user(self, tree):
        return make_user(tree.madrasah, username="operator-330801")

    @pytest.mark.parametrize("close", [close_account, close_satker])
    def test_cannot_sign_in(self, client, user, close):
        close(self, user)

        page = sign_in(client)

        assert page.status_code == 200
        assert MISMATCH in page.content.decode()
        assert not is_signed_in(client)

    @pytest.mark.parametrize("close", [close_account, close_satker])
    def test_a_session_ends(self, client, user, close):
        sign_in(client)

        close(self, user)

        answer = client.get(ACCOUNTS)
        assert (answer.status_code, answer.headers["Location"]) == (
            302,
            f"{LOGIN}?next=/kata-sandi/",
        )

    def test_closing_does_not_touch_others(self, client, user, tree):
        other = make_user(tree.satker)
        self.close_satker(user)

        sign_in(client, other.username)

        assert is_signed_in(client)


class TestThrottle:
    def test_after_five_failures_even_the_right_password_is_refused(self, client, user):
        answers = [sign_in(client, password=f"salah-{number}") for number in range(5)]

        page = sign_in(client)

        assert [answer.status_code for answer in answers] == [200] * 5
        assert page.status_code == 429
        assert TOO_MANY in page.content.decode()
        assert not is_signed_in(client)

    @pytest.mark.parametrize(
        "other",
        [
            {"login": "OPERATOR-330801"},
            {"login": " operator-330801"},
        ],
    )
    def test_other_ways_to_write_the_name_count_together(self, client, user, other):
        for number in range(5):
            sign_in(client, password=f"salah-{number}")

        assert sign_in(client, **other).status_code == 429

    def test_other_hosts_and_addresses_count_together(self, client, user):
        for number in range(5):
            client.post(
                LOGIN,
                {"login": user.username, "password": f"salah-{number}"},
                REMOTE_ADDR=f"192.0.2.{number + 1}",
                headers={"host": ["testserver", "localhost", "127.0.0.1"][number % 3]},
            )

        assert sign_in(client).status_code == 429

    def test_a_colleague_at_the_same_address_still_gets_in(self, client, user, tree):
        colleague = make_user(tree.satker)
        for number in range(5):
            sign_in(client, password=f"salah-{number}")

        sign_in(client, colleague.username)

        assert is_signed_in(client)

    def test_right_passwords_do_not_count(self, client, user):
        for _ in range(7):
            sign_in(client)
            client.post(LOGOUT)

        sign_in(client)
        assert is_signed_in(client)

    def test_a_right_password_does_not_wipe_the_failures(self, client, user):
        for number in range(4):
            sign_in(client, password=f"salah-{number}")
        sign_in(client)
        client.post(LOGOUT)

        sign_in(client, password="salah")

        assert sign_in(client).status_code == 429

    def test_many_accounts_tried_from_one_address_are_stopped(self, client, user):
        for number in range(100):
            sign_in(client, f"coba-{number}", "salah")

        assert sign_in(client).status_code == 429

    def test_ends_after_five_minutes(self, client, user, time_machine):
        time_machine.move_to("2026-05-04T03:00:00Z", tick=False)
        for number in range(5):
            sign_in(client, password=f"salah-{number}")

        time_machine.move_to("2026-05-04T03:05:01Z", tick=False)
        sign_in(client)

        assert is_signed_in(client)

    def test_spares_the_hashing_of_what_is_refused(self, client, user):
        for number in range(5):
            sign_in(client, password=f"salah-{number}")
        before = Event.objects.count()

        sign_in(client)

        assert Event.objects.count() == before


class TestSignOut:
    def test_ends_the_session(self, client, user):
        sign_in(client)

        answer = client.post(LOGOUT)

        assert (answer.status_code, answer.headers["Location"]) == (302, LOGIN)
        assert not is_signed_in(client)

    def test_only_by_post(self, client, user):
        sign_in(client)

        assert client.get(LOGOUT).status_code == 405
        assert is_signed_in(client)

    def test_whoever_is_out_already_may_sign_out(self, client):
        assert client.post(LOGOUT).headers["Location"] == LOGIN


class TestAudit:
    def test_sign_in_and_out(self, client, user, tree):
        sign_in(client)
        client.post(LOGOUT)

        assert actions(tree.satker) == [("masuk", user.username), ("keluar", user.username)]

    def test_failure_of_a_known_account(self, client, user, tree):
        sign_in(client, "Operator-330801", "salah-sekali")

        event = Event.objects.filter(chain__key=tree.satker.audit_key).latest("number")
        assert (event.action, event.subject, event.by) == ("masuk gagal", user.username, None)
        assert "salah-sekali" not in event.before + event.after

    def test_failure_of_an_unknown_account_keeps_nothing_that_was_typed(self, client):
        sign_in(client, "kata-sandi-di-kolom-salah", "salah-sekali")

        event = Event.objects.get(chain__key="masuk")
        assert (event.action, event.subject, event.by) == (
            "masuk gagal",
            "akun tidak dikenal",
            None,
        )
        assert event.before + event.after == ""

    def test_closed_account_is_a_failure(self, client, user, tree):
        services.set_active(user=user, active=False, by=None)

        sign_in(client)

        assert actions(tree.satker)[-1] == ("masuk gagal", None)


class TestAdmin:
    def test_its_own_sign_in_page_leads_to_ours(self, client):
        answer = client.get("/admin/login/?next=/admin/satker/")

        assert answer.headers["Location"] == f"{LOGIN}?next=%2Fadmin%2Fsatker%2F"

    def test_cannot_be_used_past_the_throttle(self, client, tree):
        make_user(tree.pusat, Role.ADMIN_PUSAT, username="admin")

        client.post("/admin/login/", {"username": "admin", "password": PASSWORD})

        assert not is_signed_in(client)

    def test_admin_pusat_gets_in(self, client, tree):
        make_user(tree.pusat, Role.ADMIN_PUSAT, username="admin")

        answer = sign_in(client, "admin", next="/admin/")

        assert answer.headers["Location"] == "/admin/"
        assert client.get("/admin/").status_code == 200

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN_PUSAT])
    def test_nobody_else_does(self, client, tree, role):
        client.force_login(make_user(tree.pusat, role))

        assert client.get("/admin/", follow=True).status_code == 403
