"""Reminders of deadlines to those who still owe something: the clock is an argument.

Each source says what it has to tell at a moment; what was told is recognised by its key, so that
it can be asked as often as one likes. Another kind of deadline is another source.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import OF_A_SATKER, User
from assessments.enums import EDITABLE, REVIEWABLE, Status
from assessments.models import Assessment, Handling, Period
from assessments.open_tasks import open_among
from assessments.permissions import REVIEWERS
from common.dates import days_until, local, print_moment
from notices.enums import Kind
from notices.services import News, notify_all
from satker.models import Satker

STEPS: Final = (30, 14, 7, 3, 1, 0)  # days before the deadline; 0 is its day
TASK_STEPS: Final = (3, 1, 0)  # days before the inner day of a task
LATE: Final = 3  # days that a missed reminder is still made up for

People = Mapping[int, list[User]]  # by satker


@transaction.atomic
def remind(now: datetime) -> int:
    """Tell everybody what is due; returns how many notices were new.

    The number of queries does not depend on the number of satker, but for one round of them
    for each 5,000 people who are told.
    """
    runs = Q(review_until__gte=now) | Q(repair_until__gte=now)
    periods = list(Period.objects.filter(runs, opens_at__lte=now))
    return notify_all(
        each for period in periods for source in SOURCES for each in source(period, now)
    )


def tell_moved(period: Period, before: Period, now: datetime) -> None:
    """Deadlines of a period that runs have been moved: to those whose own deadline is another now
    and still ahead.

    before: the period as it was. Part of the transaction that moves them.
    """
    if not period.opens_at <= now:
        return
    people = _people(OF_A_SATKER)
    news = []
    for satker, sheet in _owing(period):
        until = _deadline(period, sheet)
        if until <= now or until == _deadline(before, sheet):
            continue
        moment = print_moment(until, satker.zone)
        text = f"Batas kirim penilaian {period.year} sekarang {moment}."
        url = reverse("assessments:list")
        news.append(News(people.get(satker.pk, ()), Kind.PERIOD, text, url))
    notify_all(news)


def step_due(until: datetime, now: datetime, zone: str) -> int | None:
    """The reminder whose day it is on the clock of the zone, or was at most LATE days ago."""
    if now > until:
        return None
    days = days_until(until, now, zone)
    return min((step for step in STEPS if days <= step <= days + LATE), default=None)


def news_of_satker(period: Period, now: datetime) -> Iterator[News]:
    """To satker that still fill in or repair, and to those that have not opened their sheet."""
    due = []
    for satker, sheet in _owing(period):
        until = _deadline(period, sheet)
        step = step_due(until, now, satker.zone)
        if step is not None:
            due.append((satker, _reminder(period, satker, sheet, until, now), step))
        elif sheet is None and now - period.opens_at < timedelta(days=LATE):
            due.append((satker, _opened(period, satker), None))
    people = _people(OF_A_SATKER) if due else {}
    for satker, told, step in due:
        key = f"{told.key}:{satker.pk}" if step is None else f"{told.key}:{satker.pk}:{step}"
        yield replace(told, recipients=people.get(satker.pk, ()), key=key)


def _owing(period: Period) -> Iterator[tuple[Satker, Assessment | None]]:
    """Every satker that has not sent what it should, with its sheet where it has one."""
    fields = ("satker_id", "status", "submitted_at", "extended_until")
    sheets = {
        sheet.satker_id: sheet for sheet in Assessment.objects.filter(period=period).only(*fields)
    }
    for satker in Satker.objects.filter(active=True, verifier__isnull=False):
        sheet = sheets.get(satker.pk)
        if sheet is None:
            yield satker, None
        elif sheet.status in EDITABLE:
            yield satker, sheet


def _deadline(period: Period, sheet: Assessment | None) -> datetime:
    """Of a satker with the period's instants as they are given; sheet: None if not opened."""
    if sheet is None:
        return period.fill_until
    sheet.period = period
    return sheet.deadline


def _opened(period: Period, satker: Satker) -> News:
    until = print_moment(period.fill_until, satker.zone)
    text = f"Penilaian {period.year} dibuka; batas kirimnya {until}."
    return News((), Kind.PERIOD, text, reverse("assessments:list"), f"dibuka:{period.year}")


