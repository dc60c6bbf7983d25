"""The shipped instruments and sheets filled from them, for the scoring tests."""

import json
from fractions import Fraction
from functools import cache
from pathlib import Path

import scoring

REPOSITORY = Path(__file__).resolve().parents[2]
FIXTURES = REPOSITORY / "fixtures" / "instruments"
REFERENCE = REPOSITORY.parent / "shared" / "reference"  # not there in every checkout

CODES = sorted(path.stem for path in FIXTURES.glob("*.json"))


@cache
def content(code: str) -> dict:
    return json.loads((FIXTURES / f"{code}.json").read_text(encoding="utf-8"))


@cache
def instrument(code: str) -> scoring.ParsedInstrument:
    return scoring.parse_instrument(content(code))


def evaluate(code: str, entries: dict) -> scoring.Evaluation:
    sheet, rules = instrument(code)
    return scoring.evaluate(sheet, rules, entries)


def best_entry(item: scoring.Item) -> dict[str, str]:
    """An entry worth 1."""
    match item.scale:
        case scoring.Choice(options=options):
            return {"value": next(key for key, value in options.items() if value == 1)}
        case scoring.Number(maximum=maximum):
            return {"value": scoring.to_decimal_string(maximum)}
        case scoring.Decrease(before=before):
            return {each.key: "1" if each.key == before else "0" for each in item.inputs}
        case scoring.Ratio(numerator=numerator):
            return {each.key: "9" if each.key in numerator else "1" for each in item.inputs}


def best_entries(code: str) -> dict[str, dict[str, str]]:
    """A sheet on which every question is worth 1."""
    return {item.code: best_entry(item) for item in instrument(code).sheet.items}


def best_values(code: str) -> dict[str, Fraction]:
    return {item.code: Fraction(1) for item in instrument(code).sheet.items}


def naive_points(node: scoring.Node, values: dict) -> dict[str, Fraction]:
    """Points of a node and all below it, straight from the definition."""
    found: dict[str, Fraction] = {}
    total = Fraction(0)
    for child in node.children:
        found |= naive_points(child, values)
        total += found[child.code]
    for item in node.items:
        value = values.get(item.code) or Fraction(0)
        if item.weight is None:
            total += node.weight * value / len(node.items)
        else:
            found[item.code] = item.weight * value
            total += found[item.code]
    found[node.code] = total
    return found
