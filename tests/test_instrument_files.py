"""Every file in fixtures/instruments: it loads, it adds up, and nothing in it is missing."""

import csv
import json
import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import pytest

from tests.scoring.instruments import CODES, FIXTURES, REFERENCE, content, instrument

SCALE_NAMES = {
    "Ya/Tidak": "ya-tidak",
    "A/B/C": "abc",
    "A/B/C/D": "abcd",
    "A/B/C/D/E": "abcde",
    "Nilai 0-4": "indeks-4",
    "Persen 0-100": "persen",
}
COUNTS = {  # questions by first two steps of the code, inputs, fill-in rows
    "lke-2021": ({"A.I": 87, "A.II": 23, "B.I": 2, "B.II": 1}, 22, 127),
    "lke-2014": (
        {"A.I": 12, "A.II": 9, "A.III": 18, "A.IV": 11, "A.V": 19, "A.VI": 12, "B.I": 2, "B.II": 1},
        0,
        84,
    ),
}
COPIED_WORDS = 8  # a run of this many words in common with the official master is a copy

reference = pytest.mark.skipif(
    not REFERENCE.exists(),
    reason="tables of the ministry, not part of the repository",
)


def nodes_of(code: str) -> Iterator[dict]:
    waiting = list(content(code)["nodes"])
    while waiting:
        node = waiting.pop(0)
        yield node
        waiting += node.get("children", [])


def questions_of(code: str) -> list[dict]:
    return [question for node in nodes_of(code) for question in node.get("questions", [])]


def test_both_instruments_are_there():
    assert CODES == ["lke-2014", "lke-2021"]


@pytest.mark.parametrize("code", CODES)
def test_file_loads_under_its_own_name(code):
    assert content(code)["code"] == code
    assert content(code)["version"] == 1
    assert instrument(code).sheet.weight == 100


