"""Filled sheets for the example: entries on each question's own scale, aimed at a result."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from fractions import Fraction
from random import Random

import scoring
from assessments.worksheet import HASIL, Worksheet

Entry = dict[str, str]
Entries = dict[str, Entry]


class Aim(StrEnum):
    """What a sheet should come to."""

    LOW = "low"
    MIDDLE = "middle"
    JUST_SHORT = "just short of WBK"
    WBK = "WBK"
    WBBM = "WBBM"


# Mean value of an answer, in percent.
_LEVEL = {Aim.LOW: 50, Aim.MIDDLE: 66, Aim.JUST_SHORT: 71, Aim.WBK: 73, Aim.WBBM: 92}
_SPREAD = 32  # percent either side of the level
_PREDIKAT = {Aim.JUST_SHORT: "WBK", Aim.WBK: "WBK", Aim.WBBM: "WBBM"}
_MOST_STEPS = 60
_CHANGED_A_STEP = 3  # questions

# Counts that only make sense within these limits; any other count is 3 to 12.
_COUNTS = {
    "A.II.3.iii.a.n1": (0, 4),
    "A.II.5.ii.a.n1": (0, 9),
    "A.II.5.iii.1.a.n1": (1, 1),
    "A.II.5.iii.1.a.n2": (0, 3),
    "A.II.5.iii.1.a.n3": (0, 2),
    "A.II.5.iii.2.a.n1": (0, 1),
    "A.II.5.iii.2.a.n2": (1, 5),
    "A.II.5.iii.2.a.n3": (8, 45),
}
_USUAL_COUNT = (3, 12)

# The same figure asked for twice: where it goes, and where it was entered first.
_REPEATED = {("A.II.1.i.b", "n1"): ("A.II.1.i.a", "n2")}


class SheetMaker:
    """Fills sheets of one instrument."""

    def __init__(self, worksheet: Worksheet) -> None:
        self._worksheet = worksheet
        self._ladders = {item.code: _ladder(item) for item in worksheet.sheet.items}
        self._codes_behind: dict[str, list[str]] = {}

    def fill(self, rng: Random, aim: Aim) -> Entries:
        """An entry for every question; the floors of WBK or WBBM met, or just missed, as aimed."""
        entries: Entries = {}
        for item in self._worksheet.sheet.items:
            entries[item.code] = self._entry(rng, item, _LEVEL[aim], entries)
        predikat = _PREDIKAT.get(aim)
        if predikat is not None:
            self._raise_to(rng, entries, predikat)
        if aim == Aim.JUST_SHORT:
            self._lower_below(rng, entries, "WBK")
        return entries

    def percents(self, entries: Entries) -> dict[str, int]:
        """The value of each entry, 0 to 100; 1 for anything above 0 that would come to less."""
        return {code: percent_of(self._worksheet, code, entry) for code, entry in entries.items()}

    def lowered(self, code: str, entry: Entry, *, to_bottom: bool) -> Entry:
        """What a reviewer grants instead: a step less, or nothing. The entry itself where it is
        the lowest already."""
        item = self._worksheet.item(code)
        counts = _counts(entry)
        match item.scale:
            case scoring.Choice():
                here = self._ladders[code][entry["value"]]
                worse = [key for key, value in self._ladders[code].items() if value < here]
                return {"value": worse[-1 if to_bottom else 0]} if worse else entry
            case scoring.Number():
                return _stepped(item.scale, entry, Fraction(-1, 20))
            case scoring.Ratio(numerator=numerator):
                for key in numerator:
                    counts[key] = 0 if to_bottom else max(0, counts[key] - 1 - counts[key] // 5)
            case scoring.Decrease(before=before, after=after):
                counts[after] = counts[before] + int(to_bottom)
        return _texts(counts)

    def _entry(self, rng: Random, item: scoring.Item, level: int, entries: Entries) -> Entry:
        target = min(100, max(0, rng.randint(level - _SPREAD, level + _SPREAD)))
        match item.scale:
            case scoring.Choice():
                ladder = self._ladders[item.code]
                return {"value": min(ladder, key=lambda key: abs(ladder[key] - target))}
            case scoring.Number(maximum):
                # An index varies far less than an answer does.
                percent = min(99, (4 * (level + 4) + target) // 5)
                return {"value": _decimal(Fraction(percent, 100) * maximum)}
        counts = {each.key: _count(rng, item.code, each.key, entries) for each in item.inputs}
        match item.scale:
            case scoring.Ratio():
                whole = sum(counts[key] for key in item.scale.denominator)
                _set_ratio(counts, item.scale, (whole * target + 50) // 100)
            case scoring.Decrease():
                _set_after(counts, item.scale, (counts[item.scale.before] * (100 - target)) // 100)
        return _texts(counts)

    def _raise_to(self, rng: Random, entries: Entries, predikat: str) -> None:
        """Better answers where a floor is missed, until none is."""
        for _ in range(_MOST_STEPS):
            shortfalls = self._worksheet.evaluate(entries).verdicts[predikat].shortfalls
            if not shortfalls:
                return
            for shortfall in shortfalls:
                codes = self._questions_behind(shortfall.what)
                for code in rng.sample(codes, min(len(codes), _CHANGED_A_STEP)):
                    entries[code] = self._raised(code, entries[code])
                    self._repeat(code, entries)
        raise ValueError(f"no way found to meet the floors of {predikat}")

    def _lower_below(self, rng: Random, entries: Entries, predikat: str) -> None:
        """Lower answers of one area, or an index, until a floor is just missed."""
        floors = self._worksheet.evaluate(entries).verdicts[predikat].floors
        whats = [each.what for each in floors if each.what not in {"total", "pengungkit"}]
        codes = self._questions_behind(rng.choice(whats))
        for _ in range(_MOST_STEPS):
            code = rng.choice(codes)
            entries[code] = self.lowered(code, entries[code], to_bottom=False)
            self._repeat(code, entries)
            if not self._worksheet.evaluate(entries).verdicts[predikat].meets:
                return

    def _raised(self, code: str, entry: Entry) -> Entry:
        """A step better; the entry itself where it is the best already."""
        item = self._worksheet.item(code)
        counts = _counts(entry)
        match item.scale:
            case scoring.Choice():
                here = self._ladders[code][entry["value"]]
                better = [key for key, value in self._ladders[code].items() if value > here]
                return {"value": better[-1]} if better else entry
            case scoring.Number():
                return _stepped(item.scale, entry, Fraction(1, 40))
            case scoring.Ratio(numerator=numerator, denominator=denominator):
                whole = sum(counts[key] for key in denominator)
                above = sum(counts[key] for key in numerator)
                _set_ratio(counts, item.scale, max(above, min(whole, 1 + whole * 4 // 5)))
            case scoring.Decrease():
                _set_after(counts, item.scale, 0)
        return _texts(counts)

    def _repeat(self, changed: str, entries: Entries) -> None:
        """Carry a changed figure to the question that asks for it again."""
        for (code, key), (source, source_key) in _REPEATED.items():
            if source != changed or code not in entries:
                continue
            scale = self._worksheet.item(code).scale
            counts = _counts(entries[code])
            counts[key] = int(entries[source][source_key])
            if isinstance(scale, scoring.Ratio):
                above = sum(counts[each] for each in scale.numerator)
                _set_ratio(counts, scale, min(above, counts[key]))
            entries[code] = _texts(counts)

    def _questions_behind(self, what: str) -> list[str]:
        """Codes of the questions that a floor depends on."""
        if what not in self._codes_behind:
            self._codes_behind[what] = list(_questions_behind(self._worksheet, what))
        return self._codes_behind[what]


def percent_of(worksheet: Worksheet, code: str, entry: Entry) -> int:
    """The value of an entry, 0 to 100; 1 for anything above 0 that would come to less."""
    value = scoring.value_of(worksheet.item(code), entry)
    if not value:
        return 0
    return max(1, 100 * value.numerator // value.denominator)


def _ladder(item: scoring.Item) -> Mapping[str, int]:
    """Option keys with their value in percent, the best first; empty for other questions."""
    if not isinstance(item.scale, scoring.Choice):
        return {}
    options = item.scale.options
    return {key: int(100 * options[key]) for key in sorted(options, key=lambda k: -options[k])}


def _questions_behind(worksheet: Worksheet, what: str) -> Iterator[str]:
    for question in worksheet.questions:
        match what:
            case "total":
                matches = True
            case "pengungkit":
                matches = question.page != HASIL
            case _ if what.startswith("area"):
                matches = question.page == what.removeprefix("area")
            case _:
                matches = f"{question.code}.".startswith(f"{what}.")
        if matches:
            yield question.code


def _count(rng: Random, code: str, key: str, entries: Entries) -> int:
    source = _REPEATED.get((code, key))
    if source is not None and source[0] in entries:
        return int(entries[source[0]][source[1]])
    return rng.randint(*_COUNTS.get(f"{code}.{key}", _USUAL_COUNT))


def _set_ratio(counts: dict[str, int], scale: scoring.Ratio, above: int) -> None:
    """Set the numerator, and what does not enter the formula to what is left over."""
    whole = sum(counts[key] for key in scale.denominator)
    for key in scale.numerator:
        counts[key] = 0
    counts[scale.numerator[0]] = above
    for key in counts.keys() - {*scale.numerator, *scale.denominator}:
        counts[key] = max(0, whole - above)


def _set_after(counts: dict[str, int], scale: scoring.Decrease, after: int) -> None:
    """Set the later count, and what does not enter the formula (sanctions) to the same."""
    for key in counts.keys() - {scale.before}:
        counts[key] = after


def _stepped(scale: scoring.Number, entry: Entry, step: Fraction) -> Entry:
    figure = Fraction(entry["value"]) + step * scale.maximum
    return {"value": _decimal(min(scale.maximum, max(Fraction(0), figure)))}


def _decimal(figure: Fraction) -> str:
    """Two decimals at most, as a canonical entry has them: "3.6"."""
    return scoring.to_decimal_string(figure, places=2)


def _counts(entry: Entry) -> dict[str, int]:
    return {key: int(text) for key, text in entry.items() if key != "value"}


def _texts(counts: dict[str, int]) -> Entry:
    return {key: str(count) for key, count in counts.items()}
