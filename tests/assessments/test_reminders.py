"""Reminders: who, on which day, once; caught up where a day was missed; in few queries."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from assessments.models import Answer, Assessment, Handling, Period
from assessments.services.extensions import extend
from assessments.services.handling import NewTask, give
from assessments.services.reminders import remind, step_due
from assessments.worksheet import load_worksheet
from common.dates import local
from notices.enums import Kind
from notices.models import Mail, Notice
from notices.services import mark_all_read, notify
from tests.factories_assessments import (
    attach,
    fill,
    make_approved,
    make_assessment,
    make_centre,
    make_kanwil,
    make_period,
    make_returned,
    make_satker,
    make_submitted,
    make_user,
    person,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def told(user):
    """What the person was reminded of, the earliest first."""
    rows = Notice.objects.of(user).filter(kind__in=[Kind.REMINDER, Kind.PERIOD])
    return list(rows.order_by("pk").values_list("text", flat=True))


def at(days, sheet_or_period):
    """That many days before the deadline."""
    until = getattr(sheet_or_period, "deadline", None) or sheet_or_period.fill_until
    return until - days * DAY - timedelta(minutes=1)


class TestStep:
    UNTIL = datetime(2026, 12, 31, 16, 59, tzinfo=UTC)  # 23.59 WIB

    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            ("2026-11-30", None), ("2026-12-01", 30), ("2026-12-04", 30), ("2026-12-05", None),
            ("2026-12-16", None), ("2026-12-17", 14), ("2026-12-20", 14), ("2026-12-21", None),
            ("2026-12-24", 7), ("2026-12-27", 7), ("2026-12-28", 3), ("2026-12-29", 3),
            ("2026-12-30", 1), ("2026-12-31", 0), ("2027-01-01", None),
        ],
    )  # fmt: skip
    def test_days(self, day, expected):
        now = datetime.fromisoformat(f"{day}T05:00:00+00:00")

        assert step_due(self.UNTIL, now, "WIB") == expected

    def test_the_zone_of_the_satker_decides_the_day(self):
        now = datetime(2026, 12, 30, 16, 30, tzinfo=UTC)  # 23.30 WIB, 01.30 WIT of the 31st

        assert step_due(self.UNTIL, now, "WIB") == 1
        # In WIT the deadline is 01.59 of 1 January.
        assert step_due(self.UNTIL, now, "WIT") == 1
        assert step_due(self.UNTIL, datetime(2026, 12, 31, 15, 30, tzinfo=UTC), "WIB") == 0
        assert step_due(self.UNTIL, datetime(2026, 12, 31, 15, 30, tzinfo=UTC), "WIT") == 0

    def test_nothing_when_it_is_past(self):
        assert step_due(self.UNTIL, self.UNTIL + timedelta(seconds=1), "WIB") is None
        assert step_due(self.UNTIL, self.UNTIL, "WIB") == 0


class TestSatker:
    def test_operator_and_head_of_a_draft(self):
        draft = make_assessment()
        operator = person(Role.OPERATOR, draft.satker)
        head = person(Role.PIMPINAN, draft.satker)

        assert remind(at(7, draft)) == 2

        (text,) = told(operator)
        assert told(head) == [text]
        assert text.startswith("Batas kirim penilaian 2026 tinggal 7 hari: ")
        assert Notice.objects.of(head).get().url == reverse("assessments:detail", args=[draft.pk])

    def test_every_step_once(self):
        draft = make_assessment()
        operator = person(Role.OPERATOR, draft.satker)
        days = [30, 29, 20, 14, 14, 13, 7, 3, 2, 1, 0, 0, -1]

        for each in days:
            remind(at(each, draft))

        lefts = [text.partition("2026 ")[2].partition(":")[0] for text in told(operator)]
        assert lefts == [
            *("tinggal 30 hari", "tinggal 14 hari", "tinggal 7 hari", "tinggal 3 hari"),
            *("besok", "hari ini"),
        ]

    def test_a_missed_day_is_caught_up_by_the_latest_step_with_the_true_number(self):
        draft = make_assessment()
        operator = person(Role.OPERATOR, draft.satker)

        remind(at(30, draft))
        remind(at(5, draft))  # 14 and 7 were missed

        assert [text.partition("2026 ")[2].partition(":")[0] for text in told(operator)] == [
            "tinggal 30 hari",
            "tinggal 5 hari",
        ]

    def test_who_has_not_opened_the_sheet(self):
        period, satker = make_period(), make_satker()
        operator = make_user(Role.OPERATOR, satker)

        remind(at(3, period))

        (text,) = told(operator)
        assert text.startswith("Penilaian 2026 belum dibuka dan batas kirimnya tinggal 3 hari: ")
        assert Notice.objects.get().url == "/penilaian/"

    def test_repairs_by_their_own_deadline(self):
        returned = make_returned()
        operator = person(Role.OPERATOR, returned.satker)

        remind(returned.period.fill_until - 7 * DAY)
        assert told(operator) == []

        remind(at(7, returned))
        assert told(operator)[0].startswith("Batas kirim perbaikan penilaian 2026 tinggal 7 hari")

    @pytest.mark.parametrize("make", [make_submitted, make_approved])
    def test_nobody_who_owes_nothing(self, make):
        sheet = make()

        for days in (7, 1):
            remind(sheet.period.fill_until - days * DAY)
            remind(sheet.period.repair_until - days * DAY)

        assert told(person(Role.OPERATOR, sheet.satker)) == []

    def test_an_extension_counts_and_is_reminded_anew(self):
        draft = make_assessment()
        operator = person(Role.OPERATOR, draft.satker)
        remind(at(7, draft))
        chief = make_user(Role.KETUA, draft.satker.verifier)
        extend(
            assessment=draft,
            until=draft.period.fill_until + 20 * DAY,
            reason="Banjir.",
            by=chief,
        )
        draft = Assessment.objects.get(pk=draft.pk)

        remind(draft.period.fill_until - DAY)
        assert len(told(operator)) == 1

        remind(at(7, draft))
        assert len(told(operator)) == 2

    def test_a_moved_period_counts(self):
        draft = make_assessment()
        operator = person(Role.OPERATOR, draft.satker)
        remind(at(7, draft))
        Period.objects.update(fill_until=draft.period.fill_until + 10 * DAY)

        remind(at(7, draft))  # 17 days before the new one

        assert len(told(operator)) == 1

    def test_closed_satker_and_the_centre_owe_nothing(self):
        period = make_period()
        closed = make_user(Role.OPERATOR, make_satker())
        closed.satker.active = False
        closed.satker.save(update_fields=["active"])
        centre = make_user(Role.OPERATOR, make_centre())

        remind(at(7, period))

        assert told(closed) == told(centre) == []

    def test_the_opening_of_a_period(self):
        period, satker = make_period(), make_satker()
        operator = make_user(Role.OPERATOR, satker)
        Period.objects.update(fill_until=period.fill_until + 20 * DAY)
        Period.objects.update(repair_until=period.repair_until + 20 * DAY)

        for days in (-1, 0, 1, 2, 4):
            remind(period.opens_at + days * DAY + timedelta(minutes=1))

        (text,) = told(operator)
        assert text.startswith("Penilaian 2026 dibuka; batas kirimnya ")

    @pytest.mark.parametrize(("late", "number"), [(3 * DAY, 0), (3 * DAY - timedelta(hours=1), 1)])
    def test_the_opening_is_no_news_for_ever(self, late, number):
        period, satker = make_period(), make_satker()
        operator = make_user(Role.OPERATOR, satker)
        Period.objects.update(
            fill_until=period.fill_until + 60 * DAY, repair_until=period.repair_until + 60 * DAY
        )

        remind(period.opens_at + late)

        assert len(told(operator)) == number


class TestTasks:
    @pytest.fixture
    def sheet(self):
        made = make_assessment(answers={"A.I.1.i.a": "Ya"})
        return Assessment.objects.with_place().get(pk=made.pk)

    @pytest.fixture
    def member(self, sheet):
        return make_user(Role.OPERATOR, sheet.satker)

    def give(self, sheet, member, days, *codes):
        by_code = load_worksheet(sheet.instrument_id).by_code
        due = local(timezone.now(), sheet.satker.zone).date() + days * DAY
        head = person(Role.PIMPINAN, sheet.satker)
        questions = [by_code[code] for code in codes]
        give(assessment=sheet, questions=questions, task=NewTask(member.pk, due), by=head)

    def told(self, member):
        rows = Notice.objects.of(member).filter(kind=Kind.TASK, text__contains="belum selesai")
        return list(rows.order_by("pk").values_list("text", flat=True))

    def test_what_is_open_yet_once_a_step(self, sheet, member):
        attach(sheet, "A.I.1.i.a")
        self.give(sheet, member, 4, "A.I.1.i.a", "A.I.1.i.b", "A.I.1.ii.a")
        now = timezone.now()
        for days in (0, 1, 1, 3, 4, 5):
            remind(now + days * DAY)

        assert self.told(member) == [
            "2 tugas Anda belum selesai, tenggatnya tinggal 3 hari.",
            "2 tugas Anda belum selesai, tenggatnya besok.",
            "2 tugas Anda belum selesai, tenggatnya hari ini.",
        ]

    def test_nobody_whose_task_is_done_or_gone(self, sheet, member):
        attach(sheet, "A.I.1.i.a")
        self.give(sheet, member, 1, "A.I.1.i.a")
        self.give(sheet, member, 1, "A.I.1.i.b")
        head = person(Role.PIMPINAN, sheet.satker)
        question = load_worksheet(sheet.instrument_id).by_code["A.I.1.i.b"]
        give(assessment=sheet, questions=[question], task=NewTask(None), by=head)

        remind(timezone.now())

        assert self.told(member) == []

    def test_nothing_after_its_day(self, sheet, member):
        """Where the day itself was missed."""
        self.give(sheet, member, 1, "A.I.1.i.b")

        remind(timezone.now() + 2 * DAY)

        assert self.told(member) == []

    def test_an_answer_that_was_cleared_is_owed_again(self, sheet, member):
        attach(sheet, "A.I.1.i.a")
        self.give(sheet, member, 1, "A.I.1.i.a")
        Answer.objects.update(entered={})
        remind(timezone.now())
        assert len(self.told(member)) == 1

    @pytest.mark.parametrize(
        ("answers", "files"),
        [({"A.II.1.i.a.n1": 3}, ["A.II.1.i.a"]), ({"A.II.1.i.a.n1": 3, "A.II.1.i.a.n2": 3}, [])],
    )
    def test_what_is_answered_in_part_or_without_evidence_is_owed(
        self, sheet, member, answers, files
    ):
        fill(sheet, answers)
        attach(sheet, *files)
        self.give(sheet, member, 1, "A.II.1.i.a")

        remind(timezone.now())

        assert self.told(member) == ["1 tugas Anda belum selesai, tenggatnya besok."]

    def test_after_a_return_what_was_not_repaired_since(self):
        sheet = make_returned(lower={"A.I.1.i.b": {"value": "C"}, "A.I.1.ii.b": {"value": "C"}})
        member = make_user(Role.OPERATOR, sheet.satker)
        self.give(sheet, member, 1, "A.I.1.i.b", "A.I.1.ii.b")
        closed = load_worksheet(sheet.instrument_id).by_code["A.I.1.i.a"]
        row = Handling.objects.first()
        row.pk, row.question_id = None, closed.pk  # given before it was sent
        row.save()
        fill(sheet, {"A.I.1.i.b": "B"})

        remind(timezone.now())

        assert self.told(member) == ["1 tugas Anda belum selesai, tenggatnya besok."]

    def test_the_day_of_the_satker_late_in_the_evening(self, time_machine):
        time_machine.move_to("2026-11-20T15:30:00+00:00", tick=False)  # 22.30 WIB, 00.30 WIT
        satker = make_satker(make_kanwil("82", "Kanwil Provinsi Maluku Utara"))
        sheet = Assessment.objects.with_place().get(pk=make_assessment(satker).pk)
        member = make_user(Role.OPERATOR, satker)
        self.give(sheet, member, 3, "A.I.1.i.a")
        self.give(sheet, member, 0, "A.I.1.i.b")

        remind(timezone.now())

        assert sorted(self.told(member)) == [
            "1 tugas Anda belum selesai, tenggatnya hari ini.",
            "1 tugas Anda belum selesai, tenggatnya tinggal 3 hari.",
        ]

    @pytest.mark.parametrize("number", [1, 3])
    def test_queries(self, number, django_assert_num_queries):
        for _ in range(number):
            sheet = Assessment.objects.with_place().get(pk=make_assessment().pk)
            member = make_user(Role.OPERATOR, sheet.satker)
            self.give(sheet, member, 1, *["A.I.1.i.a", "A.I.1.i.b"][:number])

        with django_assert_num_queries(17):  # four of them begin and end transactions
            remind(timezone.now())
        assert Notice.objects.filter(text__contains="belum selesai").count() == number

    def test_nobody_with_another_role_now(self, sheet, member):
        self.give(sheet, member, 1, "A.I.1.i.b")
        User.objects.filter(pk=member.pk).update(role=Role.VERIFIKATOR)
        remind(timezone.now())
        assert self.told(member) == []

    def test_nobody_who_left(self, sheet, member):
        self.give(sheet, member, 1, "A.I.1.i.b")
        User.objects.filter(pk=member.pk).update(satker=make_satker())
        remind(timezone.now())
        assert self.told(member) == []


class TestReviewers:
    def test_what_waits_after_the_first_deadline(self):
        sheet = make_submitted()
        make_submitted(make_satker(sheet.satker.verifier))
        chief = make_user(Role.KETUA, sheet.satker.verifier)
        other = make_user(Role.KETUA, make_kanwil("82", "Kanwil Provinsi Maluku Utara"))
        until = sheet.period.review_until

        for days in (7, 7, 3):
            remind(until - days * DAY - timedelta(minutes=1))

        first, second = told(chief)
        assert first.startswith("2 penilaian 2026 menunggu verifikasi dan batasnya tinggal 7 hari")
        assert "tinggal 3 hari" in second
        assert told(other) == []

    def test_nothing_before_it(self):
        sheet = make_submitted()
        Period.objects.update(
            review_until=sheet.period.fill_until + DAY, repair_until=sheet.period.fill_until + DAY
        )
        chief = make_user(Role.KETUA, sheet.satker.verifier)

        remind(sheet.period.fill_until - timedelta(minutes=5))

        assert told(chief) == []

    def test_nothing_where_nothing_waits(self):
        sheet = make_approved()
        chief = make_user(Role.KETUA, sheet.satker.verifier)

        remind(sheet.period.review_until - 7 * DAY)

        assert told(chief) == []


@pytest.mark.parametrize("number", [1, 4])
def test_queries_do_not_grow_with_the_satker(django_assert_num_queries, number):
    period = make_period()
    for _ in range(number):
        draft = make_assessment()
        make_user(Role.PIMPINAN, draft.satker)
        make_user(Role.OPERATOR, make_satker())

    with django_assert_num_queries(13):  # four of them begin and end transactions
        assert remind(at(7, period)) == 3 * number


class TestCommand:
    def run(self, **options):
        printed = io.StringIO()
        call_command("remind", stdout=printed, **options)
        return printed.getvalue()

    def test_twice(self):
        draft = make_assessment()
        day = at(7, draft).isoformat()

        assert self.run(now=day) == "1 pengingat dibuat, 0 kabar lama dihapus.\n"
        assert self.run(now=day) == "0 pengingat dibuat, 0 kabar lama dihapus.\n"

    def test_deletes_what_was_read_long_ago(self):
        reader, other = make_user(Role.TPI), make_user(Role.TPI)
        notify([reader, other], Kind.TASK, "Tugas.", "/")
        mark_all_read(user=reader)

        assert "0 kabar lama" in self.run(now=(timezone.now() + 364 * DAY).isoformat())
        assert "1 kabar lama" in self.run(now=(timezone.now() + 366 * DAY).isoformat())
        assert [notice.recipient_id for notice in Notice.objects.all()] == [other.pk]

    def test_deletes_mails_of_long_ago(self):
        reader = make_user(Role.TPI)
        User.objects.filter(pk=reader.pk).update(email="a@contoh.example", mail_rhythm="setiap")
        notify([User.objects.get(pk=reader.pk)], Kind.TASK, "Tugas.", "/")
        made_at = Mail.objects.get().made_at

        self.run(now=(made_at + 364 * DAY).isoformat())
        assert Mail.objects.exists()
        self.run(now=(made_at + 366 * DAY).isoformat())
        assert not Mail.objects.exists()
        assert Notice.objects.get().mail is None

    @pytest.mark.parametrize("now", ["besok", "2026-13-01", "2026-12-24T25:00", ""])
    def test_what_is_no_moment(self, now):
        with pytest.raises(CommandError, match="bukan tanggal"):
            self.run(now=now)