def _reminder(
    period: Period, satker: Satker, sheet: Assessment | None, until: datetime, now: datetime
) -> News:
    left = f"{_left(until, now, satker.zone)}: {print_moment(until, satker.zone)}."
    key = f"batas:{period.year}:{local(until, satker.zone).date()}"
    if sheet is None:
        text = f"Penilaian {period.year} belum dibuka dan batas kirimnya {left}"
        return News((), Kind.REMINDER, text, reverse("assessments:list"), key)
    repair = " perbaikan" if sheet.status == Status.RETURNED else ""
    text = f"Batas kirim{repair} penilaian {period.year} {left}"
    return News((), Kind.REMINDER, text, reverse("assessments:detail", args=[sheet.pk]), key)


def news_of_reviewers(period: Period, now: datetime) -> Iterator[News]:
    """To those with sheets to verify, once the satker's first deadline is past."""
    until = period.review_until
    if now <= period.fill_until or days_until(until, now, "WIB") > STEPS[0] + 1:
        return
    waiting: dict[int, int] = defaultdict(int)
    rows = Assessment.objects.filter(period=period, status__in=REVIEWABLE)
    for key in rows.values_list("satker__verifier_id", flat=True):
        waiting[key] += 1
    people = _people(REVIEWERS) if waiting else {}
    for place in Satker.objects.in_bulk(list(waiting)).values():
        step = step_due(until, now, place.zone)
        if step is None:
            continue
        text = (
            f"{waiting[place.pk]} penilaian {period.year} menunggu verifikasi dan batasnya "
            f"{_left(until, now, place.zone)}: {print_moment(until, place.zone)}."
        )
        day = local(until, place.zone).date()
        key = f"verifikasi:{period.year}:{place.pk}:{day}:{step}"
        yield News(people.get(place.pk, []), Kind.REMINDER, text, reverse("assessments:queue"), key)


def news_of_tasks(period: Period, now: datetime) -> Iterator[News]:
    """To whoever was given a question with an inner day that is still open; one notice for all
    that is due on a day. Four queries, three where nothing is open."""
    day = local(now).date()
    rows = Handling.objects.filter(
        assessment__period=period,
        assessment__status__in=EDITABLE,
        # east of WIB it may be tomorrow already
        due__range=(day, day + timedelta(days=TASK_STEPS[0] + 1)),
        assignee__satker_id=F("assessment__satker_id"),
        assignee__role__in=OF_A_SATKER,
    ).order_by("pk")
    due: dict[tuple[int, UUID, date], list[Handling]] = defaultdict(list)
    for row in open_among(rows):
        due[row.assignee_id, row.assessment_id, row.due].append(row)
    people = User.objects.in_bulk({person for person, _, _ in due})
    for (person, sheet, last), tasks in due.items():
        days = (last - local(now, tasks[0].assessment.satker.zone).date()).days
        steps = [step for step in TASK_STEPS if days <= step <= days + LATE]
        if days < 0 or not steps:
            continue
        text = f"{len(tasks)} tugas Anda belum selesai, tenggatnya {_in_days(days)}."
        key = f"tugas:{sheet}:{last}:{min(steps)}"
        yield News([people[person]], Kind.TASK, text, reverse("assessments:tasks"), key)


SOURCES: Final[tuple[Callable[[Period, datetime], Iterator[News]], ...]] = (
    news_of_satker,
    news_of_reviewers,
    news_of_tasks,
)


def _left(until: datetime, now: datetime, zone: str) -> str:
    return _in_days(days_until(until, now, zone))


def _in_days(days: int) -> str:
    return {0: "hari ini", 1: "besok"}.get(days, f"tinggal {days} hari")


def _people(roles: Iterable[str]) -> People:
    """Everybody with such a role, by satker, all that is known of them are their keys; whoever has
    a closed account is left out by `notify_all`."""
    found: dict[int, list[User]] = defaultdict(list)
    rows = User.objects.filter(role__in=roles).select_related(None)
    for person in rows.only("pk", "satker_id"):
        found[person.satker_id].append(person)
    return found
