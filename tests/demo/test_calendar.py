from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from common.dates import ZONES
from demo.calendar import Clock, plan_calendar

WIB = ZONES["WIB"]


def test_a_year_that_runs_keeps_its_own_calendar():
    calendar = plan_calendar(2026, datetime(2026, 7, 1, 9, tzinfo=WIB))

    assert calendar.opens_at == datetime(2026, 1, 1, tzinfo=WIB)
    assert calendar.fill_until == datetime(2026, 12, 31, 23, 59, 59, tzinfo=WIB)
    assert calendar.repair_until == datetime(2027, 1, 20, 23, 59, 59, tzinfo=WIB)
    assert calendar.review_until == datetime(2027, 1, 31, 23, 59, 59, tzinfo=WIB)


@pytest.mark.parametrize(
    ("year", "opens_at", "fill_until"),
    [
        (2024, (2024, 1, 1), (2026, 7, 31)),
        (2026, (2026, 1, 1), (2026, 12, 31)),
        (2030, (2026, 6, 1), (2030, 12, 31)),
    ],
)
def test_every_year_can_be_filled_in_today(year, opens_at, fill_until):
    calendar = plan_calendar(year, datetime(2026, 7, 1, 9, tzinfo=WIB))

    assert calendar.opens_at == datetime(*opens_at, tzinfo=WIB)
    assert calendar.fill_until == datetime(*fill_until, 23, 59, 59, tzinfo=WIB)


def test_the_first_days_of_a_year():
    now = datetime(2026, 1, 2, 9, tzinfo=WIB)

    calendar = plan_calendar(2026, now)

    assert calendar.opens_at == datetime(2025, 12, 3, tzinfo=WIB)
    assert calendar.fill_until > now + timedelta(days=30)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("days", [30, 320, 4000])
@pytest.mark.parametrize("hour", [0, 5, 12, 23])
def test_the_clock_goes_forward_and_never_past_today(zone, days, hour):
    now = datetime(2026, 11, 20, hour, 30, tzinfo=UTC)
    opens_at = now - timedelta(days=days)
    clock = Clock(Random(7), zone=zone, opens_at=opens_at, now=now)

    moments = []
    for percent in (0, 1, 40, 41, 41, 80, 99, 99, 100, 100):
        clock.go_to(percent)
        moments += [clock.tick() for _ in range(40)]

    assert opens_at < moments[0]
    assert moments == sorted(set(moments))
    assert moments[-1] < now


def test_the_clock_keeps_office_days():
    now = datetime(2026, 11, 20, 3, tzinfo=UTC)
    clock = Clock(Random(7), zone="WIT", opens_at=now - timedelta(days=300), now=now)

    for percent in range(1, 101):
        clock.go_to(percent)
        local = clock.tick().astimezone(ZONES["WIT"])
        assert local.weekday() < 5
        assert 8 <= local.hour < 15
