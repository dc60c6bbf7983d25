"""The sentences: what they say, and that the figures in them are right."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scoring
from tests.scoring.instruments import best_entries, evaluate, instrument

SHEET = instrument("lke-2021").sheet


def walk(parts):
    for part in parts:
        yield part
        yield from walk(part.parts)


def explained(entries):
    return {
        part.code: part
        for part in walk(scoring.explain(SHEET, evaluate("lke-2021", entries), entries))
    }


@pytest.mark.parametrize(
    ("code", "entry", "expected"),
    [
        ("A.I.1.i.b", {"value": "B"}, "B = 0,5"),
        ("A.II.1.i.b", {"n1": "6", "n2": "4"}, "4 / 6 ≈ 0,6667"),
        ("A.II.1.i.b", {"n1": "8", "n2": "2"}, "2 / 8 = 0,25"),
        ("A.II.1.i.b", {"n1": "4", "n2": "6"}, "6 / 4, dibatasi 1"),
        ("A.II.1.i.b", {"n1": "0", "n2": "0"}, "0 / 0: tidak ada yang dihitung, ditetapkan 0"),
        (
            "A.II.5.iii.1.a",
            {"n1": "1", "n2": "2", "n3": "1", "n4": "3"},
            "3 / (1 + 2 + 1) = 0,75",
        ),
        ("A.II.3.iii.a", {"n1": "5", "n2": "2", "n3": "2"}, "(5 − 2) / 5 = 0,6"),
        ("A.II.3.iii.a", {"n1": "2", "n2": "5", "n3": "2"}, "(2 − 5) / 2, tidak kurang dari 0"),
        (
            "A.II.3.iii.a",
            {"n1": "0", "n2": "1", "n3": "0"},
            "tahun lalu 0, tahun ini 1: ditetapkan 0",
        ),
        ("B.I.a", {"value": "3.62"}, "3,62 / 4 = 0,905; 0,905 × 17,5 = 15,8375"),
        ("B.I.b", {"value": "B"}, "B = 0,75; 0,75 × 5 = 3,75"),
        ("A.I.1.i.b", {}, "belum dijawab, dihitung 0"),
    ],
)
def test_sentence_of_an_answer(code, entry, expected):
    assert explained(best_entries("lke-2021") | {code: entry})[code].sentence == expected


def test_sentences_of_nodes():
    entries = best_entries("lke-2021") | {"A.I.1.i.b": {"value": "B"}, "B.I.a": {"value": "3.6"}}

    found = explained(entries)

    assert found["A.I.1.i"].sentence == "(1 + 0,5) / 2 × 0,5 = 0,375"
    assert found["A.I.1"].sentence == "0,375 + 1 + 1 + 1,5 = 3,875"
    assert found["A.II.3.i"].sentence == "1 × 1,5 = 1,5"
    assert found["B.I"].sentence == "15,75 + 5 = 20,75"
    total = scoring.total_sentence(SHEET, evaluate("lke-2021", entries))
    assert total == "59,875 + 38,25 = 98,125"


def test_nothing_below_a_floor_reads_as_the_floor():
    low = {"B.I.a": {"value": "3.59999"}}
    entries = best_entries("lke-2021") | low

    found = explained(entries)

    assert found["B.I.a"].sentence == "3,59999 / 4 ≈ 0,8999; 0,8999 × 17,5 ≈ 15,7499"
    assert found["B.I"].sentence == "15,7499 + 5 ≈ 20,75"
    assert found["A"].floors == (40, 48)


def test_the_only_part_of_a_node_reads_as_the_node_does():
    """3.19999 of 4, weighted 17.5, is below the floor of 14: one figure in two places."""
    found = explained(best_entries("lke-2021") | {"B.II.a": {"value": "3.19999"}})

    assert found["B.II"].sentence == "13,9999 ≈ 13,9999"
    assert found["B.II.a"].sentence == "3,19999 / 4 ≈ 0,7999; 0,7999 × 17,5 ≈ 13,9999"
    assert set(found["B.II.a"].floors) == {14, Fraction(63, 4)}
    assert found["B.I.b"].floors == (Fraction(5, 2), Fraction(15, 4))


def test_an_index_is_told_as_it_was_entered():
    entered = "3.5999999999999999"
    found = explained(best_entries("lke-2021") | {"B.I.a": {"value": entered}})

    assert found["B.I.a"].sentence.startswith("3,5999999999999999 / 4 ≈ 0,8999;")


def test_a_total_below_a_floor_reads_below_it():
    entries = best_entries("lke-2021") | {"B.I.a": {"value": "0"}, "B.I.b": {"value": "E"}}
    entries |= {"B.II.a": {"value": "3.42857"}}

    evaluation = evaluate("lke-2021", entries)

    assert evaluation.total == Fraction("74.99999375")
    assert scoring.total_sentence(SHEET, evaluation) == "60 + 15 ≈ 74,9999"


@given(
    picked=st.fixed_dictionaries(
        {
            item.code: st.sampled_from(["", *item.scale.options])
            for item in SHEET.items
            if isinstance(item.scale, scoring.Choice)
        }
    )
)
def test_points_and_sentences_agree_with_the_evaluation(picked):
    entries = best_entries("lke-2021")
    entries |= {code: {"value": key} if key else {} for code, key in picked.items()}
    evaluation = evaluate("lke-2021", entries)

    for part in walk(scoring.explain(SHEET, evaluation, entries)):
        if part.parts:
            assert part.points == sum((each.points for each in part.parts), Fraction(0))
            assert part.points == evaluation.nodes[part.code].points
            result = re.search(r"(= |≈ )([0-9,]+)$", part.sentence)
            written = Fraction(result[2].replace(",", "."))
            assert abs(written - part.points) <= Fraction(1, 20_000)
            assert (result[1] == "= ") == (written == part.points)
