"""E-mail: to whom, what it says, once, and what happens when the server does not answer."""

import io
import socket
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import MailRhythm, Role, User
from accounts.services import set_active
from notices.enums import Kind, MailState
from notices.letters import MOST_TOLD
from notices.mailing import MOST_TRIES, SENT_AT_ONCE, deliver, send_waiting
from notices.models import Mail, Notice
from notices.services import make_digests, mark_all_read, notify
from tests.factories import make_satker_tree, make_user
from tests.notices.smtp import running_server, text_of

pytestmark = pytest.mark.django_db

SITE = "https://pmpzi.contoh.go.id"


@pytest.fixture
def satker():
    return make_satker_tree().satker


@pytest.fixture
def smtp(settings):
    """A real server, and settings that lead to it."""
    with running_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.SITE_URL = SITE
        yield server


def person(satker, rhythm=MailRhythm.EACH, role=Role.OPERATOR, email="siti@contoh.example"):
    user = make_user(satker, role)
    User.objects.filter(pk=user.pk).update(email=email, mail_rhythm=rhythm)
    return User.objects.get(pk=user.pk)


def states():
    return list(Mail.objects.order_by("pk").values_list("state", "tries"))


def run(**options):
    printed = io.StringIO()
    call_command("send_mail", stdout=printed, **options)
    return printed.getvalue()


