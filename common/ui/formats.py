"""Numbers and dates as templates print them: through scoring's printing and common.dates.

A missing value prints "belum ada", never 0.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from django import template

from common import dates, words
from scoring import Figure, print_difference, print_number, print_percent, print_points

register = template.Library()

MISSING: Final = "belum ada"


@register.filter
def skor(value: Figure | None) -> str:
    """``82,45``."""
    return MISSING if value is None else print_points(value)


@register.filter
def poin(value: Figure | None, floors: Iterable[Figure] | Figure = ()) -> str:
    """``74,99`` for 74.996 against a floor of 75; floors: one figure or several."""
    if value is None:
        return MISSING
    return print_points(value, floors if isinstance(floors, Iterable) else (floors,))


@register.filter
def persen(share: Figure | None) -> str:
    """``66,67%`` for a share of 2/3."""
    return MISSING if share is None else print_percent(share)


@register.filter
def bobot(weight: Figure | None) -> str:
    """``22,5`` or ``8``: no more places than the number has."""
    return MISSING if weight is None else print_number(weight)


@register.filter
def selisih(value: Figure | None) -> str:
    """``+1,25``, or with a minus sign."""
    return MISSING if value is None else print_difference(value)


@register.filter
def ukuran(size: int | None) -> str:
    """``1,2 MB`` for a number of bytes."""
    return MISSING if size is None else words.print_size(size)


@register.filter
def sidik(digest: str | None) -> str:
    """``8f3a…c21d`` for a sha-256."""
    return words.print_short_hash(digest) if digest else MISSING


@register.filter
def tanggal(day: date | None, zone: str = "WIB") -> str:
    """``31 Desember 2026``."""
    return MISSING if day is None else dates.print_date(day, zone)


@register.filter
def hari(day: date | None, zone: str = "WIB") -> str:
    """``Kamis, 31 Desember 2026``."""
    return MISSING if day is None else dates.print_weekday_date(day, zone)


@register.filter
def jam(moment: datetime | None, zone: str = "WIB") -> str:
    """``14.03``."""
    return MISSING if moment is None else dates.print_clock(moment, zone)


@register.filter
def waktu(moment: datetime | None, zone: str = "WIB") -> str:
    """``31 Desember 2026 pukul 14.03 WIB``."""
    return MISSING if moment is None else dates.print_moment(moment, zone)
