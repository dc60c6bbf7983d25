"""From entries to an Evaluation, exact at every step.

A section is the mean of its questions times its weight, a weighted question its value times its
weight, everything above a sum. All sums run over one common denominator as integers; a Fraction
is made once per figure, which is what keeps a full sheet well under a millisecond.
"""

from collections.abc import Mapping
from fractions import Fraction
from math import lcm

from scoring.result import Evaluation, FloorStatus, NodeScore, Shortfall, Verdict
from scoring.rules import AREA, PENGUNGKIT, TOTAL, Floor, Predikat, RuleSet
from scoring.scales import Entry
from scoring.sheet import Sheet, value_of


def evaluate(sheet: Sheet, rules: RuleSet, entries: Mapping[str, Entry]) -> Evaluation:
    """Score what was entered, by question code; a question without entry is open and counts 0.

    Raises EntryError on an entry that is not on its question's scale, ValueError on a code that
    is no question of the sheet.
    """
    _refuse_unknown(sheet, entries)
    values: dict[str, Fraction | None] = {}
    for item in sheet.items:
        entry = entries.get(item.code)
        values[item.code] = value_of(item, entry) if entry else None
    return evaluate_values(sheet, rules, values)


def evaluate_values(
    sheet: Sheet, rules: RuleSet, values: Mapping[str, Fraction | None]
) -> Evaluation:
    """Score values 0 to 1 by question code; None or a missing code is an open question.

    Raises ValueError on a value outside 0 to 1 and on a code that is no question of the sheet.
    """
    _refuse_unknown(sheet, values)
    common = lcm(*{value.denominator for value in values.values() if value is not None})
    count = len(sheet.lines)
    earned, answered = [0] * count, [0] * count
    complete_values: dict[str, Fraction | None] = {}
    for share in sheet.shares:
        value = complete_values[share.code] = values.get(share.code)
        if value is None:
            continue
        top, bottom = value.numerator, value.denominator
        if not 0 <= top <= bottom:
            raise ValueError(f"{share.code}: value {value} is outside 0 to 1")
        earned[share.line] += share.units * top * (common // bottom)
        answered[share.line] += 1
    for position in range(count - 1, -1, -1):
        parent = sheet.lines[position].parent
        if parent >= 0:
            earned[parent] += earned[position]
            answered[parent] += answered[position]

    denominator = common * sheet.units
    nodes = {
        line.code: NodeScore(Fraction(points, denominator), line.weight, done, line.questions)
        for line, points, done in zip(sheet.lines, earned, answered, strict=True)
    }
    areas = {
        area.number: NodeScore(
            Fraction(sum(earned[at] for at in area.lines), denominator),
            area.weight,
            sum(answered[at] for at in area.lines),
            sum(sheet.lines[at].questions for at in area.lines),
        )
        for area in sheet.areas
    }
    tops = [at for at, line in enumerate(sheet.lines) if line.parent < 0]
    total = Fraction(sum(earned[at] for at in tops), denominator)
    done = sum(answered[at] for at in tops)
    figures = _figures(sheet, total, nodes, areas)
    return Evaluation(
        total=total,
        complete=done == len(sheet.items),
        answered=done,
        questions=len(sheet.items),
        nodes=nodes,
        areas=areas,
        verdicts={each.code: _verdict(each, figures) for each in rules.predikat},
        values=complete_values,
    )


def _refuse_unknown(sheet: Sheet, given: Mapping[str, object]) -> None:
    if not given.keys() <= sheet.by_code.keys():
        unknown = sorted(given.keys() - sheet.by_code.keys())
        raise ValueError(f"no question of this sheet: {', '.join(unknown)}")


def _figures(
    sheet: Sheet,
    total: Fraction,
    nodes: Mapping[str, NodeScore],
    areas: Mapping[int, NodeScore],
) -> dict[str, Fraction]:
    """Points by the names that a floor may use."""
    figures = {code: node.points for code, node in nodes.items()}
    figures.update({f"{AREA}{number}": area.points for number, area in areas.items()})
    if sheet.pengungkit is not None:
        figures[PENGUNGKIT] = nodes[sheet.pengungkit].points
    figures[TOTAL] = total
    return figures


def _verdict(predikat: Predikat, figures: Mapping[str, Fraction]) -> Verdict:
    floors = tuple(_status(floor, figures) for floor in predikat.floors)
    shortfalls = tuple(
        Shortfall(each.what, each.required, each.actual) for each in floors if not each.met
    )
    return Verdict(meets=not shortfalls, shortfalls=shortfalls, floors=floors)


def _status(floor: Floor, figures: Mapping[str, Fraction]) -> FloorStatus:
    actual = figures.get(floor.what)
    if actual is None:
        raise ValueError(f"a floor names {floor.what}, which this sheet does not have")
    return FloorStatus(floor.what, floor.required, actual, actual >= floor.required)
