"""Worked sheets whose results were established elsewhere, and sheets worked by hand here."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest

import scoring
from tests.scoring.instruments import (
    REFERENCE,
    best_entries,
    evaluate,
    instrument,
)

KNOWN = REFERENCE / "known-answers.json"
CASES = json.loads(KNOWN.read_text(encoding="utf-8"))["cases"] if KNOWN.exists() else []


@pytest.mark.skipif(not CASES, reason="sheets of the ministry, not part of the repository")
def test_reference_sheets_are_there():
    assert {case["instrument"] for case in CASES} == {"lke-2021", "lke-2014"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_reference_sheet(case):
    sheet, rules = instrument(case["instrument"])
    answers = scoring.read_answers(json.dumps({"answers": case["answers"]}).encode())

    result = scoring.evaluate(sheet, rules, scoring.entries_from_answers(sheet, answers))

    figures = {code: node.points for code, node in result.nodes.items()}
    figures |= {f"area{number}": area.points for number, area in result.areas.items()}
    figures["total"] = result.total
    tolerance = Fraction(case["tolerance"])
    far_off = {
        what: (expected, float(figures[what]))
        for what, expected in case["expected"].items()
        if abs(figures[what] - Fraction(str(expected))) > tolerance
    }
    assert far_off == {}
    if "shortfalls" in case:
        short = {
            code: [each.what for each in verdict.shortfalls]
            for code, verdict in result.verdicts.items()
        }
        assert short == case["shortfalls"]


@pytest.mark.parametrize(("code", "questions"), [("lke-2021", 113), ("lke-2014", 84)])
def test_best_sheet_earns_everything(code, questions):
    result = evaluate(code, best_entries(code))

    assert result.total == 100
    assert (result.complete, result.answered, result.questions) == (True, questions, questions)
    assert all(node.points == node.weight for node in result.nodes.values())
    assert all(node.answered == node.questions for node in result.nodes.values())
    assert {area: score.percent for area, score in result.areas.items()} == dict.fromkeys(
        range(1, 7), 100
    )
    assert all(verdict.meets and not verdict.shortfalls for verdict in result.verdicts.values())


@pytest.mark.parametrize(("code", "questions"), [("lke-2021", 113), ("lke-2014", 84)])
def test_empty_sheet_is_interim_and_earns_nothing(code, questions):
    result = evaluate(code, {})

    assert result.total == 0
    assert (result.complete, result.answered, result.questions) == (False, 0, questions)
    assert set(result.values.values()) == {None}
    assert not any(verdict.meets for verdict in result.verdicts.values())
    assert all(
        len(verdict.shortfalls) == len(verdict.floors) for verdict in result.verdicts.values()
    )


@pytest.mark.parametrize("question", ["A.I.1.i.a", "A.II.6.i.b", "B.II.a"])
def test_one_open_question_leaves_the_sheet_interim(question):
    entries = best_entries("lke-2021")
    del entries[question]

    result = evaluate("lke-2021", entries)

    assert (result.complete, result.answered, result.questions) == (False, 112, 113)


def test_open_question_counts_0_in_its_section():
    result = evaluate("lke-2021", {"A.I.1.i.a": {"value": "Ya"}})

    assert result.nodes["A.I.1.i"] == scoring.NodeScore(
        points=Fraction(1, 4), weight=Fraction(1, 2), answered=1, questions=2
    )
    assert (result.values["A.I.1.i.a"], result.values["A.I.1.i.b"]) == (1, None)


def test_partial_counts_are_not_answered():
    complete = {"n1": "5", "n2": "1", "n3": "4"}

    partial = evaluate("lke-2021", {"A.II.5.ii.a": {"n1": "5", "n3": "4"}})
    whole = evaluate("lke-2021", {"A.II.5.ii.a": complete})

    assert (partial.answered, partial.total) == (0, 0)
    assert (whole.answered, whole.total) == (1, Fraction(3) * Fraction(4, 5))


def test_input_outside_the_formula_does_not_move_the_score():
    fewer = evaluate("lke-2021", {"A.II.3.iii.a": {"n1": "8", "n2": "5", "n3": "0"}})
    more = evaluate("lke-2021", {"A.II.3.iii.a": {"n1": "8", "n2": "5", "n3": "5"}})

    assert fewer.total == more.total == 2 * Fraction(3, 8)


def test_wealth_reports_are_the_sum_of_both_subsections():
    both = best_entries("lke-2021")
    one = {**both, "A.II.5.iii.2.a": {"n1": "0", "n2": "0", "n3": "4", "n4": "1"}}

    result = evaluate("lke-2021", one)

    assert result.nodes["A.II.5.iii.1"].points == 1
    assert result.nodes["A.II.5.iii.2"].points == Fraction(1, 4)
    assert result.nodes["A.II.5.iii"].points == Fraction(5, 4)


def test_area_joins_pemenuhan_and_reform():
    result = evaluate("lke-2021", {"A.I.1.i.a": {"value": "Ya"}, "A.II.1.ii.a": {"value": "B"}})

    area = result.areas[1]
    assert (area.points, area.weight) == (Fraction(1, 4) + Fraction(3, 4), 8)
    assert area.percent == Fraction(25, 2)
    assert (area.answered, area.questions) == (2, 16)


def test_thirds_are_exact_where_decimals_would_miss_the_floor():
    """Three means of 1/3 and one of 2/5 make 6 exactly."""
    half = scoring.Choice({"A": Fraction(1, 3), "B": Fraction(2, 5)})
    sections = [
        scoring.Node(f"S{n}", Fraction(weight), items=(scoring.Item(f"S{n}.a", half),))
        for n, weight in enumerate(("5", "5", "5", "2.5"))
    ]
    sheet = scoring.Sheet((scoring.Node("S", Fraction("17.5"), children=tuple(sections)),))
    floor = scoring.Floor("S", Fraction(6))
    rules = scoring.RuleSet((scoring.Predikat("P", "Predikat", (floor,)),))
    letters = zip(sections, "AAAB", strict=True)
    entries = {section.items[0].code: {"value": letter} for section, letter in letters}

    result = scoring.evaluate(sheet, rules, entries)

    assert 3 * (Decimal(5) / 3) + Decimal("2.5") * 2 / 5 != 6
    assert result.nodes["S"].points == 6
    assert result.verdicts["P"].meets


def test_stored_entry_off_the_scale_is_refused_with_its_code():
    with pytest.raises(scoring.EntryError) as refusal:
        evaluate("lke-2021", {"A.I.1.i.b": {"value": "E"}})

    assert refusal.value.code == "A.I.1.i.b"


@pytest.mark.parametrize("code", ["A.I.1.i", "A.I.1.i.z", "A.II.1.i.a.n1", ""])
def test_entry_for_no_question_of_the_sheet_is_a_broken_promise(code):
    with pytest.raises(ValueError, match="no question of this sheet"):
        evaluate("lke-2021", {code: {"value": "A"}})


@pytest.mark.parametrize("value", [Fraction(-1, 10**9), 1 + Fraction(1, 10**9)])
def test_value_outside_0_to_1_is_a_broken_promise(value):
    sheet, rules = instrument("lke-2021")

    with pytest.raises(ValueError, match="outside 0 to 1"):
        scoring.evaluate_values(sheet, rules, {"A.I.1.i.a": value})
