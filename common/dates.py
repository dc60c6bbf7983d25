"""Dates and times as people read them: Indonesian words, the clock of the satker.

Moments are aware datetimes; the clock is always an argument.
"""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

# Keputusan Presiden 41/1987: three zones.
ZONES: Final = {
    "WIB": ZoneInfo("Asia/Jakarta"),
    "WITA": ZoneInfo("Asia/Makassar"),
    "WIT": ZoneInfo("Asia/Jayapura"),
}
MONTHS: Final = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
DAYS: Final = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")

NEAR_DAYS: Final = 3  # from here on a deadline warns
_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE


def local(moment: datetime, zone: str = "WIB") -> datetime:
    """The moment on the clock of a zone: WIB, WITA or WIT."""
    return moment.astimezone(ZONES[zone])


def print_date(day: date, zone: str = "WIB") -> str:
    """``31 Desember 2026``; for a moment, its date on the clock of the zone."""
    if isinstance(day, datetime):
        day = local(day, zone).date()
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def print_weekday_date(day: date, zone: str = "WIB") -> str:
    """``Kamis, 31 Desember 2026``."""
    if isinstance(day, datetime):
        day = local(day, zone).date()
    return f"{DAYS[day.weekday()]}, {print_date(day)}"


def print_clock(moment: datetime, zone: str = "WIB") -> str:
    """``14.03``."""
    return local(moment, zone).strftime("%H.%M")


def print_moment(moment: datetime, zone: str = "WIB") -> str:
    """``31 Desember 2026 pukul 14.03 WIB``."""
    return f"{print_date(moment, zone)} pukul {print_clock(moment, zone)} {zone}"


def days_until(at: datetime, now: datetime, zone: str = "WIB") -> int:
    """Calendar days from today to the day of the deadline, both on the clock of the zone."""
    return (local(at, zone).date() - local(now, zone).date()).days


def is_near(at: datetime, now: datetime, zone: str = "WIB") -> bool:
    """Whether the deadline is at most NEAR_DAYS away, or past."""
    return days_until(at, now, zone) <= NEAR_DAYS


def print_time_left(at: datetime, now: datetime, zone: str = "WIB") -> str:
    """``20 hari lagi``; on the last day ``5 jam lagi`` or ``12 menit lagi``; then ``sudah lewat``.

    Hours and minutes are rounded down, so that nobody counts on time that is not there.
    """
    seconds = (at - now).total_seconds()
    if seconds < 0:
        return "sudah lewat"
    days = days_until(at, now, zone)
    if days > 1:
        return f"{days} hari lagi"
    if seconds >= _HOUR:
        hours = f"{int(seconds // _HOUR)} jam lagi"
        return f"besok, {hours}" if days else hours
    if seconds >= _MINUTE:
        return f"{int(seconds // _MINUTE)} menit lagi"
    return "kurang dari 1 menit lagi"
