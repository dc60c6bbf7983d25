"""Why a score is what it is: for every figure the arithmetic that made it, in one line.

``(1 + 0,5) / 2 x 0,5 = 0,375``; figures are rounded to four decimals, and the result then has "≈"
before it in place of "=". As everywhere in print, a figure below a floor never reads as that floor.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from scoring.printing import print_number, to_decimal_string
from scoring.result import Evaluation
from scoring.rules import TOTAL
from scoring.scales import Choice, Decrease, Entry, Number, Ratio
from scoring.sheet import Item, Node, Sheet

PLACES: Final = 4  # decimals of a figure within a sentence
TIMES: Final = "\N{MULTIPLICATION SIGN}"
MINUS: Final = "\N{MINUS SIGN}"
ABOUT: Final = "\N{ALMOST EQUAL TO}"
OPEN: Final = "belum dijawab, dihitung 0"


@dataclass(frozen=True, slots=True)
class Explained:
    """A node, or a question at the foot of the tree.

    value: share of its weight that was earned, 0 to 1, None for an open question. points, weight:
    for a question without a weight of its own its part in the section. floors: what the points
    are printed against.
    """

    code: str
    is_question: bool
    points: Fraction
    weight: Fraction
    value: Fraction | None
    floors: tuple[Fraction, ...]
    sentence: str
    parts: tuple["Explained", ...]


def explain(
    sheet: Sheet, evaluation: Evaluation, entries: Mapping[str, Entry]
) -> tuple[Explained, ...]:
    """The components, each with all that is below it."""
    return tuple(_node(sheet, node, evaluation, entries) for node in sheet.components)


def total_sentence(sheet: Sheet, evaluation: Evaluation) -> str:
    """``40,9 + 37,38 = 78,28``."""
    codes = [node.code for node in sheet.components]
    parts = [
        figure(evaluation.nodes[code].points, evaluation.floors_of(sheet.floor_name(code)))
        for code in codes
    ]
    return _sum(parts, evaluation.total, evaluation.floors_of(TOTAL))


def figure(value: Fraction, floors: Iterable[Fraction] = ()) -> str:
    """At most four decimals, with a decimal comma."""
    return to_decimal_string(value, PLACES, floors).replace(".", ",")


def _value_sentence(
    item: Item, entry: Entry, value: Fraction | None, floors: Iterable[Fraction]
) -> str:
    """How an answer became its value: ``B = 0,5``, ``4 / 6 ≈ 0,6667``, ``3,62 / 4 = 0,905``.

    floors: as values, shares of the question's weight.
    """
    if value is None:
        return OPEN
    match item.scale:
        case Choice():
            return f"{entry['value']} {_equals(value, floors)}"
        case Number(maximum=maximum):
            entered = entry["value"].replace(".", ",")  # as it was entered, however many places
            return f"{entered} / {print_number(maximum)} {_equals(value, floors)}"
        case Ratio() as scale:
            return _ratio(scale, entry, value)
        case Decrease() as scale:
            return _decrease(scale, entry, value)


def _node(
    sheet: Sheet,
    node: Node,
    evaluation: Evaluation,
    entries: Mapping[str, Entry],
    above: tuple[Fraction, ...] = (),
) -> Explained:
    """above: floors of the node around it where this is all that the node holds, so that one
    figure never reads in two ways."""
    score = evaluation.nodes[node.code]
    floors = evaluation.floors_of(sheet.floor_name(node.code)) + above
    below = floors if len(node.children) + len(node.items) == 1 else ()
    parts = tuple(_node(sheet, child, evaluation, entries, below) for child in node.children)
    parts += tuple(_question(item, node, evaluation, entries, below) for item in node.items)
    if node.items and node.items[0].weight is None:
        values = [evaluation.values[item.code] or Fraction(0) for item in node.items]
        top = " + ".join(figure(value) for value in values)
        mean = f"({top}) / {len(values)}" if len(values) > 1 else top
        sentence = f"{mean} {TIMES} {print_number(node.weight)} {_equals(score.points, floors)}"
    else:
        sentence = _sum([figure(part.points, part.floors) for part in parts], score.points, floors)
    return Explained(
        node.code, False, score.points, node.weight, score.value, floors, sentence, parts
    )


def _question(
    item: Item,
    node: Node,
    evaluation: Evaluation,
    entries: Mapping[str, Entry],
    above: tuple[Fraction, ...],
) -> Explained:
    value = evaluation.values[item.code]
    weight = item.weight or node.weight / len(node.items)
    floors = evaluation.floors_of(item.code) + above
    shares = [floor / weight for floor in floors]
    sentence = _value_sentence(item, entries.get(item.code, {}), value, shares)
    if item.weight is not None and value is not None:
        product = f"{figure(value, shares)} {TIMES} {print_number(weight)}"
        sentence += f"; {product} {_equals(value * weight, floors)}"
    points_earned = (value or Fraction(0)) * weight
    return Explained(item.code, True, points_earned, weight, value, floors, sentence, ())


def _ratio(scale: Ratio, entry: Entry, value: Fraction) -> str:
    above = [int(entry[key]) for key in scale.numerator]
    below = [int(entry[key]) for key in scale.denominator]
    written = f"{_added(above)} / {_added(below)}"
    if sum(below) == 0:
        return f"{written}: tidak ada yang dihitung, ditetapkan {figure(value)}"
    if sum(above) > sum(below):
        return f"{written}, dibatasi {figure(value)}"
    return f"{written} {_equals(value)}"


def _decrease(scale: Decrease, entry: Entry, value: Fraction) -> str:
    before, after = int(entry[scale.before]), int(entry[scale.after])
    if before == 0:
        return f"tahun lalu 0, tahun ini {after}: ditetapkan {figure(value)}"
    written = f"({before} {MINUS} {after}) / {before}"
    return f"{written}, tidak kurang dari 0" if after > before else f"{written} {_equals(value)}"


def _added(counts: list[int]) -> str:
    return str(counts[0]) if len(counts) == 1 else f"({' + '.join(map(str, counts))})"


def _sum(parts: Iterable[str], result: Fraction, floors: Iterable[Fraction]) -> str:
    return f"{' + '.join(parts)} {_equals(result, floors)}"


def _equals(value: Fraction, floors: Iterable[Fraction] = ()) -> str:
    """``= 0,375``, or ``≈ 0,6667`` where four decimals are not all."""
    is_exact = Fraction(to_decimal_string(value, PLACES)) == value
    return f"{'=' if is_exact else ABOUT} {figure(value, floors)}"
