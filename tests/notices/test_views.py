"""The inbox, the bell, and the page of one's own mail."""

import pytest
from django.urls import reverse

from accounts.models import MailRhythm, Role, User
from audit.models import Event
from notices.enums import Kind
from notices.models import Notice
from notices.services import notify
from tests.factories import make_satker_tree, make_user

pytestmark = pytest.mark.django_db

INBOX = "/kabar/"
SETTINGS = "/kabar/pengaturan/"


@pytest.fixture
def people():
    satker = make_satker_tree().satker
    return [make_user(satker), make_user(satker, Role.PIMPINAN)]


@pytest.fixture
def operator(people, client):
    client.force_login(people[0])
    return people[0]


def tell(*people, text="Penilaian dikembalikan.", url="/penilaian/"):
    notify(people, Kind.RETURNED, text, url)


class TestInbox:
    def test_newest_first_and_the_unread_marked(self, client, operator):
        tell(operator, text="Kabar pertama.")
        tell(operator, text="Kabar kedua.")
        client.post(reverse("notices:open", args=[Notice.objects.last().pk]))

        page = client.get(INBOX)

        content = page.content.decode()
        assert [notice.text for notice in page.context["page"]] == [
            "Kabar kedua.",
            "Kabar pertama.",
        ]
        assert content.count("inbox-item is-unread") == 1
        assert content.count("<b>Belum dibaca</b>") == 1
        assert "1 belum dibaca" in content

    def test_looking_marks_nothing(self, client, operator):
        tell(operator)

        client.get(INBOX)

        assert Notice.objects.unread().count() == 1

    def test_nobody_elses(self, client, people, operator):
        tell(people[1], text="Rahasia orang lain.")

        assert "Rahasia orang lain." not in client.get(INBOX).content.decode()

    def test_empty(self, client, operator):
        content = client.get(INBOX).content.decode()

        assert "Belum ada kabar" in content
        assert "Tandai semua dibaca" not in content

    @pytest.mark.parametrize("page", ["2", "99", "-1", "abc", "\x00"])
    def test_pages(self, client, operator, page):
        for number in range(26):
            tell(operator, text=f"Kabar {number}.")

        answer = client.get(INBOX, {"halaman": page})

        assert answer.status_code in {200, 400}

    def test_what_somebody_wrote_is_escaped(self, client, operator):
        tell(operator, text="<script>alert(1)</script>")

        assert "<script>alert(1)" not in client.get(INBOX).content.decode()

    @pytest.mark.parametrize("rows", [1, 3])
    def test_queries(self, client, operator, django_assert_num_queries, rows):
        for _ in range(rows):
            tell(operator)

        client.get(INBOX)  # the first request of a session stores it

        with django_assert_num_queries(5):  # session, person, count, rows, countdown
            client.get(INBOX)


class TestBell:
    def test_says_how_many(self, client, operator):
        tell(operator)
        tell(operator)

        content = client.get("/kata-sandi/").content.decode()

        assert '<span class="count">2<span class="unseen"> belum dibaca</span></span>' in content

    def test_silent_when_all_is_read(self, client, operator):
        content = client.get("/kata-sandi/").content.decode()

        assert 'href="/kabar/"' in content
        assert "belum dibaca" not in content


class TestOpening:
    def test_marks_it_and_leads_on(self, client, operator):
        tell(operator, url="/penilaian/?x=1")
        notice = Notice.objects.get()

        answer = client.post(reverse("notices:open", args=[notice.pk]))

        assert (answer.status_code, answer["Location"]) == (302, "/penilaian/?x=1")
        assert not Notice.objects.unread().exists()
        assert User.objects.get(pk=operator.pk).unread_notices == 0

    def test_fetching_ahead_marks_nothing(self, client, operator):
        tell(operator)

        answer = client.get(reverse("notices:open", args=[Notice.objects.get().pk]))

        assert answer.status_code == 405
        assert Notice.objects.unread().exists()

    @pytest.mark.parametrize("role", [Role.PIMPINAN, Role.OPERATOR])
    def test_anothers_does_not_exist(self, client, people, operator, role):
        tell(people[1])
        other = make_user(people[0].satker, role)
        client.force_login(other)

        answer = client.post(reverse("notices:open", args=[Notice.objects.get().pk]))

        assert answer.status_code == 404
        assert Notice.objects.unread().count() == 1

    @pytest.mark.parametrize("key", ["0", "9" * 18, "9" * 40])
    def test_keys_of_nothing(self, client, operator, key):
        assert client.post(f"/kabar/{key}/").status_code == 404

    def test_all(self, client, people, operator):
        tell(*people)

        assert client.post("/kabar/dibaca/")["Location"] == INBOX

        assert [notice.recipient_id for notice in Notice.objects.unread()] == [people[1].pk]


class TestSettings:
    def test_stored_and_recorded(self, client, operator):
        answer = client.post(SETTINGS, {"email": " siti@contoh.example ", "rhythm": "setiap"})

        stored = User.objects.get(pk=operator.pk)
        event = Event.objects.latest("pk")
        assert answer["Location"] == SETTINGS
        assert (stored.email, stored.mail_rhythm) == ("siti@contoh.example", MailRhythm.EACH)
        assert (event.action, event.subject) == ("akun diubah", operator.username)
        assert '"kiriman surel":"setiap"' in event.after

    def test_the_same_again_is_no_change(self, client, operator):
        before = Event.objects.count()

        client.post(SETTINGS, {"email": "", "rhythm": "ringkasan"})

        assert Event.objects.count() == before

    @pytest.mark.parametrize(
        "email",
        [
            "bukan alamat",
            "a@b",
            "a@contoh.example\nBcc: b@contoh.example",
            "a@contoh.example\r\nBcc: b@contoh.example",
            "a\x00@contoh.example",
            "a@contoh.example, b@contoh.example",
            "x" * 300 + "@contoh.example",
        ],
    )
    def test_a_bad_address_is_refused_and_kept_on_the_page(self, client, operator, email):
        answer = client.post(SETTINGS, {"email": email, "rhythm": "setiap"})

        assert answer.status_code == 422
        assert User.objects.get(pk=operator.pk).email == ""

    def test_an_unknown_choice(self, client, operator):
        assert client.post(SETTINGS, {"email": "", "rhythm": "x"}).status_code == 422

    def test_says_when_no_server_is_set(self, client, operator, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

        assert "Server ini belum mengirim surel" in client.get(SETTINGS).content.decode()

    def test_who_wants_no_mail_any_more_gets_no_digest(self, client, operator):
        User.objects.filter(pk=operator.pk).update(email="siti@contoh.example")
        tell(operator)
        assert Notice.objects.filter(for_digest=True).exists()

        client.post(SETTINGS, {"email": "siti@contoh.example", "rhythm": "tidak"})

        assert not Notice.objects.filter(for_digest=True).exists()

    def test_queries(self, client, operator, django_assert_num_queries):
        client.get(SETTINGS)

        with django_assert_num_queries(3):
            client.get(SETTINGS)
