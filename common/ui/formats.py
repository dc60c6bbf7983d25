"""Numbers and dates as templates print them: through scoring's printing and common.dates.

A missing value prints "belum ada", never 0.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import wraps
from typing import Any, Final

from django import template

from common import dates, words
from scoring import (
    Figure,
    print_difference,
    print_number,
    print_percent,
    print_points,
    print_share_to_reach,
)

register = template.Library()

MISSING: Final = "belum ada"


def prints(function: Callable[..., str]) -> Callable[..., str]:
    """Registers a filter that never sees a missing value (None, or an undefined variable)."""

    @wraps(function)
    def filled(value: Any, *args: Any) -> str:
        return MISSING if value in (None, "") else function(value, *args)

    register.filter(function.__name__, filled)
    return filled


@prints
def skor(value: Figure) -> str:
    """``82,45``."""
    return print_points(value)


@prints
def poin(value: Figure, floors: Iterable[Figure] | Figure = ()) -> str:
    """``74,99`` for 74.996 against a floor of 75; floors: one figure or several."""
    return print_points(value, floors if isinstance(floors, Iterable) else (floors,))


@prints
def persen(share: Figure) -> str:
    """``66,67%`` for a share of 2/3."""
    return print_percent(share)


@prints
def sasaran(share: Figure) -> str:
    """``66,67%`` for a share of 2/3 to be reached, rounded up."""
    return print_share_to_reach(share)


@prints
def bobot(weight: Figure) -> str:
    """``22,5`` or ``8``: no more places than the number has."""
    return print_number(weight)


@prints
def selisih(value: Figure) -> str:
    """``+1,25``, or with a minus sign."""
    return print_difference(value)


@prints
def ukuran(size: int) -> str:
    """``1,2 MB`` for a number of bytes."""
    return words.print_size(size)


@prints
def sidik(digest: str) -> str:
    """``8f3a…c21d`` for a sha-256."""
    return words.print_short_hash(digest)


@prints
def tanggal(day: date, zone: str = "WIB") -> str:
    """``31 Desember 2026``."""
    return dates.print_date(day, zone)


@prints
def hari(day: date, zone: str = "WIB") -> str:
    """``Kamis, 31 Desember 2026``."""
    return dates.print_weekday_date(day, zone)


@prints
def jam(moment: datetime, zone: str = "WIB") -> str:
    """``14.03``."""
    return dates.print_clock(moment, zone)


@prints
def waktu(moment: datetime, zone: str = "WIB") -> str:
    """``31 Desember 2026 pukul 14.03 WIB``."""
    return dates.print_moment(moment, zone)
