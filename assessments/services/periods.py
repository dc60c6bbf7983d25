"""Periods: made, changed and taken back by the admin of the centre (decision 11)."""

from collections.abc import Mapping
from copy import copy
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from assessments.errors import PeriodRefused
from assessments.models import Assessment, Instrument, Period
from assessments.services.reminders import tell_moved
from audit.models import Chain
from audit.services import locked_chain, record
from common.dates import local

FIRST_YEAR, LAST_YEAR = 2010, 2100
INSTANTS = ("opens_at", "fill_until", "repair_until", "review_until")


@transaction.atomic
def create_period(
    *,
    year: int,
    instrument: Instrument,
    opens_at: datetime,
    fill_until: datetime,
    repair_until: datetime,
    review_until: datetime,
    by: User | None,
) -> Period:
    """Make the round of a year. Raises PeriodRefused."""
    chain = _chain(year)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise PeriodRefused(f"Isi tahun dari {FIRST_YEAR} sampai {LAST_YEAR}.", "year")
    if Period.objects.filter(year=year).exists():
        raise PeriodRefused(f"Periode {year} sudah ada.", "year")
    _require_published(instrument)
    period = Period(
        year=year,
        instrument=instrument,
        opens_at=opens_at,
        fill_until=fill_until,
        repair_until=repair_until,
        review_until=review_until,
    )
    _check_instants(period)
    period.save(force_insert=True)
    _record(chain, "periode ditambah", period, by, after=_recorded(period))
    return period


@transaction.atomic
def change_period(*, period: Period, changes: Mapping[str, Any], by: User | None) -> Period:
    """Move instants, or name another instrument while nobody has opened an assessment.

    changes: values by field name; the year stays. A moved deadline counts at once, also for
    assessments that run. Nothing happens where none differs. Returns the stored period.

    Raises PeriodRefused, and ValueError for a field that cannot be changed.
    """
    if unknown := changes.keys() - {"instrument", *INSTANTS}:
        raise ValueError(f"not to be changed: {sorted(unknown)}")
    stored = _locked(period)
    earlier, before = copy(stored), _recorded(stored)
    for name, value in changes.items():
        setattr(stored, name, value)
    after = _recorded(stored)
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        return stored
    if "instrumen" in changed and is_used(stored):
        raise PeriodRefused(
            f"Instrumen periode {stored.year} tidak dapat diganti: sudah ada penilaian.",
            "instrument",
        )
    if "instrumen" in changed:
        _require_published(stored.instrument)
    _check_instants(stored)
    stored.save(update_fields=["instrument", *INSTANTS])
    _record(
        _chain(stored.year),
        "periode diubah",
        stored,
        by,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    if {"batas kirim pertama", "batas kirim perbaikan"} & set(changed):
        tell_moved(stored, earlier, timezone.now())
    return stored


@transaction.atomic
def delete_period(*, period: Period, by: User | None) -> None:
    """Take back a period that nobody has used; its trail stays. Raises PeriodRefused."""
    stored = _locked(period)
    if is_used(stored):
        raise PeriodRefused(f"Periode {stored.year} tidak dapat dihapus: sudah ada penilaian.")
    _record(_chain(stored.year), "periode dihapus", stored, by, before=_recorded(stored))
    stored.delete()


def is_used(period: Period) -> bool:
    """Whether any satker has opened an assessment in it."""
    return Assessment.objects.filter(period=period).exists()


def _locked(period: Period) -> Period:
    """As stored now, locked against opening an assessment meanwhile."""
    stored = Period.objects.select_for_update().filter(pk=period.pk).first()
    if stored is None:
        raise PeriodRefused("Periode ini sudah dihapus.")
    return stored


def _require_published(instrument: Instrument) -> None:
    """Locked as well, so that it is not replaced or its map corrected while a period takes it."""
    stored = Instrument.objects.select_for_update().filter(pk=instrument.pk).first()
    if stored is None or stored.is_draft:
        raise PeriodRefused(
            "Instrumen ini masih draf. Terbitkan dahulu, lalu pilih lagi."
            if stored
            else "Instrumen ini sudah tidak ada. Pilih yang lain.",
            "instrument",
        )


def _chain(year: int) -> Chain:
    return locked_chain(f"periode:{year}")


def _check_instants(period: Period) -> None:
    try:
        period.validate_constraints(exclude={"year"})
    except ValidationError as refusal:
        raise PeriodRefused(" ".join(refusal.messages)) from refusal


def _record(
    chain: Chain,
    action: str,
    period: Period,
    by: User | None,
    *,
    before: object = None,
    after: object = None,
) -> None:
    record(chain=chain, action=action, subject=str(period.year), by=by, before=before, after=after)


def _recorded(period: Period) -> dict[str, str]:
    """The period as the audit trail tells it."""
    instrument = period.instrument
    return {
        "instrumen": f"{instrument.code} versi {instrument.version}",
        "dibuka": _told(period.opens_at),
        "batas kirim pertama": _told(period.fill_until),
        "batas kirim perbaikan": _told(period.repair_until),
        "batas verifikasi": _told(period.review_until),
    }


def _told(at: datetime) -> str:
    """In WIB, so that one instant is always the same text."""
    return local(at, "WIB").isoformat()
