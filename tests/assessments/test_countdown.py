"""The time left, in the frame of the pages of a satker's people."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from assessments.enums import Status
from assessments.models import Assessment, Period
from assessments.services.extensions import extend
from tests.factories_assessments import (
    make_approved,
    make_assessment,
    make_centre,
    make_period,
    make_returned,
    make_satker,
    make_submitted,
    make_user,
    person,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LIBRARY = "/bukti/"
INBOX = "/kabar/"


def frame(client, url=INBOX):
    """The words of the countdown; "" where there is none."""
    found = re.search(r'<p class="countdown.*?</p>', client.get(url).content.decode(), re.DOTALL)
    return " ".join(re.sub(r"<.*?>", " ", found[0]).split()) if found else ""


@pytest.fixture
def draft():
    return make_assessment()


@pytest.fixture(autouse=True)
def _noon(time_machine):
    time_machine.move_to("2026-11-20T05:00:00+00:00", tick=False)


def sign_in(client, sheet, role=Role.OPERATOR):
    client.force_login(person(role, sheet.satker))


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.PIMPINAN])
@pytest.mark.parametrize("url", [LIBRARY, INBOX, "/kata-sandi/", "/penilaian/"])
def test_days(client, draft, role, url):
    sign_in(client, draft, role)

    expected = "Batas kirim 2026 30 hari lagi sampai 20 Desember 2026 pukul 12.00 WIB"
    assert frame(client, url) == expected


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(hours=5, minutes=10), "5 jam lagi sampai"),
        (timedelta(minutes=12), "12 menit lagi sampai"),
        (-timedelta(minutes=1), "sudah lewat sejak"),
    ],
)
def test_the_last_day_and_after(client, draft, time_machine, left, expected):
    time_machine.move_to(draft.period.fill_until - left, tick=False)
    sign_in(client, draft)

    assert f"Batas kirim 2026 {expected} 20 Desember 2026" in frame(client)
    assert "is-near" in client.get(INBOX).content.decode()


def test_right_at_once_after_an_extension(client, draft):
    sign_in(client, draft)
    frame(client)

    extend(
        assessment=draft,
        until=draft.period.fill_until + 5 * DAY,
        reason="Banjir.",
        by=make_user(Role.KETUA, draft.satker.verifier),
    )

    assert "35 hari lagi sampai 25 Desember 2026" in frame(client)


def test_after_a_return_the_repair_counts(client):
    sheet = make_returned()
    sign_in(client, sheet)

    assert "60 hari lagi sampai 19 Januari 2027" in frame(client)


def test_before_the_sheet_is_opened(client):
    make_period()
    client.force_login(make_user(Role.OPERATOR, make_satker()))

    assert "Batas kirim 2026 30 hari lagi" in frame(client)


@pytest.mark.parametrize("make", [make_submitted, make_approved])
def test_nothing_while_it_is_not_the_satkers_turn(client, make):
    sheet = make()
    sign_in(client, sheet)

    assert frame(client) == ""
    assert frame(client, reverse("assessments:score", args=[sheet.pk])) == ""


@pytest.mark.parametrize(
    "role", [Role.VERIFIKATOR, Role.KETUA, Role.TPI, Role.ADMIN_PUSAT, Role.PEMANTAU]
)
def test_nothing_for_others(client, draft, role):
    client.force_login(make_user(role))

    assert frame(client) == ""


def test_nothing_at_the_centre_which_fills_in_none(client, draft):
    client.force_login(make_user(Role.OPERATOR, make_centre()))

    assert frame(client) == ""


def test_nothing_without_a_period(client):
    client.force_login(make_user(Role.OPERATOR, make_satker()))

    assert frame(client) == ""


def test_said_once_on_pages_that_say_it_themselves(client, draft):
    sign_in(client, draft)

    for name, args in (("detail", []), ("area", ["1"])):
        url = reverse(f"assessments:{name}", args=[draft.pk, *args])
        assert frame(client, url) == ""
        assert "30 hari lagi" in client.get(url).content.decode()


def test_no_query_where_the_page_has_read_the_sheet(client, draft, django_assert_num_queries):
    """As many as before there was a countdown (tests of the page of the score)."""
    sign_in(client, draft)
    url = reverse("assessments:score", args=[draft.pk])
    assert "30 hari lagi" in frame(client, url)

    with django_assert_num_queries(4):
        client.get(url)


def two_periods(days):
    """A sheet of 2026 to repair in that many days, and 2027, open since yesterday for 330 days."""
    sheet = make_returned()
    now = timezone.now()
    Period.objects.update(
        opens_at=now - 300 * DAY,
        fill_until=now - 30 * DAY,
        repair_until=now + days * DAY,
        review_until=now + 40 * DAY,
    )
    Period.objects.create(
        year=2027,
        instrument=sheet.instrument,
        opens_at=now - DAY,
        fill_until=now + 330 * DAY,
        repair_until=now + 340 * DAY,
        review_until=now + 350 * DAY,
    )
    return sheet


@pytest.mark.parametrize("is_opened", [False, True])
@pytest.mark.parametrize("url", [LIBRARY, "/tugas/", "/tim/"])
def test_of_two_periods_the_nearest_deadline(client, url, is_opened):
    sheet = two_periods(days=2)
    if is_opened:
        make_assessment(sheet.satker, period=Period.objects.get(year=2027))
    sign_in(client, sheet)

    assert "Batas kirim 2026 2 hari lagi" in frame(client, url)


def test_of_two_periods_the_one_that_is_owed(client):
    sheet = two_periods(days=2)
    Assessment.objects.update(status=Status.SUBMITTED)
    sign_in(client, sheet)

    assert "Batas kirim 2027 330 hari lagi" in frame(client)


def test_of_two_periods_the_one_that_is_not_past(client):
    sheet = two_periods(days=-1)
    sign_in(client, sheet)

    assert "Batas kirim 2027 330 hari lagi" in frame(client)


def test_a_period_that_has_not_begun_is_not_owed(client, draft, time_machine):
    begun = make_period(2027, now=timezone.now() + 31 * DAY)  # opens tomorrow
    Period.objects.filter(pk=begun.pk).update(fill_until=timezone.now() + 5 * DAY)
    sign_in(client, draft)
    assert "Batas kirim 2026 30 hari lagi" in frame(client)

    Assessment.objects.all().update(
        status=Status.SUBMITTED, submitted_at=timezone.now(), submitted_by=draft.opened_by
    )
    assert frame(client) == ""


def test_the_last_years_sheet_does_not_hide_this_years(client, draft, time_machine):
    time_machine.move_to(draft.period.review_until + 30 * DAY, tick=False)
    make_period(2027)
    sign_in(client, draft)

    url = reverse("assessments:score", args=[draft.pk])
    assert "Batas kirim 2027 30 hari lagi" in frame(client, url)
