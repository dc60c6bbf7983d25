"""Scales: what may be entered for a question, and the value 0 to 1 it stands for.

An entry is what was entered, as canonical text: ``{"value": "A"}``, ``{"value": "3.6"}``,
``{"n1": "7", "n2": "3"}``. An empty entry is an open question; counts may be partial.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from scoring.errors import EntryError
from scoring.printing import print_number

Entry = Mapping[str, str]

MAXIMUM_COUNT: Final = 1_000_000_000
MAXIMUM_LENGTH: Final = 64  # characters of one entered figure

_DECIMAL = re.compile(r"([0-9]+)(?:[.,]([0-9]+))?")
_COUNT = re.compile(r"[0-9]+")

_NOT_TEXT = "Isian harus berupa teks atau angka."
_UNKNOWN_INPUT = "Ada isian yang tidak dikenal pada pertanyaan ini."


@dataclass(frozen=True, slots=True)
class Choice:
    """Options with their values, best first as a rule: Ya/Tidak, A/B/C, A to E."""

    options: Mapping[str, Fraction]

    def parse(self, code: str, raw: Entry) -> dict[str, str]:
        """The canonical entry for user input; option keys in any case. Raises EntryError."""
        text = _single(code, raw)
        if not text:
            return {}
        if text in self.options:
            return {"value": text}
        if text.isascii():
            for key in self.options:
                if key.lower() == text.lower():
                    return {"value": key}
        raise EntryError(code, f"Pilih salah satu: {_either(tuple(self.options))}.")

    def value(self, code: str, entry: Entry) -> Fraction | None:
        """Value 0 to 1 of a stored entry, None when open. Raises EntryError."""
        if len(entry) == 1:
            known = self.options.get(entry.get("value", ""))
            if known is not None:
                return known
        parsed = self.parse(code, entry)
        return self.options[parsed["value"]] if parsed else None


@dataclass(frozen=True, slots=True)
class Number:
    """A figure from 0 to ``maximum``, decimals allowed; its value is figure / maximum.

    Linear use of an index of 0 to 4 or of a percentage is our reading: docs/decisions.
    """

    maximum: Fraction

    def parse(self, code: str, raw: Entry) -> dict[str, str]:
        """The canonical entry (``3,75`` becomes ``3.75``) for user input. Raises EntryError."""
        text = _single(code, raw)
        if not text:
            return {}
        limit = print_number(self.maximum)
        found = _DECIMAL.fullmatch(text)
        if found is None or len(text) > MAXIMUM_LENGTH:
            raise EntryError(
                code, f"Isi dengan angka dari 0 sampai {limit}, misalnya 2,75 atau 2.75."
            )
        canonical = found[1].lstrip("0") or "0"
        decimals = (found[2] or "").rstrip("0")
        if decimals:
            canonical = f"{canonical}.{decimals}"
        if Fraction(canonical) > self.maximum:
            raise EntryError(code, f"Angka melebihi skala. Isi dengan angka dari 0 sampai {limit}.")
        return {"value": canonical}

    def value(self, code: str, entry: Entry) -> Fraction | None:
        """Value 0 to 1 of a stored entry, None when open. Raises EntryError."""
        parsed = self.parse(code, entry)
        return Fraction(parsed["value"]) / self.maximum if parsed else None


@dataclass(frozen=True, slots=True)
class Input:
    """One count of a percentage question: its key (``n1``) and its Indonesian label."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Ratio:
    """Counts whose value is sum(numerator) / sum(denominator).

    capped: a numerator above its denominator counts as 1, otherwise it is refused.
    zero_over_zero: the value of 0/0 (docs/decisions: nothing over nothing). An input in neither
    list must be filled in and does not enter the formula.
    """

    inputs: tuple[Input, ...]
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    zero_over_zero: Fraction
    capped: bool = True

    def parse(self, code: str, raw: Entry) -> dict[str, str]:
        """The canonical entry for user input, perhaps partial. Raises EntryError."""
        counts = _counts(code, self.inputs, raw)
        self._sums(code, counts)
        return {key: str(count) for key, count in counts.items()}

    def value(self, code: str, entry: Entry) -> Fraction | None:
        """Value 0 to 1 of a stored entry, None while an input is missing. Raises EntryError."""
        counts = _counts(code, self.inputs, entry)
        sums = self._sums(code, counts)
        if sums is None or len(counts) < len(self.inputs):
            return None
        above, below = sums
        if below == 0:
            return self.zero_over_zero
        return Fraction(1) if above >= below else Fraction(above, below)

    def _sums(self, code: str, counts: Mapping[str, int]) -> tuple[int, int] | None:
        """Numerator and denominator once all their inputs are there."""
        if not all(key in counts for key in (*self.numerator, *self.denominator)):
            return None
        above = sum(counts[key] for key in self.numerator)
        below = sum(counts[key] for key in self.denominator)
        if above > below and (below == 0 or not self.capped):
            labels = {each.key: f"“{each.label}”" for each in self.inputs}
            raise EntryError(
                code,
                f"{_stated([labels[key] for key in self.denominator], below)}, tetapi "
                f"{_stated([labels[key] for key in self.numerator], above)}. "
                "Perbaiki salah satu angka.",
                (*self.denominator, *self.numerator),
            )
        return above, below