@pytest.mark.parametrize("code", CODES)
def test_file_is_written_with_an_indent_of_one_and_its_letters_as_they_are(code):
    text = (FIXTURES / f"{code}.json").read_text(encoding="utf-8")

    assert text == json.dumps(content(code), ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize("code", CODES)
def test_weights_add_up_exactly_at_every_node(code):
    for node in nodes_of(code):
        parts = [child["weight"] for child in node.get("children", [])]
        parts += [each["weight"] for each in node.get("questions", []) if "weight" in each]
        if parts:
            assert sum(map(Fraction, parts)) == Fraction(node["weight"]), node["code"]
        assert node.get("children") or node.get("questions"), node["code"]
    assert sum(Fraction(node["weight"]) for node in content(code)["nodes"]) == 100


@pytest.mark.parametrize("code", CODES)
def test_counts(code):
    by_part, inputs, rows = COUNTS[code]
    questions = questions_of(code)

    found: dict[str, int] = {}
    for question in questions:
        part = ".".join(question["code"].split(".")[:2])
        found[part] = found.get(part, 0) + 1
    input_count = sum(len(question.get("inputs", [])) for question in questions)
    counted = sum(bool(question.get("inputs")) for question in questions)

    assert found == by_part
    assert input_count == inputs
    assert len(questions) - counted + input_count == rows


@pytest.mark.parametrize("code", CODES)
def test_area_weights(code):
    weights = {area.number: area.weight for area in instrument(code).sheet.areas}

    assert (
        weights
        == {
            "lke-2021": {1: 8, 2: 7, 3: 10, 4: 10, 5: 15, 6: 10},
            "lke-2014": {1: 5, 2: 5, 3: 15, 4: 10, 5: 15, 6: 10},
        }[code]
    )


@pytest.mark.parametrize("code", CODES)
def test_every_text_is_there(code):
    data = content(code)
    for field in ("name", "title", "source"):
        assert data[field].strip()
    assert data["decided"]
    assert [area["number"] for area in data["areas"]] == [1, 2, 3, 4, 5, 6]
    assert all(area["name"] and area["short_name"] for area in data["areas"])
    assert all(predikat["name"] and predikat["source"] for predikat in data["predikat"])
    assert all(node["name"].strip() and node["kind"] for node in nodes_of(code))
    for question in questions_of(code):
        where = question["code"]
        assert question["text"].endswith("?"), where
        assert question["evidence_required"] is True, where
        assert any(document["required"] for document in question["documents"]), where
        assert question["pitfalls"], where
        for text in texts_of(question):
            assert text == text.strip() != "", where
            assert "  " not in text, where


@pytest.mark.parametrize("code", CODES)
def test_every_option_has_its_own_meaning(code):
    scales = content(code)["scales"]
    for question in questions_of(code):
        if scales.get(question.get("scale"), {}).get("kind") == "choice":
            assert list(question["options"]) == list(scales[question["scale"]]["options"])
            assert len(set(question["options"].values())) == len(question["options"])


@pytest.mark.parametrize("code", CODES)
def test_options_stand_best_first(code):
    for scale in content(code)["scales"].values():
        if scale["kind"] == "choice":
            values = [Fraction(value) for value in scale["options"].values()]
            assert all(better > worse for better, worse in pairwise(values))
            assert (values[0], values[-1]) == (1, 0)


@pytest.mark.parametrize("code", CODES)
def test_no_question_is_asked_twice(code):
    texts = [question["text"] for question in questions_of(code)]

    assert len(set(texts)) == len(texts)


def test_nothing_over_nothing():
    found = {
        question["code"]: question["formula"]["zero_over_zero"]
        for question in questions_of("lke-2021")
        if "formula" in question
    }

    assert found == {
        "A.II.1.i.a": "0",
        "A.II.1.i.b": "0",
        "A.II.3.iii.a": "1",
        "A.II.4.i.a": "0",
        "A.II.5.ii.a": "1",
        "A.II.5.iii.1.a": "1",
        "A.II.5.iii.2.a": "1",
        "A.II.6.i.b": "0",
    }


@reference
@pytest.mark.parametrize("code", CODES)
def test_structure_equals_the_reference_table(code):
    with (REFERENCE / f"{code}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    scales = content(code)["scales"]

    expected = {}
    for row in rows:
        kind = SCALE_NAMES.get(row["answer_type"], row["answer_type"])
        options = dict(pair.split("=") for pair in row["choice_values"].split(";") if pair)
        weight = Fraction(row["weight"]) if row["weight"] else None
        expected[row["code"]] = (row["parent_code"], row["level"], weight, kind, options)

    found = {}
    for node in nodes_of(code):
        parent = node["code"].rpartition(".")[0]
        weight = Fraction(node["weight"])
        found[node["code"]] = (parent, node["kind"], weight, "", {})
        for question in node.get("questions", []):
            name = question.get("scale", "%")
            options = scales.get(name, {}).get("options", {})
            weight = Fraction(question["weight"]) if "weight" in question else None
            found[question["code"]] = (node["code"], "question", weight, name, options)
            for each in question.get("inputs", []):
                found[f"{question['code']}.{each['key']}"] = (
                    question["code"],
                    "input",
                    None,
                    "Jumlah",
                    {},
                )
    assert found == expected


@reference
def test_formulas_equal_the_reference_table():
    with (REFERENCE / "lke-2021.csv").open(encoding="utf-8", newline="") as file:
        expected = {
            row["code"]: row["formula"] for row in csv.DictReader(file) if row["answer_type"] == "%"
        }

    def written(formula: dict) -> str:
        if formula["kind"] == "decrease":
            before, after = formula["before"], formula["after"]
            return (
                f"jika {before}=0 dan {after}=0 maka {formula['zero_over_zero']}; "
                f"selain itu max(0, ({before}-{after})/{before})"
            )
        below = "+".join(formula["denominator"])
        below = f"({below})" if "+" in below else below
        return f"min({formula['cap']}, {'+'.join(formula['numerator'])}/{below})"

    found = {
        question["code"]: written(question["formula"])
        for question in questions_of("lke-2021")
        if "formula" in question
    }
    assert found == expected


@reference
@pytest.mark.parametrize("code", CODES)
def test_no_sentence_is_copied_from_the_official_master(code):
    official = set()
    for path in sorted((REFERENCE / "official").glob("*.json")):
        for text in strings_of(json.loads(path.read_text(encoding="utf-8"))):
            official |= runs_of(text)
    assert official

    copied = {run for text in strings_of(content(code)) for run in runs_of(text) & official}

    assert copied == set()


def texts_of(question: dict) -> list[str]:
    texts = [question["text"], *question.get("options", {}).values(), *question["pitfalls"]]
    texts += [document["text"] for document in question["documents"]]
    texts += [each["label"] for each in question.get("inputs", [])]
    return texts + [question[field] for field in ("help", "name") if field in question]


def strings_of(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings_of(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings_of(each)


def runs_of(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[at : at + COPIED_WORDS]) for at in range(len(words) - COPIED_WORDS + 1)}
