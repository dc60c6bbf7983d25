"""What is stored when people of a satker talk: written, mentioned, resolved, taken back."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Role, User
from assessments.comment_state import open_mentions
from assessments.errors import CommentRefused
from assessments.mentions import Mention, find_mentions, unknown_names, with_names, with_usernames
from assessments.models import Comment, CommentMention
from assessments.permissions import WITHDRAW_WITHIN
from assessments.services.comments import reopen_comment, resolve_comment, withdraw_comment
from audit.models import Event
from notices.enums import Kind
from notices.models import Notice
from tests.assessments.talk import CODE, locked, question_of, say, url
from tests.factories_assessments import make_assessment, make_satker, make_user, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet():
    return make_assessment()


@pytest.fixture
def operator(sheet):
    return person(Role.OPERATOR, sheet.satker, name="Siti Aminah")


@pytest.fixture
def head(sheet):
    return make_user(Role.PIMPINAN, sheet.satker, name="Budi Santoso")


def do(act, sheet, comment, by):
    with transaction.atomic():
        act(assessment=locked(sheet), question=question_of(sheet), comment=comment, by=by)
    comment.refresh_from_db()


def events(sheet):
    rows = Event.objects.filter(chain=sheet.audit_chain, action__startswith="komentar")
    return [(row.action, row.subject, row.by_id, row.before, row.after) for row in rows]


class TestWriting:
    def test_the_comment_and_its_event(self, sheet, operator):
        comment = say(sheet, operator, "Notulen di mana?")

        assert (comment.text, comment.by, comment.topic) == ("Notulen di mana?", operator, None)
        told = json.dumps(
            {"id": comment.pk, "text": "Notulen di mana?"}, separators=(",", ":"), sort_keys=True
        )
        assert events(sheet) == [("komentar", CODE, operator.pk, "", told)]

    def test_an_answer_to_an_answer_belongs_to_the_topic(self, sheet, operator, head):
        topic = say(sheet, operator, "Notulen di mana?")
        answer = say(sheet, head, "Di lemari.", topic=topic)

        again = say(sheet, operator, "Terima kasih.", topic=answer)

        assert again.topic == topic

    def test_two_at_once_are_both_kept(self, sheet, operator, head):
        say(sheet, operator, "Sama")
        say(sheet, head, "Sama")

        assert Comment.objects.count() == 2

    def test_a_repeat_adds_nothing(self, sheet, operator, head):
        key = uuid4()
        first = say(sheet, operator, f"@{head.username} lihat ini", save_id=key)

        again = say(sheet, operator, f"@{head.username} lihat ini", save_id=key)

        assert again == first
        assert (Comment.objects.count(), len(events(sheet)), Notice.objects.count()) == (1, 1, 1)

    def test_another_text_from_a_page_gone_back_to_is_kept(self, sheet, operator):
        key = uuid4()
        say(sheet, operator, "Pertama", save_id=key)

        say(sheet, operator, "Kedua", save_id=key)

        assert list(Comment.objects.values_list("text", "save_id")) == [
            ("Pertama", key),
            ("Kedua", None),
        ]

    def test_the_same_text_elsewhere_is_no_repeat(self, sheet, operator):
        key = uuid4()
        topic = say(sheet, operator, "Pertama")
        say(sheet, operator, "Sudah.", save_id=key)

        answer = say(sheet, operator, "Sudah.", topic=topic, save_id=key)

        assert answer.topic == topic
        assert Comment.objects.filter(text="Sudah.").count() == 2

    def test_the_same_id_of_another_person_is_their_own(self, sheet, operator, head):
        key = uuid4()
        say(sheet, operator, "Sama", save_id=key)

        assert say(sheet, head, "Sama", save_id=key).save_id == key


class TestMentions:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("@ani", [(0, 4, "ani")]),
            ("tolong @Ani.", [(7, 11, "ani")]),
            ("(@ani) dan @ani-2, @ani", [(1, 5, "ani"), (11, 17, "ani-2"), (19, 23, "ani")]),
            ("surel ani@ani.id, @@ani, @tak-ada, @anita", []),
            ("@ani\u0000", [(0, 4, "ani")]),
            ("@", []),
            ("", []),
        ],
    )
    def test_names_in_a_text(self, text, found):
        assert [*find_mentions(text, {"ani", "ani-2"})] == [Mention(*each) for each in found]

    @pytest.mark.parametrize(
        ("text", "stored"),
        [
            ("@Nur Handayani mohon cek", "@nur mohon cek"),
            ("@NUR HANDAYANI, @budi.", "@nur, @budi."),
            ("@Nur Handayanita", "@Nur Handayanita"),
            ("surel@Nur Handayani", "surel@Nur Handayani"),
            ("@Ali saja", "@Ali saja"),  # there are two of them
            ("@Nur (a+b)", "@regex"),
            ("@siti-aminah dan @Siti.", "@siti-aminah dan @s2."),
            ("@Siti-siti, @Siti.id", "@Siti-siti, @Siti.id"),
            ("@Ali Akbar", "@Ali Akbar"),  # two again; and not the one who is Ali alone
        ],
    )
    def test_a_name_typed_out_is_its_account(self, text, stored):
        names = {"nur": "Nur Handayani", "budi": "Budi", "ali1": "Ali", "ali2": "ALI"}
        names |= {"siti-aminah": "Siti Aminah", "s2": "Siti", "regex": "Nur (a+b)"}
        names |= {"ali4": "Ali Akbar", "ali5": "Ali Akbar"}
        assert with_usernames(text, names) == stored

    def test_of_two_with_a_longer_name_it_is_neither_nor_a_third(self):
        names = {"ali3": "Ali", "ali4": "Ali Akbar", "ali5": "Ali Akbar"}
        assert with_usernames("@Ali Akbar, @Ali", names) == "@Ali Akbar, @ali3"

    def test_who_is_named_in_vain(self):
        text = "@ani, @Budi. @budi @tak-ada! ani@ani.id @"
        assert unknown_names(text, {"ani"}) == ["Budi", "budi", "tak-ada"]

    def test_usernames_read_as_names(self):
        text = with_names("@ani, @ani-2: a@ani.id", {"ani": "Ani Rahma", "ani-2": "Ani"})
        assert text == "@Ani Rahma, @Ani: a@ani.id"

    def test_a_text_that_grows_too_long_is_refused(self, sheet, operator, head):
        head.name = "Budi"
        head.save()

        with pytest.raises(CommentRefused, match="paling banyak 2000"):
            say(sheet, operator, "@Budi " * 300)

        assert not Comment.objects.exists()

    def test_a_person_named_in_full_is_told(self, sheet, operator, head):
        comment = say(sheet, operator, "@budi santoso mohon dicek")

        assert comment.mentioned == head.username
        assert Notice.objects.filter(recipient=head, kind=Kind.MENTION).count() == 1

    def test_who_is_mentioned_is_told_once(self, sheet, operator, head):
        comment = say(sheet, operator, f"@{head.username}, @{head.username.upper()}: periksa.")

        assert comment.mentioned == head.username
        assert [each.person for each in comment.mentions.all()] == [head]
        notice = Notice.objects.get()
        assert (notice.recipient, notice.kind) == (head, Kind.MENTION)
        assert notice.text == f"{operator.name} menyebut Anda dalam percakapan {CODE}."
        assert notice.url == f"{url(sheet)}#komentar-{comment.pk}"

    def test_strangers_and_the_unknown_are_text(self, sheet, operator):
        stranger = make_user(Role.PIMPINAN, make_satker())
        reviewer = make_user(Role.KETUA, sheet.satker.verifier)
        gone = make_user(Role.OPERATOR, sheet.satker)
        User.objects.filter(pk=gone.pk).update(is_active=False)
        names = [stranger.username, reviewer.username, gone.username, "tidak-ada"]

        comment = say(sheet, operator, " ".join(f"@{name}" for name in names))

        assert comment.mentioned == ""
        assert (CommentMention.objects.count(), Notice.objects.count()) == (0, 0)

    def test_naming_oneself_tells_nobody(self, sheet, operator):
        say(sheet, operator, f"Catatan untuk @{operator.username}")

        assert (CommentMention.objects.count(), Notice.objects.count()) == (0, 0)

    def test_an_answer_tells_the_author_of_the_topic(self, sheet, operator, head):
        topic = say(sheet, operator, "Notulen di mana?")

        say(sheet, head, "Di lemari.", topic=topic)
        say(sheet, operator, "Terima kasih.", topic=topic)

        notice = Notice.objects.get()
        assert (notice.recipient, notice.kind) == (operator, Kind.COMMENT)
        assert notice.text == f"{head.name} membalas Anda dalam percakapan {CODE}."


class TestResolving:
    def test_done_and_open_again(self, sheet, operator, head):
        topic = say(sheet, operator, "Notulen di mana?")

        do(resolve_comment, sheet, topic, head)
        done = (topic.done_by, topic.done_at is not None)
        do(reopen_comment, sheet, topic, operator)

        assert done == (head, True)
        assert (topic.done_by, topic.done_at) == (None, None)
        told = json.dumps({"id": topic.pk}, separators=(",", ":"))
        assert events(sheet)[1:] == [
            ("komentar_selesai", CODE, head.pk, "", told),
            ("komentar_dibuka", CODE, operator.pk, "", told),
        ]

    def test_twice_changes_nothing(self, sheet, operator, head):
        topic = say(sheet, operator, "Notulen di mana?")
        do(resolve_comment, sheet, topic, head)
        at = topic.done_at

        do(resolve_comment, sheet, topic, operator)

        assert (topic.done_by, topic.done_at, len(events(sheet))) == (head, at, 2)
        do(reopen_comment, sheet, topic, operator)
        do(reopen_comment, sheet, topic, operator)
        assert len(events(sheet)) == 3

    def test_an_answer_and_what_was_withdrawn_are_not_resolved(self, sheet, operator):
        topic = say(sheet, operator, "Notulen di mana?")
        answer = say(sheet, operator, "Sudah ada.", topic=topic)
        for comment in (topic, answer):
            do(withdraw_comment, sheet, comment, operator)

        for comment in (topic, answer):
            with pytest.raises(CommentRefused):
                do(resolve_comment, sheet, comment, operator)

    def test_a_topic_whose_first_words_were_withdrawn_is_finished_by_its_answers(
        self, sheet, operator, head
    ):
        topic = say(sheet, operator, "Keliru")
        say(sheet, operator, f"Yang benar: @{head.username} cek.", topic=topic)
        do(withdraw_comment, sheet, topic, operator)

        do(resolve_comment, sheet, topic, head)

        assert topic.done_by == head
        assert open_mentions(head) == []


class TestWithdrawing:
    def test_the_text_goes_and_the_row_stays(self, sheet, operator, head):
        comment = say(sheet, operator, f"@{head.username} keliru")

        do(withdraw_comment, sheet, comment, operator)
        do(withdraw_comment, sheet, comment, operator)

        assert (comment.text, comment.mentioned, comment.mentions.count()) == ("", "", 0)
        assert comment.withdrawn_at is not None
        actions = [action for action, *_ in events(sheet)]
        assert actions == ["komentar", "komentar_ditarik"]
        assert "keliru" in events(sheet)[1][3]

    @pytest.mark.parametrize(("late", "refused"), [(0, False), (1, True)])
    def test_for_a_day(self, sheet, operator, time_machine, late, refused):
        comment = say(sheet, operator, "Keliru")
        time_machine.move_to(
            comment.at + WITHDRAW_WITHIN + timedelta(microseconds=late), tick=False
        )

        if refused:
            with pytest.raises(CommentRefused):
                do(withdraw_comment, sheet, comment, operator)
        else:
            do(withdraw_comment, sheet, comment, operator)

        comment.refresh_from_db()
        assert (comment.withdrawn_at is None) == refused

    def test_nobody_elses(self, sheet, operator, head):
        comment = say(sheet, operator, "Punya operator")

        with pytest.raises(CommentRefused):
            do(withdraw_comment, sheet, comment, head)


class TestWhatTheDatabaseRefuses:
    @pytest.mark.parametrize(
        "fields",
        [
            {"text": ""},
            {"text": "Masih ada", "withdrawn_at": timezone.now()},
            {"text": "Isi", "done_at": timezone.now()},
        ],
    )
    def test_it(self, sheet, operator, fields):
        with pytest.raises(IntegrityError), transaction.atomic():
            Comment.objects.create(
                assessment=sheet,
                question_id=question_of(sheet).pk,
                by=operator,
                at=timezone.now(),
                **fields,
            )


class TestOpenMentions:
    @pytest.fixture
    def topic(self, sheet, operator, head):
        return say(sheet, operator, f"@{head.username} periksa")

    def texts(self, user):
        return [row.text for row in open_mentions(user)]

    def test_what_waits(self, sheet, topic, operator, head, django_assert_num_queries):
        say(sheet, operator, f"Juga ini @{head.username}", topic=topic)

        with django_assert_num_queries(2):
            rows = open_mentions(head)

        assert [(row.text, row.code, row.author) for row in rows] == [
            ("Juga ini @Budi Santoso", CODE, operator.name),
            ("@Budi Santoso periksa", CODE, operator.name),
        ]
        assert rows[1].url == f"{url(sheet)}#komentar-{topic.pk}"
        assert open_mentions(operator) == []

    def test_until_the_topic_is_resolved(self, sheet, topic, operator, head):
        say(sheet, operator, f"Juga ini @{head.username}", topic=topic)

        do(resolve_comment, sheet, topic, operator)

        assert self.texts(head) == []

    def test_until_the_person_has_written_in_it(self, sheet, topic, operator, head):
        say(sheet, head, "Topik lain")
        waiting = self.texts(head)
        say(sheet, head, "Sudah.", topic=topic)
        answered = self.texts(head)
        say(sheet, operator, f"Belum, @{head.username}", topic=topic)

        assert (len(waiting), answered) == (1, [])
        assert self.texts(head) == ["Belum, @Budi Santoso"]

    def test_not_what_was_withdrawn_and_not_after_moving(self, sheet, topic, operator, head):
        User.objects.filter(pk=head.pk).update(satker=make_satker())
        moved = self.texts(User.objects.get(pk=head.pk))
        User.objects.filter(pk=head.pk).update(satker=sheet.satker)
        do(withdraw_comment, sheet, topic, operator)

        assert (moved, self.texts(User.objects.get(pk=head.pk))) == ([], [])