@dataclass(frozen=True, slots=True)
class Decrease:
    """Counts before and after whose value is the share by which they fell, never below 0.

    None before and none after is ``zero_over_zero``; none before and some after is 0.
    """

    inputs: tuple[Input, ...]
    before: str
    after: str
    zero_over_zero: Fraction

    def parse(self, code: str, raw: Entry) -> dict[str, str]:
        """The canonical entry for user input, perhaps partial. Raises EntryError."""
        return {key: str(count) for key, count in _counts(code, self.inputs, raw).items()}

    def value(self, code: str, entry: Entry) -> Fraction | None:
        """Value 0 to 1 of a stored entry, None while an input is missing. Raises EntryError."""
        counts = _counts(code, self.inputs, entry)
        if len(counts) < len(self.inputs):
            return None
        before, after = counts[self.before], counts[self.after]
        if before == 0:
            return self.zero_over_zero if after == 0 else Fraction(0)
        return Fraction(max(0, before - after), before)


Scale = Choice | Number | Ratio | Decrease


def inputs_of(scale: Scale) -> tuple[Input, ...]:
    """The counts a question asks for; empty for a choice or a number."""
    return scale.inputs if isinstance(scale, (Ratio, Decrease)) else ()


def _single(code: str, raw: Entry) -> str:
    """The stripped text of the one field ``value``, empty when it is not filled in."""
    for key in raw:
        if key != "value":
            raise EntryError(code, _UNKNOWN_INPUT)
    return _stripped(code, raw.get("value", ""))


def _counts(code: str, inputs: tuple[Input, ...], raw: Entry) -> dict[str, int]:
    """The counts filled in, in the order of the inputs."""
    known = {each.key for each in inputs}
    if not known.issuperset(raw):
        raise EntryError(code, _UNKNOWN_INPUT)
    counts = {}
    for each in inputs:
        text = _stripped(code, raw.get(each.key, ""), (each.key,))
        if not text:
            continue
        if len(text) > MAXIMUM_LENGTH or _COUNT.fullmatch(text) is None:
            raise EntryError(
                code,
                f"{each.label}: isi dengan bilangan bulat mulai dari 0, tanpa titik atau koma.",
                (each.key,),
            )
        count = int(text)
        if count > MAXIMUM_COUNT:
            raise EntryError(code, f"{each.label}: paling banyak 1.000.000.000.", (each.key,))
        counts[each.key] = count
    return counts


def _stripped(code: str, text: object, inputs: tuple[str, ...] = ()) -> str:
    if not isinstance(text, str):
        raise EntryError(code, _NOT_TEXT, inputs)
    return text.strip()


def _either(words: tuple[str, ...]) -> str:
    """``Ya atau Tidak``; ``A, B, atau C``."""
    if len(words) == 2:
        return f"{words[0]} atau {words[1]}"
    return f"{', '.join(words[:-1])}, atau {words[-1]}"


def _stated(labels: list[str], total: int) -> str:
    """``“Jumlah agen” berisi 0``; several inputs are named with their sum."""
    if len(labels) == 1:
        return f"{labels[0]} berisi {total}"
    return f"{', '.join(labels[:-1])}, dan {labels[-1]} seluruhnya berjumlah {total}"
