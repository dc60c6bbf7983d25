"""Every floor of both instruments: at, just below and just above, and what is said of it."""

from fractions import Fraction

import pytest

import scoring
from tests.scoring.instruments import best_entries, best_values, evaluate, instrument

A_HAIR = Fraction(1, 10**15)  # far below what any printed figure shows

# Points, written out from the regulations and compared below with what the files say.
FLOORS = {
    ("lke-2021", "WBK"): {
        "total": "75",
        "pengungkit": "40",
        "area1": "4.8",
        "area2": "4.2",
        "area3": "6",
        "area4": "6",
        "area5": "9",
        "area6": "6",
        "B.I": "18.25",
        "B.I.a": "15.75",
        "B.I.b": "2.5",
        "B.II": "14",
    },
    ("lke-2021", "WBBM"): {
        "total": "85",
        "pengungkit": "48",
        "area1": "6",
        "area2": "5.25",
        "area3": "7.5",
        "area4": "7.5",
        "area5": "11.25",
        "area6": "7.5",
        "B.I": "19.5",
        "B.I.a": "15.75",
        "B.I.b": "3.75",
        "B.II": "15.75",
    },
    ("lke-2014", "WBK"): {"total": "75", "B.I": "18", "B.I.1": "13.5", "B.I.2": "3.5"},
    ("lke-2014", "WBBM"): {
        "total": "85",
        "B.I": "18",
        "B.I.1": "13.5",
        "B.I.2": "3.5",
        "B.II": "16",
    },
}
EACH_FLOOR = [
    pytest.param(code, predikat, what, Fraction(points), id=f"{code}-{predikat}-{what}")
    for (code, predikat), floors in FLOORS.items()
    for what, points in floors.items()
]


@pytest.mark.parametrize(("code", "predikat"), FLOORS)
def test_floors_are_those_of_the_regulation(code, predikat):
    rules = instrument(code).rules

    floors = next(each.floors for each in rules.predikat if each.code == predikat)

    expected = {what: Fraction(points) for what, points in FLOORS[code, predikat].items()}
    assert {floor.what: floor.required for floor in floors} == expected


@pytest.mark.parametrize("code", ["lke-2021", "lke-2014"])
def test_wbbm_requires_wbk(code):
    rules = instrument(code).rules

    assert [(each.code, each.requires) for each in rules.predikat] == [
        ("WBK", None),
        ("WBBM", "WBK"),
    ]


@pytest.mark.parametrize(("offset", "met"), [(-A_HAIR, False), (0, True), (A_HAIR, True)])
@pytest.mark.parametrize(("code", "predikat", "what", "required"), EACH_FLOOR)
def test_floor_is_met_at_it_and_not_a_hair_below(code, predikat, what, required, offset, met):
    sheet, rules = instrument(code)
    actual = required + offset

    result = scoring.evaluate_values(sheet, rules, _values_reaching(code, what, actual))

    verdict = result.verdicts[predikat]
    status = next(each for each in verdict.floors if each.what == what)
    assert status == scoring.FloorStatus(what, required, actual, met)
    shortfalls = [each for each in verdict.shortfalls if each.what == what]
    assert shortfalls == ([] if met else [scoring.Shortfall(what, required, actual)])
    assert verdict.meets == (not verdict.shortfalls)
    printed = scoring.print_points(actual, result.floors_of(what))
    assert (printed == scoring.print_points(required)) == met


