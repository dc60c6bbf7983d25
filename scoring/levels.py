"""What a question could be raised to, and how far away that is.

One step is one option on the question's scale, one tenth of an index of 0 to 4 (one fortieth of
any number's scale), or one quarter of a percentage. These are ours: docs/decisions/0022.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from scoring.scales import Choice, Decrease, Entry, Number, Ratio
from scoring.sheet import Item, value_of

NUMBER_STEPS = 40
QUARTERS = tuple(Fraction(quarter, 4) for quarter in (1, 2, 3, 4))


@dataclass(frozen=True, slots=True)
class Level:
    """A better answer: its value 0 to 1, how many steps up, and the entry that gives it.

    entry: None where the counts are not known yet, and only the share to reach can be told.
    """

    value: Fraction
    steps: int
    entry: dict[str, str] | None


def levels_above(item: Item, entry: Entry) -> tuple[Level, ...]:
    """All levels above the present answer (an open one counts 0), nearest first."""
    value = value_of(item, entry) if entry else None
    match item.scale:
        case Choice() as scale:
            found = _choices(scale, value or Fraction(0))
        case Number() as scale:
            found = _numbers(scale, value or Fraction(0))
        case Ratio() as scale:
            found = _ratios(scale, entry, value)
        case Decrease() as scale:
            found = _decreases(scale, entry, value)
    return tuple(found)


def _choices(scale: Choice, value: Fraction) -> Iterator[Level]:
    better = sorted({each for each in scale.options.values() if each > value})
    for steps, each in enumerate(better, start=1):
        key = next(key for key, worth in scale.options.items() if worth == each)
        yield Level(each, steps, {"value": key})


def _numbers(scale: Number, value: Fraction) -> Iterator[Level]:
    first = floor(value * NUMBER_STEPS) + 1
    for steps, mark in enumerate(range(first, NUMBER_STEPS + 1), start=1):
        figure = scale.maximum * mark / NUMBER_STEPS
        yield Level(Fraction(mark, NUMBER_STEPS), steps, {"value": _decimal(figure)})


def _ratios(scale: Ratio, entry: Entry, value: Fraction | None) -> Iterator[Level]:
    marks = [quarter for quarter in QUARTERS if quarter > (value or 0)]
    below = 0 if value is None else sum(int(entry[key]) for key in scale.denominator)
    for steps, mark in enumerate(marks, start=1):
        if below == 0 or len(scale.numerator) != 1:
            yield Level(mark, steps, None)
            continue
        above = ceil(mark * below)
        yield Level(Fraction(above, below), steps, {**entry, scale.numerator[0]: str(above)})


def _decreases(scale: Decrease, entry: Entry, value: Fraction | None) -> Iterator[Level]:
    marks = [quarter for quarter in QUARTERS if quarter > (value or 0)]
    before = None if value is None else int(entry[scale.before])
    if before == 0:
        # None before and some after: only none after is better.
        if marks and scale.zero_over_zero > (value or 0):
            yield Level(scale.zero_over_zero, len(marks), {**entry, scale.after: "0"})
        return
    for steps, mark in enumerate(marks, start=1):
        if before is None:
            yield Level(mark, steps, None)
            continue
        after = floor(before * (1 - mark))
        yield Level(Fraction(before - after, before), steps, {**entry, scale.after: str(after)})


def _decimal(figure: Fraction) -> str:
    """Exact decimal text; the marks of a scale with a decimal maximum always have one."""
    places = 0
    while (figure * 10**places).denominator != 1:
        places += 1
    digits = str(int(figure * 10**places)).zfill(places + 1)
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits
