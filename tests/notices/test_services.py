"""Telling people: once each, counted on the person's row, never half."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.models import Role, User
from accounts.services import set_active
from notices.enums import Kind
from notices.models import TEXT_LENGTH, Notice
from notices.services import News, mark_all_read, mark_read, notify, notify_all
from tests.factories import make_satker_tree, make_user

pytestmark = pytest.mark.django_db

AT = datetime(2026, 12, 1, 3, tzinfo=UTC)


@pytest.fixture
def satker():
    return make_satker_tree().satker


@pytest.fixture
def people(satker):
    return [make_user(satker), make_user(satker, Role.PIMPINAN)]


def unread(*people):
    """As stored, in the order given."""
    stored = User.objects.in_bulk([person.pk for person in people])
    return [stored[person.pk].unread_notices for person in people]


def texts(person):
    return list(Notice.objects.of(person).values_list("text", flat=True))


class TestNotify:
    def test_everybody_gets_a_notice_of_their_own(self, people):
        with time_machine.travel(AT, tick=False):
            notify(people, Kind.RETURNED, "Penilaian 2026 dikembalikan.", "/penilaian/")

        rows = Notice.objects.order_by("recipient_id").values_list(
            "recipient_id", "kind", "text", "url", "at", "read_at", "key"
        )
        told = ("dikembalikan", "Penilaian 2026 dikembalikan.", "/penilaian/", AT, None, "")
        assert list(rows) == [(person.pk, *told) for person in people]
        assert unread(*people) == [1, 1]

    def test_once_each_and_nobody_whose_account_is_closed(self, people):
        operator, head = people
        set_active(user=head, active=False, by=None)

        notify([operator, operator, head], Kind.TASK, "Tugas baru.", "/")

        assert (texts(operator), texts(head)) == (["Tugas baru."], [])
        assert unread(operator, head) == [1, 0]

    def test_nobody(self):
        notify([], Kind.TASK, "Tugas baru.", "/")

        assert not Notice.objects.exists()

    def test_a_long_text_is_cut(self, people):
        notify(people[:1], Kind.MENTION, "kata " * 300, "/")

        (text,) = texts(people[0])
        assert len(text) == TEXT_LENGTH
        assert text.endswith("…")

    @pytest.mark.parametrize(
        "url", ["https://lain.example/", "//lain.example/", "", "x", "/" * 2, "/" + "x" * 300]
    )
    def test_an_address_of_elsewhere_is_refused(self, people, url):
        with pytest.raises(ValueError, match=r"path|long"):
            notify(people, Kind.TASK, "Tugas baru.", url)

    def test_the_database_refuses_it_too(self, people):
        row = Notice(recipient=people[0], kind=Kind.TASK, text="x", url="//lain.example/", at=AT)

        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()

    def test_undone_with_the_act_it_tells_of(self, people):
        with transaction.atomic():
            notify(people, Kind.TASK, "Tugas baru.", "/")
            transaction.set_rollback(True)

        assert not Notice.objects.exists()
        assert unread(*people) == [0, 0]

    @pytest.mark.parametrize("number", [1, 3])
    def test_queries_do_not_depend_on_the_number_of_people(
        self, satker, django_assert_num_queries, number
    ):
        people = [make_user(satker) for _ in range(number)]

        with django_assert_num_queries(5):  # savepoint and its release, lock, insert, count
            notify(people, Kind.TASK, "Tugas baru.", "/")


class TestNotifyAll:
    def test_what_has_a_key_is_told_a_person_once(self, people):
        operator, head = people
        first = News([operator], Kind.REMINDER, "Tinggal 7 hari.", "/", key="batas:7")
        again = News(people, Kind.REMINDER, "Tinggal 7 hari.", "/", key="batas:7")

        assert notify_all([first]) == 1
        assert notify_all([again]) == 1
        assert notify_all([again]) == 0

        assert unread(operator, head) == [1, 1]

    def test_the_database_keeps_it(self, people):
        news = News(people, Kind.REMINDER, "Tinggal 7 hari.", "/", key="batas:7")
        notify_all([news])
        row = Notice.objects.first()
        row.pk = None

        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)

    @pytest.mark.parametrize("number", [1, 4])
    def test_many_things_at_once(self, people, django_assert_num_queries, number):
        news = [
            News(people, Kind.REMINDER, f"Hal {place}.", "/", key=f"hal:{place}")
            for place in range(number)
        ]

        with django_assert_num_queries(6):  # and what was told under those keys
            assert notify_all(news) == 2 * number

        assert unread(*people) == [number, number]


class TestReading:
    def test_one(self, people):
        operator, head = people
        notify(people, Kind.TASK, "Tugas baru.", "/")
        notify([operator], Kind.TASK, "Tugas lain.", "/")
        notice = Notice.objects.of(operator).first()

        with time_machine.travel(AT, tick=False):
            mark_read(user=operator, notice=notice)
        mark_read(user=operator, notice=notice)

        notice.refresh_from_db()
        assert notice.read_at == AT
        assert unread(operator, head) == [1, 1]

    def test_never_anothers(self, people):
        operator, head = people
        notify([operator], Kind.TASK, "Tugas baru.", "/")

        mark_read(user=head, notice=Notice.objects.get())

        assert Notice.objects.unread().count() == 1
        assert unread(operator, head) == [1, 0]

    def test_all(self, people):
        operator, head = people
        for _ in range(2):
            notify(people, Kind.TASK, "Tugas baru.", "/")

        assert mark_all_read(user=operator) == 2
        assert mark_all_read(user=operator) == 0

        assert unread(operator, head) == [0, 2]
        assert not Notice.objects.of(operator).unread().exists()
