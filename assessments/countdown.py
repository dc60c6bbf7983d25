"""The time that is left, in the frame of every page of a satker's people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, FilteredRelation, Q
from django.template import Context
from django.urls import reverse
from django.utils import timezone

from accounts.models import OF_A_SATKER, User
from assessments.enums import EDITABLE
from assessments.models import Assessment, Period
from common.dates import is_near, print_moment, print_time_left


@dataclass(frozen=True, slots=True)
class Countdown:
    """label: what ends. left: ``12 hari lagi``, hours on the last day, or "" when it is past."""

    label: str
    left: str
    moment: str
    iso: str
    url: str
    near: bool


def countdown(context: Context) -> dict[str, Any]:
    """Nothing for other roles, for strangers, and while the sheet is not the satker's to fill.

    No query where the page is about the satker's present sheet, one on every other page.
    """
    user = getattr(context.get("request"), "user", None)
    if user is None or not user.is_authenticated:
        return {"countdown": None}
    if user.role not in OF_A_SATKER or user.satker.verifier_id is None:
        return {"countdown": None}
    now = timezone.now()
    sheet = context.get("assessment")
    if not isinstance(sheet, Assessment) or not _is_at_hand(sheet, user, now):
        return {"countdown": _asked(user, now)}
    return {"countdown": _of(sheet, user, now) if sheet.status in EDITABLE else None}


def _is_at_hand(sheet: Assessment, user: User, now: datetime) -> bool:
    """Whether the page is about the satker's sheet of a period that runs, read already."""
    if sheet.satker_id != user.satker_id or not Assessment.period.is_cached(sheet):
        return False
    period = sheet.period
    return period.opens_at <= now <= max(period.review_until, period.repair_until)


def _asked(user: User, now: datetime) -> Countdown | None:
    """By the nearest deadline that the satker owes in a period that runs: of its sheet, or of the
    period where it has none. One that is past counts only where none is ahead."""
    periods = (
        Period.objects.filter(Q(review_until__gte=now) | Q(repair_until__gte=now))
        .filter(opens_at__lte=now)
        .annotate(
            own=FilteredRelation("assessment", condition=Q(assessment__satker_id=user.satker_id)),
            own_id=F("own__pk"),
            own_status=F("own__status"),
            own_submitted=F("own__submitted_at"),
            own_extended=F("own__extended_until"),
        )
    )
    owed = [
        (
            Assessment(
                pk=period.own_id,
                satker_id=user.satker_id,
                period=period,
                submitted_at=period.own_submitted,
                extended_until=period.own_extended,
            ),
            period.own_id is not None,
        )
        for period in periods
        if period.own_id is None or period.own_status in EDITABLE
    ]
    if not owed:
        return None
    ahead = [each for each in owed if each[0].deadline >= now]
    nearest = min if ahead else max
    sheet, is_open = nearest(ahead or owed, key=lambda each: each[0].deadline)
    return _of(sheet, user, now, is_open=is_open)


def _of(sheet: Assessment, user: User, now: datetime, *, is_open: bool = True) -> Countdown:
    zone, until, year = user.satker.zone, sheet.deadline, sheet.period.year
    past = until < now
    return Countdown(
        label=f"Batas kirim {year}",
        left="" if past else print_time_left(until, now, zone),
        moment=print_moment(until, zone),
        iso=until.isoformat(),
        url=reverse("assessments:detail", args=[sheet.pk])
        if is_open
        else reverse("assessments:list"),
        near=is_near(until, now, zone),
    )
