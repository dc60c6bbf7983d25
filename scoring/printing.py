"""Figures for people and for machines: the only place where anything is rounded.

docs/decisions (exact comparison with the floors): two decimals, half up, with a decimal comma; a
value below a floor never prints as that floor or above it, and a gap is rounded up.
"""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Final

Figure = Fraction | Decimal | int

STORED_PLACES: Final = 12
PRINTED_PLACES: Final = 2
MINUS: Final = "\N{MINUS SIGN}"


def print_points(value: Figure, floors: Iterable[Figure] = ()) -> str:
    """``82,45`` for 82.451; 74.996 against a floor of 75 is ``74,99``."""
    return _written(_rounded(value, PRINTED_PLACES, floors), PRINTED_PLACES, ",", MINUS)


def print_percent(value: Figure, floors: Iterable[Figure] = ()) -> str:
    """``66,67%`` for a value of 2/3; floors are shares too (0.6 for 60 %)."""
    return print_points(100 * Fraction(value), [100 * Fraction(each) for each in floors]) + "%"


def print_share_to_reach(value: Figure) -> str:
    """``66,67%`` for a value of 2/3, rounded up: who reaches what is printed has reached it."""
    return print_gap(100 * Fraction(value), 0) + "%"


def print_gap(required: Figure, actual: Figure) -> str:
    """Points missing to ``required``, rounded up: ``0,01`` at least, ``0,00`` when it is met."""
    missing = max(Fraction(0), Fraction(required) - Fraction(actual))
    hundredths = -(-missing.numerator * 10**PRINTED_PLACES // missing.denominator)
    return _written(hundredths, PRINTED_PLACES, ",", MINUS)


def print_difference(value: Figure) -> str:
    """``+1,25`` or ``0,00``: two decimals, half up away from zero; a minus sign, not a hyphen."""
    written = print_points(value)
    return f"+{written}" if Fraction(value) > 0 and written != "0,00" else written


def print_number(value: Figure) -> str:
    """A figure as it was entered, with a decimal comma and no more places than it has: ``3,6``."""
    return to_decimal_string(value).replace(".", ",").replace("-", MINUS)


def to_decimal_string(
    value: Figure, places: int = STORED_PLACES, floors: Iterable[Figure] = ()
) -> str:
    """``82.451``: up to ``places`` decimals, half up, no trailing zeros, no exponent.

    As in print, a value below a floor never comes out as that floor.
    """
    written = _written(_rounded(value, places, floors), places, ".", "-")
    return written.rstrip("0").rstrip(".") if "." in written else written


def to_decimal(value: Figure, floors: Iterable[Figure] = ()) -> Decimal:
    """The value for the database: 12 places, half up, never at a floor it does not reach."""
    return Decimal(_rounded(value, STORED_PLACES, floors)).scaleb(-STORED_PLACES)


def _rounded(value: Figure, places: int, floors: Iterable[Figure] = ()) -> int:
    """The value in units of the last place, half up away from zero.

    In whole numbers throughout: a save prints some forty figures, and fractions are slow.
    """
    top, bottom = value.as_integer_ratio()
    scale: int = 10**places
    half_up = (2 * abs(top) * scale + bottom) // (2 * bottom)
    units = half_up if top >= 0 else -half_up
    for floor in floors:
        floor_top, floor_bottom = floor.as_integer_ratio()
        is_below = top * floor_bottom < floor_top * bottom
        if is_below and floor_top * scale <= units * floor_bottom:
            return top * scale // bottom
    return units


def _written(units: int, places: int, separator: str, minus: str) -> str:
    whole, part = divmod(abs(units), 10**places)
    sign = minus if units < 0 else ""
    return f"{sign}{whole}{separator}{part:0{places}d}" if places else f"{sign}{whole}"
