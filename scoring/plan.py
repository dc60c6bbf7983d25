"""The way to a predikat: the smallest set of improvements that meets all floors at once.

Exact, not greedy. Points add up over questions, and the floors of a predikat stand on sets of
questions that contain each other or do not meet (total, component, area or group, question). So
for every such set, from the inside out, it is enough to know the most points that each cost can
buy while every floor inside stands: a knapsack per set, joined along the tree of sets.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from math import ceil, lcm
from typing import Final, NamedTuple

from scoring.evaluate import evaluate_values
from scoring.levels import Level, levels_above
from scoring.result import Evaluation
from scoring.rules import AREA, PENGUNGKIT, TOTAL, Floor, Predikat, RuleSet
from scoring.scales import Entry
from scoring.sheet import Sheet, value_of


class Objective(Enum):
    """What is to be as small as possible: the questions touched, or the steps taken."""

    QUESTIONS = "questions"
    STEPS = "steps"


@dataclass(frozen=True, slots=True)
class Move:
    """Raise one question to a level. gain: points it adds, above 0."""

    code: str
    before: Fraction | None
    level: Level
    gain: Fraction


@dataclass(frozen=True, slots=True)
class Plan:
    """Moves in the order of the sheet, and the score once they are made."""

    moves: tuple[Move, ...]
    evaluation: Evaluation

    @property
    def questions(self) -> int:
        return len(self.moves)

    @property
    def steps(self) -> int:
        return sum(move.level.steps for move in self.moves)

    def cost(self, objective: Objective) -> int:
        return self.questions if objective is Objective.QUESTIONS else self.steps


@dataclass(frozen=True, slots=True)
class Problem:
    """What is asked. pinned: questions that stay as they are."""

    sheet: Sheet
    rules: RuleSet
    predikat: str
    entries: Mapping[str, Entry]
    pinned: frozenset[str] = frozenset()


class _Picked(NamedTuple):
    code: str
    level: Level


class _Joined(NamedTuple):
    left: "_Made"
    right: "_Made"


_Made = _Picked | _Joined | None


class _Choice(NamedTuple):
    """One point of a front: its cost, its points in units, and how it is made."""

    cost: int
    points: int
    made: _Made


_Front = list[_Choice]
_NOTHING: Final[_Front] = [_Choice(0, 0, None)]


def find_plan(problem: Problem, objective: Objective) -> Plan | None:
    """The cheapest plan; of those that cost the same, the one that earns most.

    None where the floors cannot be met with what is not pinned (`best_reachable` says why).
    """
    rule = _rule(problem)
    return _solve(problem, objective, rule.floors)


def best_reachable(problem: Problem) -> Evaluation:
    """The score with everything that is not pinned raised to the top."""
    values = _values(problem)
    for item in problem.sheet.items:
        if item.code not in problem.pinned:
            levels = levels_above(item, problem.entries.get(item.code, {}))
            if levels:
                values[item.code] = levels[-1].value
    return evaluate_values(problem.sheet, problem.rules, values)


def binding_floors(problem: Problem, objective: Objective) -> tuple[str, ...]:
    """The floors without which the plan would be cheaper (or possible at all), in their order."""
    rule = _rule(problem)
    whole = _solve(problem, objective, rule.floors)
    found = []
    for left_out in rule.floors:
        rest = tuple(each for each in rule.floors if each is not left_out)
        plan = _solve(problem, objective, rest)
        if plan is None:
            continue
        if whole is None or plan.cost(objective) < whole.cost(objective):
            found.append(left_out.what)
    return tuple(found)


def only_area(sheet: Sheet, area: int, pinned: Collection[str] = ()) -> frozenset[str]:
    """What to pin so that a plan stays within one area."""
    inside = _questions_of(sheet, f"{AREA}{area}")
    return frozenset(pinned) | {item.code for item in sheet.items if item.code not in inside}


def _solve(problem: Problem, objective: Objective, floors: tuple[Floor, ...]) -> Plan | None:
    sheet = problem.sheet
    values = _values(problem)
    levels = {
        item.code: ()
        if item.code in problem.pinned
        else levels_above(item, problem.entries.get(item.code, {}))
        for item in sheet.items
    }
    denominators = {value.denominator for value in values.values() if value is not None}
    denominators |= {level.value.denominator for each in levels.values() for level in each}
    common = lcm(*denominators)
    worth = {share.code: share.units * common for share in sheet.shares}

    def points(code: str, value: Fraction | None) -> int:
        return 0 if value is None else int(value * worth[code])

    fronts = {
        code: _question_front(code, points(code, values[code]), each, worth[code], objective)
        for code, each in levels.items()
    }
    needed = _needs(sheet, floors, sheet.units * common)
    front = _set_front(_Set(frozenset(worth), needed), fronts)
    if not front:
        return None
    moves = dict(_flatten(front[0].made))
    reached = values | {code: level.value for code, level in moves.items()}
    return Plan(
        moves=tuple(
            Move(
                code=share.code,
                before=values[share.code],
                level=moves[share.code],
                gain=Fraction(
                    points(share.code, moves[share.code].value)
                    - points(share.code, values[share.code]),
                    sheet.units * common,
                ),
            )
            for share in sheet.shares
            if share.code in moves
        ),
        evaluation=evaluate_values(sheet, problem.rules, reached),
    )


@dataclass(frozen=True, slots=True)
class _Set:
    """Questions under common floors; needs: other sets within, and points in units."""

    questions: frozenset[str]
    needs: tuple[tuple[frozenset[str], int], ...]


def _set_front(whole: _Set, fronts: Mapping[str, _Front]) -> _Front:
    """The front of a set: what each cost can buy while every floor in it stands."""
    own = max((points for each, points in whole.needs if each == whole.questions), default=0)
    inner = [need for need in whole.needs if need[0] != whole.questions]
    tops = [each for each, _ in inner if not any(each < other for other, _ in inner)]
    front = _NOTHING
    covered: set[str] = set()
    for top in dict.fromkeys(tops):
        part = _Set(top, tuple(need for need in inner if need[0] <= top))
        front = _join(front, _set_front(part, fronts))
        covered |= top
    for code in sorted(whole.questions - covered):  # the same plan every time
        front = _join(front, fronts[code])
    return [choice for choice in front if choice.points >= own]


def _question_front(
    code: str, present: int, levels: tuple[Level, ...], worth: int, objective: Objective
) -> _Front:
    choices = [_Choice(0, present, None)]
    for level in levels:
        cost = 1 if objective is Objective.QUESTIONS else level.steps
        choices.append(_Choice(cost, int(level.value * worth), _Picked(code, level)))
    return _best(choices)


def _join(left: _Front, right: _Front) -> _Front:
    """Every pair of choices, and of those the best for each cost."""
    found: dict[int, _Choice] = {}
    for a in left:
        for b in right:
            cost, points = a.cost + b.cost, a.points + b.points
            known = found.get(cost)
            if known is None or points > known.points:
                found[cost] = _Choice(cost, points, _Joined(a.made, b.made))
    return _best(found.values())


def _best(choices: Collection[_Choice]) -> _Front:
    """Cheapest first; what costs more must earn more."""
    front: _Front = []
    for choice in sorted(choices, key=lambda each: (each.cost, -each.points)):
        if not front or choice.points > front[-1].points:
            front.append(choice)
    return front


def _flatten(made: _Made) -> list[_Picked]:
    stack: list[_Made] = [made]
    found: list[_Picked] = []
    while stack:
        match stack.pop():
            case _Picked() as picked:
                found.append(picked)
            case _Joined(left, right):
                stack += [left, right]
    return found


def _needs(
    sheet: Sheet, floors: tuple[Floor, ...], units: int
) -> tuple[tuple[frozenset[str], int], ...]:
    """The questions under each floor and the points they need, in units.

    Raises ValueError where two floors overlap without one containing the other.
    """
    needs = tuple(
        (_questions_of(sheet, floor.what), ceil(floor.required * units)) for floor in floors
    )
    for first, _ in needs:
        for second, _ in needs:
            if first & second and not (first <= second or second <= first):
                raise ValueError("floors overlap without one containing the other")
    return needs


def _questions_of(sheet: Sheet, what: str) -> frozenset[str]:
    """The questions that a floor adds up."""
    if what == TOTAL:
        return frozenset(sheet.by_code)
    if what == PENGUNGKIT:
        tops = {at for at, line in enumerate(sheet.lines) if line.code == sheet.pengungkit}
    elif what.startswith(AREA):
        tops = {at for each in sheet.areas if f"{AREA}{each.number}" == what for at in each.lines}
    else:
        tops = {at for at, line in enumerate(sheet.lines) if line.code == what}
    found = set()
    for share in sheet.shares:
        at = share.line
        while at >= 0 and at not in tops:
            at = sheet.lines[at].parent
        if at >= 0:
            found.add(share.code)
    return frozenset(found)


def _values(problem: Problem) -> dict[str, Fraction | None]:
    return {
        item.code: value_of(item, entry) if (entry := problem.entries.get(item.code)) else None
        for item in problem.sheet.items
    }


def _rule(problem: Problem) -> Predikat:
    for each in problem.rules.predikat:
        if each.code == problem.predikat:
            return each
    raise ValueError(f"no predikat {problem.predikat} in these rules")
