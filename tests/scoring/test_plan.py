"""The optimiser: every plan meets all floors, and on small sheets none is cheaper."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scoring
from scoring.levels import levels_above
from scoring.plan import (
    Objective,
    Plan,
    Problem,
    best_reachable,
    binding_floors,
    find_plan,
    only_area,
)
from tests.scoring.instruments import best_entries, instrument

ABC = scoring.Choice({"A": Fraction(1), "B": Fraction(1, 2), "C": Fraction(0)})
YES = scoring.Choice({"Ya": Fraction(1), "Tidak": Fraction(0)})
SHARE = scoring.Ratio(
    (scoring.Input("n1", "semua"), scoring.Input("n2", "selesai")),
    ("n2",),
    ("n1",),
    Fraction(0),
)
INDEX = scoring.Number(Fraction(4))

SMALL = scoring.Sheet(
    (
        scoring.Node(
            "A",
            Fraction(6),
            role=scoring.PENGUNGKIT,
            children=(
                scoring.Node(
                    "A.1",
                    Fraction(4),
                    area=1,
                    items=(scoring.Item("A.1.a", ABC), scoring.Item("A.1.b", YES)),
                ),
                scoring.Node(
                    "A.2",
                    Fraction(2),
                    area=2,
                    items=(scoring.Item("A.2.a", SHARE), scoring.Item("A.2.b", ABC)),
                ),
            ),
        ),
        scoring.Node(
            "B",
            Fraction(4),
            role=scoring.HASIL,
            items=(
                scoring.Item("B.a", YES, Fraction(3)),
                scoring.Item("B.b", ABC, Fraction(1)),
            ),
        ),
    )
)

FLOORS = ("total", "pengungkit", "area1", "area2", "B", "B.a")


def entries_of_small():
    counts = [{}, *({"n1": str(n), "n2": str(m)} for n in (1, 3, 8) for m in range(n + 1))]

    def entries_of(item):
        if item.scale is SHARE:
            return counts
        return [{}, *({"value": key} for key in item.scale.options)]

    return st.fixed_dictionaries(
        {item.code: st.sampled_from(entries_of(item)) for item in SMALL.items}
    )


def rules_of_small():
    weights = {"total": 10, "pengungkit": 6, "area1": 4, "area2": 2, "B": 4, "B.a": 3}
    shares = st.fixed_dictionaries(
        {what: st.integers(0, 12).map(lambda n: Fraction(n, 12)) for what in FLOORS}
    )
    return shares.map(
        lambda chosen: scoring.RuleSet(
            (
                scoring.Predikat(
                    "WBK",
                    "WBK",
                    tuple(scoring.Floor(what, chosen[what] * weights[what]) for what in FLOORS),
                ),
            )
        )
    )


def cheapest_by_trying(problem: Problem, objective: Objective) -> tuple[int, Fraction] | None:
    """Cost and total of the best plan, found by trying every combination of levels."""
    choices = []
    for item in problem.sheet.items:
        entry = problem.entries.get(item.code, {})
        present = scoring.value_of(item, entry) if entry else None
        levels = () if item.code in problem.pinned else levels_above(item, entry)
        choices.append([(item.code, 0, present), *((item.code, x.steps, x.value) for x in levels)])
    found = []
    for combination in product(*choices):
        values = {code: value for code, _, value in combination}
        result = scoring.evaluate_values(problem.sheet, problem.rules, values)
        if result.verdicts["WBK"].meets:
            steps = [step for _, step, _ in combination if step]
            cost = len(steps) if objective is Objective.QUESTIONS else sum(steps)
            found.append((cost, -result.total))
    if not found:
        return None
    cost, total = min(found)
    return cost, -total


@pytest.mark.parametrize("objective", Objective)
class TestAgainstEveryCombination:
    @given(entries=entries_of_small(), rules=rules_of_small(), data=st.data())
    def test_no_plan_is_cheaper(self, objective, entries, rules, data):
        pinned = data.draw(st.frozensets(st.sampled_from(sorted(SMALL.by_code)), max_size=3))
        problem = Problem(SMALL, rules, "WBK", entries, pinned)

        plan = find_plan(problem, objective)

        expected = cheapest_by_trying(problem, objective)
        got = None if plan is None else (plan.cost(objective), plan.evaluation.total)
        assert got == expected

    @settings(max_examples=30)
    @given(entries=entries_of_small(), rules=rules_of_small())
    def test_binding_floors_are_those_that_cost(self, objective, entries, rules):
        problem = Problem(SMALL, rules, "WBK", entries)
        whole = cheapest_by_trying(problem, objective)

        binding = binding_floors(problem, objective)

        for floor in rules.predikat[0].floors:
            rest = tuple(x for x in rules.predikat[0].floors if x is not floor)
            easier = replace(rules.predikat[0], floors=rest)
            without = cheapest_by_trying(
                replace(problem, rules=scoring.RuleSet((easier,))), objective
            )
            costs = without is not None and (whole is None or without[0] < whole[0])
            assert (floor.what in binding) == costs


def full_problem(predikat: str, entries=None, pinned=frozenset()) -> Problem:
    sheet, rules = instrument("lke-2021")
    return Problem(sheet, rules, predikat, entries or {}, pinned)


@pytest.mark.parametrize("code", ["lke-2021", "lke-2014"])
@pytest.mark.parametrize("predikat", ["WBK", "WBBM"])
@pytest.mark.parametrize("objective", Objective)
def test_from_an_empty_sheet_all_floors_are_met(code, predikat, objective):
    sheet, rules = instrument(code)

    plan = find_plan(Problem(sheet, rules, predikat, {}), objective)

    assert plan.evaluation.verdicts[predikat].meets


def test_what_meets_already_needs_nothing():
    plan = find_plan(full_problem("WBBM", best_entries("lke-2021")), Objective.STEPS)

    assert plan.moves == ()


def test_pinned_questions_stay():
    pinned = frozenset({"A.I.1.i.a", "A.II.5.ii.a", "A.I.6.i.a"})

    plan = find_plan(full_problem("WBK", pinned=pinned), Objective.QUESTIONS)

    assert plan.evaluation.verdicts["WBK"].meets
    assert not pinned & {move.code for move in plan.moves}


def test_one_area_alone():
    entries = best_entries("lke-2021")
    for code in entries:
        if code.startswith(("A.I.3.", "A.II.3.")):
            entries[code] = {}
    sheet, _ = instrument("lke-2021")
    problem = full_problem("WBK", entries, only_area(sheet, 3))

    plan = find_plan(problem, Objective.QUESTIONS)

    assert plan.evaluation.areas[3].percent >= 60
    assert {move.code.split(".")[2] for move in plan.moves} == {"3"}


def test_impossible_says_what_cannot_be_reached():
    problem = full_problem("WBK", best_entries("lke-2021") | {"B.I.a": {"value": "3.5"}})
    problem = replace(problem, pinned=frozenset({"B.I.a"}))

    assert find_plan(problem, Objective.STEPS) is None
    best = best_reachable(problem)
    assert [each.what for each in best.verdicts["WBK"].shortfalls] == ["B.I.a"]
    assert binding_floors(problem, Objective.STEPS) == ("B.I.a",)


def test_moves_explain_themselves():
    entries = best_entries("lke-2021") | {"A.II.1.i.b": {"n1": "7", "n2": "1"}, "B.I.a": {}}
    problem = full_problem("WBK", entries)

    plan: Plan = find_plan(problem, Objective.STEPS)

    move = plan.moves[0]
    assert (move.code, move.before, move.level.entry) == ("B.I.a", None, {"value": "3.6"})
    assert move.gain == Fraction(63, 4)


@pytest.mark.parametrize(
    ("scale", "entry", "expected"),
    [
        (ABC, {"value": "C"}, [("1/2", 1, {"value": "B"}), ("1", 2, {"value": "A"})]),
        (YES, {}, [("1", 1, {"value": "Ya"})]),
        (YES, {"value": "Ya"}, []),
        (
            SHARE,
            {"n1": "7", "n2": "3"},
            [
                ("4/7", 1, {"n1": "7", "n2": "4"}),
                ("6/7", 2, {"n1": "7", "n2": "6"}),
                ("1", 3, {"n1": "7", "n2": "7"}),
            ],
        ),
        (SHARE, {}, [("1/4", 1, None), ("1/2", 2, None), ("3/4", 3, None), ("1", 4, None)]),
        (INDEX, {"value": "3.85"}, [("39/40", 1, {"value": "3.9"}), ("1", 2, {"value": "4"})]),
    ],
)
def test_levels(scale, entry, expected):
    found = levels_above(scoring.Item("X", scale), entry)

    assert [(str(x.value), x.steps, x.entry) for x in found] == expected