class TestEach:
    def test_goes_out_after_the_act(self, satker, settings, django_capture_on_commit_callbacks):
        settings.SITE_URL = SITE
        with django_capture_on_commit_callbacks(execute=True):
            notify([person(satker)], Kind.RETURNED, "Penilaian 2026 dikembalikan.", "/penilaian/1/")
            assert mail.outbox == []

        (letter,) = mail.outbox
        assert letter.to == ["siti@contoh.example"]
        assert letter.subject == "PMPZI: Penilaian dikembalikan"
        assert (
            "Penilaian 2026 dikembalikan.\nhttps://pmpzi.contoh.go.id/penilaian/1/" in letter.body
        )
        assert f"{SITE}/kabar/pengaturan/" in letter.body
        assert states() == [(MailState.SENT, 1)]

    def test_without_the_address_of_the_site_there_are_no_links(
        self, satker, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            notify([person(satker)], Kind.RETURNED, "Penilaian 2026 dikembalikan.", "/penilaian/1/")

        assert "http" not in mail.outbox[0].body
        assert "/penilaian/" not in mail.outbox[0].body

    def test_never_where_the_act_is_undone(self, satker, django_capture_on_commit_callbacks):
        user = person(satker)

        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            notify([user], Kind.TASK, "Tugas baru.", "/")
            transaction.set_rollback(True)

        assert (mail.outbox, Mail.objects.count()) == ([], 0)

    @pytest.mark.parametrize(
        ("rhythm", "email"),
        [(MailRhythm.DIGEST, "a@contoh.example"), (MailRhythm.NONE, "a@contoh.example"),
         (MailRhythm.EACH, "")],
    )  # fmt: skip
    def test_only_to_who_wants_it(self, satker, rhythm, email):
        notify([person(satker, rhythm, email=email)], Kind.TASK, "Tugas baru.", "/")

        assert not Mail.objects.exists()

    @pytest.mark.parametrize("number", [1, 3])
    def test_queries(self, satker, django_assert_num_queries, number):
        people = [person(satker) for _ in range(number)]

        with django_assert_num_queries(6):  # and the mails; the job waits for the commit
            notify(people, Kind.TASK, "Tugas baru.", "/")

    def test_none_to_an_account_that_was_closed_meanwhile(self, satker):
        user = person(satker)
        notify([user], Kind.TASK, "Tugas baru.", "/")
        set_active(user=user, active=False, by=None)

        assert send_waiting() == 0
        assert (mail.outbox, Mail.objects.count()) == ([], 0)
        assert Notice.objects.count() == 1


class TestWithoutAServer:
    def test_nothing_is_made_and_nothing_fails(self, satker, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
        notify([person(satker), person(satker, MailRhythm.DIGEST)], Kind.TASK, "Tugas.", "/")

        assert "tidak ada surel" in run(digest=True)
        assert Notice.objects.filter(for_digest=False, mail=None).count() == 2
        assert not Mail.objects.exists()


class TestDigest:
    def test_what_is_unread_once(self, satker, settings):
        settings.SITE_URL = SITE
        user = person(satker, MailRhythm.DIGEST)
        other = person(satker, MailRhythm.DIGEST, email="budi@contoh.example")
        notify([other], Kind.TASK, "Tugas yang sudah dibaca.", "/")
        mark_all_read(user=other)
        notify([user, other], Kind.TASK, "Tugas baru.", "/a/")
        notify([user], Kind.MENTION, "Anda disebut.", "/b/")

        run(digest=True)
        run(digest=True)

        told = {letter.to[0]: letter for letter in mail.outbox}
        assert len(mail.outbox) == 2
        assert told["siti@contoh.example"].subject == "PMPZI: 2 kabar"
        body = told["siti@contoh.example"].body
        assert body.index("Tugas baru.") < body.index("Anda disebut.")
        assert told["budi@contoh.example"].subject == "PMPZI: Tugas"
        assert "sudah dibaca" not in told["budi@contoh.example"].body

    def test_a_long_one_is_cut(self, satker):
        user = person(satker, MailRhythm.DIGEST)
        for number in range(MOST_TOLD + 2):
            notify([user], Kind.TASK, f"Tugas {number}.", "/")

        run(digest=True)

        assert "Dan 2 kabar lain" in mail.outbox[0].body

    @pytest.mark.parametrize("number", [1, 3])
    def test_queries(self, satker, django_assert_num_queries, number):
        for _ in range(number):
            notify([person(satker, MailRhythm.DIGEST)], Kind.TASK, "Tugas baru.", "/")

        with django_assert_num_queries(5):  # savepoint, people, mails, their notices, release
            assert make_digests(timezone.now()) == number


class TestServer:
    """Over a real connection."""

    def test_arrives(self, satker, smtp):
        notify([person(satker)], Kind.RETURNED, "Penilaian 2026 dikembalikan.", "/penilaian/1/")

        assert send_waiting() == 1

        (letter,) = smtp.letters
        assert letter["To"] == "siti@contoh.example"
        assert letter["Subject"] == "PMPZI: Penilaian dikembalikan"
        assert letter["Auto-Submitted"] == "auto-generated"
        assert letter.get_content_type() == "text/plain"
        assert f"{SITE}/penilaian/1/" in text_of(letter)

    def test_a_job_run_twice_sends_once(self, satker, smtp):
        notify([person(satker)], Kind.TASK, "Tugas baru.", "/")
        key = Mail.objects.get().pk

        deliver.func(key)
        deliver.func(key)

        assert len(smtp.letters) == 1

    def test_what_was_claimed_by_another_is_left_alone(self, satker, smtp):
        notify([person(satker)], Kind.TASK, "Tugas baru.", "/")
        Mail.objects.update(state=MailState.SENDING, tried_at=timezone.now())

        assert send_waiting() == 0
        assert smtp.letters == []
        assert states() == [(MailState.SENDING, 0)]

    def test_what_was_claimed_and_never_finished_is_given_up(self, satker, smtp):
        notify([person(satker)], Kind.TASK, "Tugas baru.", "/")
        long_ago = timezone.now() - timedelta(hours=2)
        Mail.objects.update(state=MailState.SENDING, tried_at=long_ago, tries=1)

        assert send_waiting() == 0
        assert states() == [(MailState.FAILED, 1)]
        assert smtp.letters == []

    def test_a_line_that_begins_with_a_dot_arrives(self, satker, smtp):
        notify([person(satker)], Kind.TASK, "Baris\n.titik", "/")

        send_waiting()

        assert "\n.titik" in text_of(smtp.letters[0]).replace("\r\n", "\n")

    @pytest.mark.parametrize("asked", ["RCPT", "DATA"])
    def test_refused_for_good(self, satker, smtp, asked):
        smtp.refusal, smtp.refused = "550 tidak dikenal", asked
        notify([person(satker)], Kind.TASK, "Tugas baru.", "/")

        assert send_waiting() == 0
        assert states() == [(MailState.FAILED, 1)]

    @pytest.mark.parametrize("asked", ["RCPT", "DATA"])
    def test_refused_for_now(self, satker, smtp, asked):
        smtp.refusal, smtp.refused = "451 coba lagi", asked
        notify([person(satker)], Kind.TASK, "Tugas baru.", "/")
        send_waiting()
        assert states() == [(MailState.WAITING, 1)]

        smtp.refusal = ""
        assert send_waiting() == 1
        assert states() == [(MailState.SENT, 2)]

    def test_refused_too_often(self, satker, smtp):
        smtp.refusal = "451 coba lagi"
        notify([person(satker)], Kind.TASK, "Tugas baru.", "/")

        for _ in range(MOST_TRIES + 1):
            send_waiting()

        assert states() == [(MailState.FAILED, MOST_TRIES)]

    @pytest.mark.parametrize("refusal", ["550 tidak dikenal", "451 coba lagi"])
    def test_one_refusal_does_not_keep_the_others_back(self, satker, smtp, refusal):
        refused, other = person(satker), person(satker, email="budi@contoh.example")
        notify([refused, other], Kind.TASK, "Tugas baru.", "/")
        smtp.refusal, smtp.refused = refusal, "RCPT TO:<siti"

        assert send_waiting() == 1
        assert [letter["To"] for letter in smtp.letters] == ["budi@contoh.example"]
        assert states()[1] == (MailState.SENT, 1)

    def test_a_sender_that_is_refused_costs_nobody_a_mail(self, satker, smtp):
        smtp.refusal, smtp.refused = "550 bukan dari sini", "MAIL"
        notify([person(satker), person(satker)], Kind.TASK, "Tugas baru.", "/")

        for _ in range(MOST_TRIES + 1):
            assert send_waiting() == 0
        assert states() == [(MailState.WAITING, 0)] * 2

        smtp.refusal = ""
        assert send_waiting() == 2


class TestJobs:
    NUMBER = 2 * SENT_AT_ONCE + 1

    @pytest.fixture
    def told(self, satker):
        made = [
            User(
                username=f"orang-{number}",
                name=f"Orang {number}",
                role=Role.OPERATOR,
                satker=satker,
                email=f"orang-{number}@contoh.example",
                mail_rhythm=MailRhythm.EACH,
            )
            for number in range(self.NUMBER)
        ]
        User.objects.bulk_create(made)
        return User.objects.filter(username__startswith="orang-")

    def test_everybody_gets_theirs(self, told, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True) as jobs:
            notify(told, Kind.TASK, "Tugas baru.", "/")

        assert len({letter.to[0] for letter in mail.outbox}) == len(mail.outbox) == self.NUMBER
        assert len(jobs) == 1

    def test_a_worker_takes_them_in_parts(self, told, settings, django_capture_on_commit_callbacks):
        settings.JOB_WORKER = True
        with django_capture_on_commit_callbacks(execute=True) as jobs:
            notify(told, Kind.TASK, "Tugas baru.", "/")

        assert len({letter.to[0] for letter in mail.outbox}) == len(mail.outbox) == self.NUMBER
        assert len(jobs) == 3

    def test_a_request_waits_once_for_a_server_that_is_silent(
        self, told, smtp, django_capture_on_commit_callbacks
    ):
        smtp.greeting = "421 tutup"
        with django_capture_on_commit_callbacks(execute=True):
            notify(told, Kind.TASK, "Tugas baru.", "/")

        assert smtp.calls == 1
        assert states() == [(MailState.WAITING, 0)] * self.NUMBER


class TestServerThatDoesNotSay:
    """It has the letter, and its answer never comes: whoever sent it again would send it twice."""

    def test_slower_than_anybody_waits(self, satker, smtp, settings):
        settings.EMAIL_TIMEOUT = 0.2
        smtp.slow = 0.5
        notify([person(satker)], Kind.TASK, "Tugas baru.", "/")

        for _ in range(2):
            assert "0 surel terkirim, 0 menunggu" in run()

        assert states() == [(MailState.SENDING, 1)]
        assert len(smtp.letters) == 1

    def test_a_line_that_drops(self, satker, smtp):
        smtp.hangs_up = True
        notify([person(satker), person(satker)], Kind.TASK, "Tugas baru.", "/")
        run()
        assert states() == [(MailState.SENDING, 1), (MailState.WAITING, 0)]

        smtp.hangs_up = False
        run()
        with time_machine.travel(timezone.now() + timedelta(minutes=61)):
            run()

        assert states() == [(MailState.FAILED, 1), (MailState.SENT, 1)]
        assert len(smtp.letters) == 2


class TestServerDown:
    @pytest.fixture
    def nobody(self, settings):
        """A port where nobody answers."""
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
            settings.EMAIL_HOST, settings.EMAIL_PORT = taken.getsockname()
            yield

    def test_the_act_stands_and_the_mail_waits(
        self, satker, nobody, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            notify([person(satker), person(satker)], Kind.TASK, "Tugas baru.", "/")

        assert Notice.objects.count() == 2
        assert states() == [(MailState.WAITING, 0)] * 2

    def test_goes_out_with_a_later_run(self, satker, nobody, settings):
        notify([person(satker)], Kind.TASK, "Tugas baru.", "/")
        assert "0 surel terkirim, 1 menunggu" in run()

        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        assert "1 surel terkirim, 0 menunggu" in run()
        assert len(mail.outbox) == 1

    def test_costs_nobody_a_mail(self, satker, nobody):
        notify([person(satker), person(satker)], Kind.TASK, "Tugas baru.", "/")

        for _ in range(MOST_TRIES + 1):
            run()

        assert states() == [(MailState.WAITING, 0)] * 2

    def test_what_is_no_news_any_more_is_given_up(self, satker, nobody):
        notify([person(satker)], Kind.TASK, "Tugas baru.", "/")

        with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
            assert "1 menunggu" in run()
        with time_machine.travel(timezone.now() + timedelta(days=7, hours=1)):
            assert "0 menunggu" in run()

        assert states() == [(MailState.FAILED, 0)]


def test_no_header_can_be_smuggled_in(satker, smtp):
    """Past the form: an address with a line end, and a text with one."""
    user = person(satker, email="siti@contoh.example\nBcc: lain@contoh.example")
    notify([user], Kind.TASK, "Tugas.\nBcc: lain@contoh.example", "/")

    send_waiting()

    assert smtp.letters == []
    assert states() == [(MailState.FAILED, 1)]
