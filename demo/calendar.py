"""When things happen in the example: the period's deadlines, and a clock that keeps office hours.

The calendar of a year is that of KMA 186/2017 (self-assessment by 31 December, on to TPI by
31 January), moved where it would leave nothing to try out today.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from common.dates import ZONES

OPEN_FOR = timedelta(days=30)  # at least, before and after today
REPAIR_AFTER = timedelta(days=20)  # after the first deadline
REVIEW_AFTER = timedelta(days=31)

_OFFICE_OPENS = 8
_LATEST_START = 13
_MARGIN = timedelta(days=1, hours=12)  # the last session begins this long before now


@dataclass(frozen=True, slots=True)
class Calendar:
    """The four instants of a period."""

    opens_at: datetime
    fill_until: datetime
    repair_until: datetime
    review_until: datetime


def plan_calendar(year: int, now: datetime) -> Calendar:
    """The year's own calendar in WIB, stretched so that the period has run for a month and is
    open for another."""
    wib = ZONES["WIB"]
    new_year = datetime(year, 1, 1, tzinfo=wib)
    last_second = datetime(year, 12, 31, 23, 59, 59, tzinfo=wib)
    soonest = (now + OPEN_FOR).astimezone(wib).replace(hour=23, minute=59, second=59, microsecond=0)
    before = (now - OPEN_FOR).astimezone(wib).replace(hour=0, minute=0, second=0, microsecond=0)
    fill_until = max(last_second, soonest)
    return Calendar(
        opens_at=min(new_year, before),
        fill_until=fill_until,
        repair_until=fill_until + REPAIR_AFTER,
        review_until=fill_until + REVIEW_AFTER,
    )


class Clock:
    """Moments of one assessment's life, each later than the one before, all before `now`."""

    def __init__(self, rng: Random, *, zone: str, opens_at: datetime, now: datetime) -> None:
        self._rng = rng
        self._zone = ZONES[zone]
        self._opens_at = opens_at
        self._span = now - opens_at - _MARGIN
        self._at = opens_at

    def go_to(self, percent: int) -> None:
        """A morning at that part of the time from the opening until today, 0 to 100; never a
        weekend, never back."""
        day = (self._opens_at + self._span * percent / 100).astimezone(self._zone)
        day -= timedelta(days=max(0, day.weekday() - 4))
        start = day.replace(
            hour=self._rng.randint(_OFFICE_OPENS, _LATEST_START),
            minute=self._rng.randint(0, 59),
            second=self._rng.randint(0, 59),
            microsecond=0,
        ).astimezone(UTC)
        self._at = max(self._at, self._opens_at, start)

    def tick(self, least: int = 20, most: int = 150) -> datetime:
        """The moment after a pause of so many seconds."""
        self._at += timedelta(seconds=self._rng.randint(least, most))
        return self._at
