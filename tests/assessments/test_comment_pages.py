"""Threads on the area page and on their own: who may, what is shown, what is refused, the cost."""

import re
from uuid import uuid4

import pytest

from accounts.models import Role, User
from assessments.comment_page import TOPICS_SHOWN
from assessments.enums import Status
from assessments.models import COMMENT_LENGTH, Comment
from assessments.services.comments import resolve_comment, withdraw_comment
from notices.models import Notice
from tests.assessments.talk import CODE, act_url, area, locked, question_of, say, url
from tests.factories_assessments import (
    make_approved,
    make_assessment,
    make_centre,
    make_returned,
    make_satker,
    make_submitted,
    make_user,
    person,
)
from tests.walk import put_at

pytestmark = pytest.mark.django_db

SCRIPT = {"X-Requested-With": "fetch"}
OTHER = "A.I.1.ii.b"


@pytest.fixture
def sheet():
    return make_assessment()


@pytest.fixture
def operator(sheet):
    return person(Role.OPERATOR, sheet.satker)


@pytest.fixture
def head(sheet):
    return make_user(Role.PIMPINAN, sheet.satker, name="Budi Santoso")


@pytest.fixture
def client(client, operator):
    client.force_login(operator)
    return client


def block(text, code=CODE):
    """The thread below one card."""
    anchor = code.replace(".", "-")
    card = re.search(rf'<article [^>]*id="{anchor}".*?</article>', text, re.DOTALL).group()
    found = re.search(r'<details class="talk".*', card, re.DOTALL)
    return found.group() if found else ""


def summary(text, code=CODE):
    return re.search(r"<summary[^>]*>([^<]*)<", block(text, code)).group(1)


def texts():
    return list(Comment.objects.values_list("text", flat=True))


class TestWho:
    @pytest.mark.parametrize("status", Status)
    @pytest.mark.parametrize(
        ("role", "place", "expected"),
        [
            (Role.OPERATOR, "own", 200),
            (Role.PIMPINAN, "own", 200),
            (Role.OPERATOR, "other", 404),
            (Role.PIMPINAN, "other", 404),
            (Role.VERIFIKATOR, "kanwil", 403),
            (Role.KETUA, "kanwil", 403),
            (Role.OPERATOR, "kanwil", 404),
            (Role.ADMIN_PUSAT, "centre", 403),
            (Role.PEMANTAU, "centre", 403),
        ],
    )
    def test_reads_and_writes(self, client, sheet, operator, role, place, status, expected):
        comment = say(sheet, operator, "Rahasia satker")
        put_at(sheet, status)
        places = {
            "own": sheet.satker,
            "other": make_satker(),
            "kanwil": sheet.satker.verifier,
            "centre": make_centre(),
        }
        client.force_login(make_user(role, places[place]))

        answers = [
            client.get(url(sheet)),
            client.post(url(sheet), {"text": "Komentar lain"}, headers=SCRIPT),
            client.post(act_url(sheet, comment, "selesai"), headers=SCRIPT),
            client.post(act_url(sheet, comment, "buka"), headers=SCRIPT),
        ]

        assert [answer.status_code for answer in answers] == [expected] * 4
        assert Comment.objects.count() == (2 if expected == 200 else 1)
        seen = any("Rahasia satker" in answer.content.decode() for answer in answers)
        assert seen == (expected == 200)

    @pytest.mark.parametrize(("status", "expected"), [(Status.APPROVED, 403), (Status.DRAFT, 404)])
    def test_tpi_does_not(self, client, sheet, status, expected):
        put_at(sheet, status)
        client.force_login(make_user(Role.TPI))

        assert client.get(url(sheet)).status_code == expected

    @pytest.mark.parametrize("make", [make_submitted, make_returned, make_approved])
    def test_only_the_satker_finds_threads_on_the_area_page(self, client, make):
        sheet = make()
        say(sheet, person(Role.OPERATOR, sheet.satker), "Rahasia satker")
        shown = {}
        for role, place in (
            (Role.OPERATOR, sheet.satker),
            (Role.PIMPINAN, sheet.satker),
            (Role.KETUA, sheet.satker.verifier),
            (Role.ADMIN_PUSAT, make_centre()),
        ):
            client.force_login(person(role, place))
            text = client.get(area(sheet)).content.decode()
            shown[role] = ("Rahasia satker" in text, "talk" in text)

        assert shown == {
            Role.OPERATOR: (True, True),
            Role.PIMPINAN: (True, True),
            Role.KETUA: (False, False),
            Role.ADMIN_PUSAT: (False, False),
        }

    def test_taking_back_is_for_the_author(self, client, sheet, head):
        comment = say(sheet, head, "Punya pimpinan")

        assert client.post(act_url(sheet, comment, "tarik")).status_code == 403
        assert texts() == ["Punya pimpinan"]