@pytest.mark.parametrize(
    ("code", "question", "entry", "short"),
    [
        ("lke-2021", "B.I.a", "3.59", {"WBK": ["B.I.a"], "WBBM": ["B.I.a"]}),
        ("lke-2021", "B.I.a", "3.6", {"WBK": [], "WBBM": []}),
        ("lke-2021", "B.I.a", "3.599999999999999999", {"WBK": ["B.I.a"], "WBBM": ["B.I.a"]}),
        ("lke-2021", "B.II.a", "3.19", {"WBK": ["B.II"], "WBBM": ["B.II"]}),
        ("lke-2021", "B.II.a", "3.2", {"WBK": [], "WBBM": ["B.II"]}),
        ("lke-2021", "B.II.a", "3.59", {"WBK": [], "WBBM": ["B.II"]}),
        ("lke-2021", "B.II.a", "3.6", {"WBK": [], "WBBM": []}),
        ("lke-2021", "B.I.b", "D", {"WBK": ["B.I.b"], "WBBM": ["B.I", "B.I.b"]}),
        ("lke-2021", "B.I.b", "C", {"WBK": [], "WBBM": ["B.I.b"]}),
        ("lke-2021", "B.I.b", "B", {"WBK": [], "WBBM": []}),
        ("lke-2014", "B.I.1", "3.59", {"WBK": ["B.I.1"], "WBBM": ["B.I.1"]}),
        ("lke-2014", "B.I.1", "3.6", {"WBK": [], "WBBM": []}),
        ("lke-2014", "B.I.2", "69.99", {"WBK": ["B.I.2"], "WBBM": ["B.I.2"]}),
        ("lke-2014", "B.I.2", "70", {"WBK": [], "WBBM": []}),
        ("lke-2014", "B.II.1", "3.19", {"WBK": [], "WBBM": ["B.II"]}),
        ("lke-2014", "B.II.1", "3.2", {"WBK": [], "WBBM": []}),
    ],
)
def test_result_question_on_an_otherwise_best_sheet(code, question, entry, short):
    entries = {**best_entries(code), question: {"value": entry}}

    result = evaluate(code, entries)

    assert {
        predikat: [each.what for each in verdict.shortfalls]
        for predikat, verdict in result.verdicts.items()
    } == short


def test_survey_and_follow_up_at_their_floors_still_miss_the_sum_of_2014():
    entries = best_entries("lke-2014")
    entries |= {"B.I.1": {"value": "3.6"}, "B.I.2": {"value": "70"}}

    verdict = evaluate("lke-2014", entries).verdicts["WBK"]

    assert verdict.shortfalls == (scoring.Shortfall("B.I", Fraction(18), Fraction(17)),)
    assert verdict.shortfalls[0].gap == 1


def test_shortfalls_stand_in_the_order_of_the_floors():
    verdict = evaluate("lke-2021", {}).verdicts["WBBM"]

    assert [each.what for each in verdict.shortfalls] == list(FLOORS["lke-2021", "WBBM"])
    assert all(each.actual == 0 and each.gap == each.required for each in verdict.shortfalls)


def test_floors_of_names_every_minimum_a_figure_stands_against():
    result = evaluate("lke-2021", {})

    assert result.floors_of("total") == (75, 85)
    assert result.floors_of("area2") == (Fraction("4.2"), Fraction("5.25"))
    assert result.floors_of("A.I.1") == ()


def test_floor_for_something_the_sheet_lacks_is_a_broken_promise():
    sheet = instrument("lke-2014").sheet
    rules = instrument("lke-2021").rules

    with pytest.raises(ValueError, match=r"a floor names B\.I\.a"):
        scoring.evaluate(sheet, rules, {})


def _values_reaching(code: str, what: str, points: Fraction) -> dict[str, Fraction]:
    """Best values, but all that counts into ``what`` lowered alike so that it makes points."""
    sheet = instrument(code).sheet
    below = _questions_below(sheet, what)
    weights = {line.code: line.weight for line in sheet.lines}
    weights |= {f"area{area.number}": area.weight for area in sheet.areas}
    weights |= {"total": sheet.weight, "pengungkit": weights["A"]}
    return best_values(code) | dict.fromkeys(below, points / weights[what])


def _questions_below(sheet: scoring.Sheet, what: str) -> list[str]:
    codes = [item.code for item in sheet.items]
    if what == "total":
        return codes
    if what.startswith("area"):
        number = what.removeprefix("area")
        return [code for code in codes if code.startswith((f"A.I.{number}.", f"A.II.{number}."))]
    prefix = "A" if what == "pengungkit" else what
    return [code for code in codes if code == prefix or code.startswith(f"{prefix}.")]
