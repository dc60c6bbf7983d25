"""Each step tells whom it concerns, where to go, and is told with the step or not at all."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from assessments.enums import Action
from assessments.errors import TransitionRefused
from assessments.services.extensions import extend
from assessments.services.lifecycle import approve, return_to_operator, submit
from assessments.services.periods import change_period
from common.dates import print_moment
from notices.enums import Kind
from notices.models import Notice
from prerequisites.services import Decree, save_grant
from tests.assessments.steps import head, make_ready, operator, take
from tests.factories_assessments import (
    judge,
    make_kanwil,
    make_period,
    make_returned,
    make_satker,
    make_submitted,
    make_user,
    person,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def strangers():
    """People who are never told: of a neighbour, of another Kanwil, of the centre."""
    other = make_kanwil("82", "Kanwil Provinsi Maluku Utara")
    return [
        make_user(Role.OPERATOR, make_satker()),
        make_user(Role.KETUA, other),
        make_user(Role.VERIFIKATOR),
        make_user(Role.ADMIN_PUSAT),
        make_user(Role.PEMANTAU, make_kanwil()),
        make_user(Role.OPERATOR, make_kanwil()),
    ]


def told(kind):
    """{username: (text, url)}"""
    rows = Notice.objects.filter(kind=kind).values_list("recipient__username", "text", "url")
    return {username: (text, url) for username, text, url in rows}


def detail(sheet):
    return reverse("assessments:detail", args=[sheet.pk])


def test_submission(strangers):
    sheet = make_ready()
    kanwil = sheet.satker.verifier
    reviewers = [make_user(Role.VERIFIKATOR, kanwil), make_user(Role.KETUA, kanwil)]
    sender = head(sheet)

    submit(assessment=sheet, by=sender)

    desk = reverse("assessments:desk", args=[sheet.pk])
    to_reviewers = (f"{sheet.satker.name} mengirim penilaian 2026.", desk)
    to_satker = (f"Penilaian 2026 dikirim oleh {sender.name}.", detail(sheet))
    assert told(Kind.SUBMITTED) == {
        **{each.username: to_reviewers for each in reviewers},
        operator(sheet).username: to_satker,
    }


def test_resubmission_says_so():
    sheet = make_returned()

    submit(assessment=sheet, by=head(sheet))

    chief = person(Role.KETUA, sheet.satker.verifier)
    text, _ = told(Kind.SUBMITTED)[chief.username]
    assert text == f"{sheet.satker.name} mengirim lagi penilaian 2026."


def test_of_a_kanwil_the_centre_is_told():
    kanwil = make_kanwil()
    sheet = make_ready(satker=kanwil)
    at_the_centre = make_user(Role.VERIFIKATOR)
    own = make_user(Role.VERIFIKATOR, kanwil)

    submit(assessment=sheet, by=head(sheet))

    assert at_the_centre.username in told(Kind.SUBMITTED)
    assert own.username not in told(Kind.SUBMITTED)


def test_return(strangers):
    sheet = make_returned()

    until = print_moment(sheet.period.repair_until, sheet.satker.zone)
    expected = (
        f"Penilaian 2026 dikembalikan. Perbaiki pertanyaan yang ditandai paling lambat {until}.",
        detail(sheet),
    )
    assert told(Kind.RETURNED) == {
        operator(sheet).username: expected,
        head(sheet).username: expected,
    }


def test_approval(strangers):
    sheet = make_submitted()
    judge(sheet)

    approve(assessment=sheet, by=person(Role.KETUA, sheet.satker.verifier))

    expected = ("Penilaian 2026 sudah disetujui.", detail(sheet))
    assert told(Kind.APPROVED) == {
        operator(sheet).username: expected,
        head(sheet).username: expected,
    }


def test_extension(strangers):
    sheet = make_ready()
    until = sheet.period.fill_until + timedelta(days=5)
    chief = make_user(Role.KETUA, sheet.satker.verifier)

    extend(assessment=sheet, until=until, reason="Banjir.", by=chief)

    text = f"Waktu penilaian 2026 diperpanjang sampai {print_moment(until, sheet.satker.zone)}."
    assert told(Kind.EXTENDED) == {operator(sheet).username: (text, detail(sheet))}


def test_nobody_is_told_of_a_refused_step():
    sheet = make_submitted()
    before = Notice.objects.count()
    chief = person(Role.KETUA, sheet.satker.verifier)

    with pytest.raises(TransitionRefused):
        return_to_operator(assessment=sheet, by=chief, note="")

    assert Notice.objects.count() == before


def test_telling_costs_a_submission_the_same_for_one_and_for_many():
    counts = []
    for number in (1, 4):
        sheet = make_ready()
        kanwil = sheet.satker.verifier
        for _ in range(number):
            make_user(Role.VERIFIKATOR, kanwil)
            make_user(Role.PIMPINAN, sheet.satker)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            take(Action.SUBMIT, sheet)
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert User.objects.filter(unread_notices__gt=0).count() > 4


def test_a_deadline_that_is_moved_for_all(strangers):
    draft, sent = make_ready(), make_submitted()
    unopened = make_user(Role.PIMPINAN, make_satker())
    period = draft.period
    until = period.fill_until + timedelta(days=5)

    change_period(period=period, changes={"fill_until": until}, by=None)

    text = f"Batas kirim penilaian 2026 sekarang {print_moment(until, 'WIB')}."
    reached = told(Kind.PERIOD)
    assert set(reached.values()) == {(text, "/penilaian/")}
    assert {operator(draft).username, unopened.username} <= set(reached)
    assert operator(sent).username not in reached


def test_only_whose_own_deadline_is_moved():
    """Of the repair, after the first deadline: who repairs is told, a draft and who has not begun
    are not."""
    returned = make_returned()
    draft = make_ready()
    unopened = make_user(Role.PIMPINAN, make_satker())
    extended = make_ready()
    period = draft.period
    now = timezone.now()
    chief = make_user(Role.KETUA, extended.satker.verifier)
    extend(assessment=extended, until=now + timedelta(days=80), reason="Banjir.", by=chief)
    Notice.objects.all().delete()

    later = period.repair_until + timedelta(days=3)
    change_period(period=period, changes={"repair_until": later}, by=None)

    text = f"Batas kirim penilaian 2026 sekarang {print_moment(later, 'WIB')}."
    who = {operator(returned).username, head(returned).username}
    assert told(Kind.PERIOD) == dict.fromkeys(who, (text, "/penilaian/"))

    until = period.fill_until + timedelta(days=1)
    change_period(period=period, changes={"fill_until": until}, by=None)
    reached = set(told(Kind.PERIOD))
    assert {operator(draft).username, unopened.username} <= reached
    assert operator(extended).username not in reached


def test_a_deadline_that_is_past_either_way_is_no_news(time_machine):
    draft = make_ready()
    make_user(Role.PIMPINAN, make_satker())
    period = draft.period
    time_machine.move_to(period.fill_until + timedelta(days=5))

    until = period.fill_until + timedelta(days=2)
    change_period(period=period, changes={"fill_until": until}, by=None)

    assert told(Kind.PERIOD) == {}


def test_a_moved_deadline_of_reviewers_is_no_news_to_satker():
    draft = make_ready()
    later = draft.period.review_until + timedelta(days=5)

    change_period(period=draft.period, changes={"review_until": later}, by=None)

    assert told(Kind.PERIOD) == {}


def test_a_period_that_has_not_begun_is_moved_in_silence():
    make_user(Role.PIMPINAN, make_satker())
    period = make_period(now=timezone.now() + timedelta(days=60))

    change_period(
        period=period, changes={"fill_until": period.fill_until + timedelta(days=1)}, by=None
    )

    assert told(Kind.PERIOD) == {}


def test_a_predikat():
    satker = make_satker()
    head_of_it = make_user(Role.PIMPINAN, satker)
    decree = Decree("WBK", "KEP-1", date(2024, 1, 5))

    grant = save_grant(satker=satker, decree=decree, by=None)
    save_grant(satker=satker, decree=decree, grant_id=grant.pk, seen_version=1, by=None)

    text = f"Predikat WBK {satker.name} dicatat."
    assert told(Kind.PREDIKAT) == {head_of_it.username: (text, "/penilaian/")}
    assert Notice.objects.count() == 1