class TestNotFound:
    def test_a_comment_of_another_question_or_assessment(self, client, sheet, operator):
        other = make_assessment(make_satker())
        stranger = say(other, person(Role.OPERATOR, other.satker), "Orang lain")
        own = say(sheet, operator, "Punya kami")
        answers = [
            client.post(act_url(sheet, stranger, "selesai")),
            client.post(act_url(sheet, own, "selesai", OTHER)),
            client.post(act_url(sheet, own, "hapus")),
            client.post(url(sheet), {"text": "Balasan", "balas": stranger.pk}),
            client.post(url(sheet, OTHER), {"text": "Balasan", "balas": own.pk}),
            client.get(url(sheet, "Z.9")),
        ]

        assert [answer.status_code for answer in answers] == [404] * 6
        assert texts() == ["Orang lain", "Punya kami"]

    def test_a_number_that_no_key_reaches(self, client, sheet):
        path = f"{url(sheet)}{'9' * 40}/selesai/"

        assert client.post(path).status_code == 404

    def test_acts_are_posted(self, client, sheet, operator):
        comment = say(sheet, operator, "Punya kami")

        assert client.get(act_url(sheet, comment, "selesai")).status_code == 405


class TestButtons:
    def test_each_says_which_comment_it_is_about(self, client, sheet, operator, head):
        say(sheet, operator, "Notulen belum ada")
        say(sheet, head, "x" * 900)
        say(sheet, operator, "Foto belum ada, juga daftar hadir rapat tim bulan Maret yang lalu")

        page = client.get(url(sheet)).content.decode()

        heard = re.findall(r">(\w+)<span class=\"unseen\"> ([^<]+)</span></(?:a|button)>", page)
        assert len(heard) == len(set(heard)) == 8
        assert ("Selesai", f"{operator.name}: Notulen belum ada") in heard
        long = f"{operator.name}: Foto belum ada, juga daftar hadir rapat tim …"
        assert ("Tarik", long) in heard
        assert ("Balas", f"{head.name}: {'x' * 59}…") in heard

    def test_a_comment_taken_back_is_not_read_out(self, client, sheet, operator, head):
        first = say(sheet, operator, "Rahasia kecil")
        say(sheet, head, "Sudah saya lihat", topic=first)
        withdraw_comment(
            assessment=locked(sheet), question=question_of(sheet), comment=first, by=operator
        )

        page = client.get(url(sheet)).content.decode()

        assert "Rahasia kecil" not in page
        assert f'Balas<span class="unseen"> {operator.name}, ' in page


class TestWriting:
    def test_without_script_the_page_shows_it(self, client, sheet):
        answer = client.post(url(sheet), {"text": "  Notulen di mana?\r\nDi lemari.  "})

        comment = Comment.objects.get()
        assert comment.text == "Notulen di mana?\nDi lemari."
        assert answer.status_code == 302
        assert answer["Location"] == f"{url(sheet)}#komentar-{comment.pk}"

    def test_a_script_gets_the_thread(self, client, sheet, operator, head):
        say(sheet, head, "Sudah ada yang menulis")

        answer = client.post(url(sheet), {"text": "Notulen?", "sebagian": "1"}, headers=SCRIPT)

        text = answer.content.decode()
        assert 'data-talk-answer="stored"' in text
        assert "Percakapan (2, 2 belum selesai)" in text
        assert text.index("Sudah ada yang menulis") < text.index("Notulen?")

    def test_a_repeat_after_a_lost_response(self, client, sheet, head):
        sent = {"text": f"@{head.username} lihat", "save_id": uuid4().hex}

        answers = [client.post(url(sheet), sent, headers=SCRIPT) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [200, 200]
        assert (Comment.objects.count(), Notice.objects.count()) == (1, 1)

    def test_an_answer(self, client, sheet, head):
        topic = say(sheet, head, "Notulen?")

        client.post(url(sheet), {"text": "Ada.", "balas": topic.pk})

        assert Comment.objects.get(text="Ada.").topic == topic

    def test_who_is_named_in_vain_is_told(self, client, sheet, head):
        sent = {"text": f"@{head.username} @budy <b>lihat"}

        page = client.post(url(sheet), sent, follow=True)
        fragment = client.post(url(sheet), sent, headers=SCRIPT)

        why = "Tidak ada orang bernama @budy di satker ini; tidak ada yang diberi kabar."
        assert page.content.decode().count(why) == 1
        assert f'data-nobody="{why}"' in fragment.content.decode()

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("", "Komentar masih kosong. Tulis sesuatu, lalu kirim."),
            (" \n ", "Komentar masih kosong. Tulis sesuatu, lalu kirim."),
            (
                "x" * (COMMENT_LENGTH + 1),
                "Komentar terlalu panjang: 2001 karakter, paling banyak 2000. "
                "Pendekkan, lalu kirim lagi.",
            ),
            ("a\x00b", "Karakter null tidak diizinkan."),
        ],
    )
    def test_what_is_refused_is_kept(self, client, sheet, head, text, why):
        topic = say(sheet, head, "Topik")
        sent = {"text": text, "balas": topic.pk}

        page = client.post(url(sheet), sent)
        fragment = client.post(url(sheet), sent, headers=SCRIPT)

        assert (page.status_code, fragment.status_code) == (422, 422)
        assert why in page.content.decode()
        assert f"\n{text}</textarea>" in page.content.decode()
        assert f'name="balas" value="{topic.pk}"' in page.content.decode()
        assert f'<div data-for="talk-error">{why}</div>' in fragment.content.decode()
        assert texts() == ["Topik"]

    def test_broken_characters(self, client, sheet):
        body = b"text=a%ED%A0%80b"

        answer = client.generic(
            "POST", url(sheet), body, content_type="application/x-www-form-urlencoded"
        )

        assert answer.status_code in {302, 422}
        assert all(text.isprintable() for text in texts())

    @pytest.mark.parametrize("fields", [{"save_id": "x"}, {"balas": "x"}, {"balas": "9" * 30}])
    def test_tampered_fields(self, client, sheet, fields):
        answer = client.post(url(sheet), {"text": "Isi"} | fields)

        assert answer.status_code == 422
        assert "\nIsi</textarea>" in answer.content.decode()

    def test_the_longest_is_stored(self, client, sheet):
        client.post(url(sheet), {"text": "ä\n" * (COMMENT_LENGTH // 2 - 1) + "ab"})

        assert len(Comment.objects.get().text) == COMMENT_LENGTH


class TestReading:
    def get(self, client, address):
        return client.get(address).content.decode()

    def test_nothing_yet(self, client, sheet):
        assert summary(self.get(client, area(sheet))) == "Mulai percakapan"
        assert "Belum ada percakapan" in self.get(client, url(sheet))

    def test_counted_without_what_was_withdrawn(self, client, sheet, operator, head):
        topic = say(sheet, operator, "Satu")
        say(sheet, head, "Balasan", topic=topic)
        done = say(sheet, head, "Dua")
        gone = say(sheet, operator, "Ditarik nanti")
        question = question_of(sheet)
        resolve_comment(assessment=locked(sheet), question=question, comment=done, by=operator)
        withdraw_comment(assessment=locked(sheet), question=question, comment=gone, by=operator)

        text = self.get(client, area(sheet))

        assert summary(text) == "Percakapan (3, 1 belum selesai)"
        assert summary(text, OTHER) == "Mulai percakapan"
        assert "Ditarik nanti" not in text + self.get(client, url(sheet))
        assert "Komentar ditarik oleh penulisnya." in block(text)

    def test_a_topic_that_lost_its_first_words_can_be_answered_and_finished(
        self, client, sheet, operator, head
    ):
        topic = say(sheet, operator, "Keliru")
        answer = say(sheet, head, "Benar begitu?", topic=topic)
        question = question_of(sheet)
        withdraw_comment(assessment=locked(sheet), question=question, comment=topic, by=operator)

        text = block(self.get(client, area(sheet)))
        assert f"/{topic.pk}/selesai/" in text
        assert f'data-answer="{topic.pk}"' in text

        withdraw_comment(assessment=locked(sheet), question=question, comment=answer, by=head)
        text = block(self.get(client, area(sheet)))
        assert "/selesai/" not in text
        assert "data-answer=" not in text

    def test_all_done(self, client, sheet, operator):
        topic = say(sheet, operator, "Satu")
        resolve_comment(
            assessment=locked(sheet), question=question_of(sheet), comment=topic, by=operator
        )

        assert summary(self.get(client, area(sheet))) == "Percakapan (1, selesai)"

    def test_text_is_text(self, client, sheet, operator, head):
        name = '<i>"Budi"&'
        User.objects.filter(pk=head.pk).update(name=name)
        say(sheet, operator, f"<b>&amp;</b>\nhttps://contoh.go.id @{head.username}<script>")

        for address in (area(sheet), url(sheet)):
            text = self.get(client, address)
            assert "&lt;b&gt;&amp;amp;&lt;/b&gt;\nhttps://contoh.go.id " in text
            assert ">@&lt;i&gt;&quot;Budi&quot;&amp;</b>&lt;script&gt;" in text
            assert name not in text
            assert 'href="https://contoh.go.id' not in text

    def test_a_long_thread_is_shortened(self, client, sheet, operator):
        topics = [say(sheet, operator, f"Topik {number}") for number in range(6)]
        for number in range(5):
            say(sheet, operator, f"Balasan {number}", topic=topics[0])
        for topic in topics[2:]:
            resolve_comment(
                assessment=locked(sheet), question=question_of(sheet), comment=topic, by=operator
            )

        short, whole = block(self.get(client, area(sheet))), self.get(client, url(sheet))

        assert TOPICS_SHOWN == 3
        assert re.findall(r">((?:Topik|Balasan) \d)<", short) == [
            *("Topik 0", "Balasan 3", "Balasan 4", "Topik 1", "Topik 5"),
        ]
        assert "3 balasan sebelumnya" in short
        assert "Lihat seluruh percakapan (11)" in short
        assert len(re.findall(r">((?:Topik|Balasan) \d)<", whole)) == 11

    def test_the_form_stands_outside_the_cards_own(self, client, sheet):
        """A form within a form is thrown away by the browser, and its fields are the outer's."""
        text = self.get(client, area(sheet))

        depth = 0
        for mark in re.findall(r"<(/?)form[ >]", text):
            depth += -1 if mark else 1
            assert depth in {0, 1}

    def test_people_once_on_the_page(self, client, sheet, operator, head):
        text = self.get(client, area(sheet))

        assert re.findall(r'data-username="([^"]*)"', text) == [
            each.username for each in sorted([operator, head], key=lambda each: each.name)
        ]

    def test_answering_without_script(self, client, sheet, head):
        topic = say(sheet, head, "Notulen?")

        text = self.get(client, f"{url(sheet)}?balas={topic.pk}")

        assert f'name="balas" value="{topic.pk}"' in text
        assert "Membalas Budi Santoso." in text
        assert 'name="balas" value=""' in self.get(client, f"{url(sheet)}?balas=x")


class TestActs:
    @pytest.mark.parametrize("scripted", [False, True])
    def test_resolved_twice_is_no_fault(self, client, sheet, operator, scripted):
        comment = say(sheet, operator, "Notulen?")
        headers = SCRIPT if scripted else {}

        answers = [
            client.post(act_url(sheet, comment, act), headers=headers).status_code
            for act in ("selesai", "selesai", "buka", "buka", "tarik", "tarik")
        ]

        assert answers == [200 if scripted else 302] * 6

    def test_too_late_is_said(self, client, sheet, operator, time_machine):
        comment = say(sheet, operator, "Notulen?")
        Comment.objects.update(at="2020-01-01T00:00:00Z")

        fragment = client.post(act_url(sheet, comment, "tarik"), headers=SCRIPT)
        page = client.post(act_url(sheet, comment, "tarik"), follow=True)

        why = "Komentar hanya dapat ditarik oleh penulisnya, dalam 24 jam sesudah dikirim."
        assert (fragment.status_code, why in fragment.content.decode()) == (422, True)
        assert why in page.content.decode()
        assert texts() == ["Notulen?"]
