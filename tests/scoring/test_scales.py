"""What may be entered, what it is worth, and what is refused in which words."""

from fractions import Fraction

import pytest

import scoring
from tests.scoring.instruments import instrument

AGENTS = "A.II.1.i.a"  # ratio of two counts, 0/0 is 0
DISCIPLINE = "A.II.3.iii.a"  # decrease, 0/0 is 1
COMPLAINTS = "A.II.5.ii.a"  # ratio with an input outside the formula, 0/0 is 1
LHKPN = "A.II.5.iii.1.a"  # ratio over a sum of three
YES_NO, ABC, ABCD, ABCDE = "A.I.1.i.a", "A.I.1.i.b", "A.I.1.iii.a", "A.I.2.i.b"
INDEX = "B.I.a"


def item(code: str) -> scoring.Item:
    return instrument("lke-2021").sheet.by_code[code]


@pytest.mark.parametrize(
    ("code", "values"),
    [
        (YES_NO, {"Ya": "1", "Tidak": "0"}),
        (ABC, {"A": "1", "B": "0.5", "C": "0"}),
        (ABCD, {"A": "1", "B": "0.67", "C": "0.33", "D": "0"}),
        (ABCDE, {"A": "1", "B": "0.75", "C": "0.5", "D": "0.25", "E": "0"}),
        ("B.I.b", {"A": "1", "B": "0.75", "C": "0.5", "D": "0.25", "E": "0"}),
    ],
)
def test_choice_values(code, values):
    for key, value in values.items():
        assert scoring.value_of(item(code), {"value": key}) == Fraction(value)
    assert set(item(code).scale.options) == set(values)


@pytest.mark.parametrize(
    ("code", "raw", "entry"),
    [
        (YES_NO, "Ya", "Ya"),
        (YES_NO, "ya", "Ya"),
        (YES_NO, " TIDAK ", "Tidak"),
        (ABC, "a", "A"),
        (ABC, "\tC\n", "C"),
        (INDEX, "3,75", "3.75"),
        (INDEX, "3.75", "3.75"),
        (INDEX, " 3,60 ", "3.6"),
        (INDEX, "4", "4"),
        (INDEX, "4,000", "4"),
        (INDEX, "0", "0"),
        (INDEX, "00,50", "0.5"),
        (INDEX, "3.599999999999999999", "3.599999999999999999"),
    ],
)
def test_single_entry_in_canonical_form(code, raw, entry):
    assert scoring.parse_entry(item(code), {"value": raw}) == {"value": entry}


@pytest.mark.parametrize("code", [YES_NO, INDEX])
@pytest.mark.parametrize("raw", [{}, {"value": ""}, {"value": "  "}])
def test_nothing_entered_is_an_open_question(code, raw):
    assert scoring.parse_entry(item(code), raw) == {}
    assert scoring.value_of(item(code), raw) is None


@pytest.mark.parametrize("raw", ["D", "AB", "1", "1.0", "true", "Ａ", "А", "A\0", "\ud800", "a b"])
def test_choice_refuses(raw):
    with pytest.raises(scoring.EntryError) as refusal:
        scoring.parse_entry(item(ABC), {"value": raw})

    assert refusal.value.code == ABC
    assert refusal.value.message == str(refusal.value) == "Pilih salah satu: A, B, atau C."
    assert refusal.value.inputs == ()


def test_choice_refuses_a_letter_that_only_looks_the_same():
    kelvin = "\N{KELVIN SIGN}"

    with pytest.raises(scoring.EntryError):
        scoring.parse_entry(item(YES_NO), {"value": f"Tida{kelvin}"})


@pytest.mark.parametrize(
    "raw",
    [
        "NaN",
        "inf",
        "Infinity",
        "-1",
        "-0",
        "+3",
        "1e0",
        "1e5",
        "4.01",
        "4,0000000000000000000000001",
        "5",
        "40",
        "3,7,5",
        "3.",
        ",5",
        "3 6",
        "3_6",
        "0x3",
        "٣",
        "３",
        "A",
        "true",
        "3\0",
        "\ud800",
        "1/2",
        "0" * 65,
    ],
)
def test_index_refuses(raw):
    with pytest.raises(scoring.EntryError) as refusal:
        scoring.parse_entry(item(INDEX), {"value": raw})

    assert refusal.value.code == INDEX
    assert "angka dari 0 sampai 4" in refusal.value.message


@pytest.mark.parametrize(
    ("code", "question", "entry", "value"),
    [
        ("lke-2021", "B.I.a", "3.6", "0.9"),
        ("lke-2021", "B.II.a", "0", "0"),
        ("lke-2014", "B.I.2", "69", "0.69"),
        ("lke-2014", "B.I.2", "100", "1"),
    ],
)
def test_number_is_worth_its_share_of_the_scale(code, question, entry, value):
    found = instrument(code).sheet.by_code[question]

    assert scoring.value_of(found, {"value": entry}) == Fraction(value)


@pytest.mark.parametrize(
    ("code", "counts", "value"),
    [
        (AGENTS, "7 3", Fraction(3, 7)),
        (AGENTS, "7 7", 1),
        (AGENTS, "7 8", 1),
        (AGENTS, "7 0", 0),
        (AGENTS, "0 0", 0),
        (AGENTS, "1000000000 1", Fraction(1, 10**9)),
        ("A.II.1.i.b", "0 0", 0),
        ("A.II.1.i.b", "8 2", Fraction(1, 4)),
        (DISCIPLINE, "4 1 1", Fraction(3, 4)),
        (DISCIPLINE, "4 0 0", 1),
        (DISCIPLINE, "4 4 0", 0),
        (DISCIPLINE, "4 6 6", 0),
        (DISCIPLINE, "0 0 0", 1),
        (DISCIPLINE, "0 2 2", 0),
        ("A.II.4.i.a", "9 2", Fraction(2, 9)),
        ("A.II.4.i.a", "0 0", 0),
        (COMPLAINTS, "10 5 5", Fraction(1, 2)),
        (COMPLAINTS, "10 99 11", 1),
        (COMPLAINTS, "0 0 0", 1),
        (COMPLAINTS, "0 3 0", 1),
        (LHKPN, "1 2 0 1", Fraction(1, 3)),
        (LHKPN, "1 1 1 4", 1),
        (LHKPN, "0 0 0 0", 1),
        ("A.II.5.iii.2.a", "0 1 36 5", Fraction(5, 37)),
        ("A.II.5.iii.2.a", "0 0 0 0", 1),
        ("A.II.6.i.b", "12 3", Fraction(1, 4)),
        ("A.II.6.i.b", "0 0", 0),
    ],
)
def test_counts_are_worth(code, counts, value):
    entry = {f"n{n}": count for n, count in enumerate(counts.split(), start=1)}

    assert scoring.parse_entry(item(code), entry) == entry
    assert scoring.value_of(item(code), entry) == value


@pytest.mark.parametrize(
    ("code", "counts", "inputs"),
    [
        (AGENTS, {"n1": "0", "n2": "3"}, ("n1", "n2")),
        ("A.II.1.i.b", {"n1": "0", "n2": "1"}, ("n1", "n2")),
        ("A.II.4.i.a", {"n1": "0", "n2": "1"}, ("n1", "n2")),
        (COMPLAINTS, {"n1": "0", "n2": "0", "n3": "2"}, ("n1", "n3")),
        (COMPLAINTS, {"n1": "0", "n3": "2"}, ("n1", "n3")),
        (LHKPN, {"n1": "0", "n2": "0", "n3": "0", "n4": "5"}, ("n1", "n2", "n3", "n4")),
        ("A.II.6.i.b", {"n1": "0", "n2": "1"}, ("n1", "n2")),
    ],
)
def test_count_over_nothing_is_refused(code, counts, inputs):
    with pytest.raises(scoring.EntryError) as refusal:
        scoring.parse_entry(item(code), counts)

    assert (refusal.value.code, refusal.value.inputs) == (code, inputs)
    with pytest.raises(scoring.EntryError):
        scoring.value_of(item(code), counts)


def test_conflict_names_both_figures():
    inputs = (scoring.Input("n1", "Agen perubahan"), scoring.Input("n2", "Perubahan yang dibuat"))
    question = scoring.Item("Q", scoring.Ratio(inputs, ("n2",), ("n1",), Fraction(0)))

    with pytest.raises(scoring.EntryError) as refusal:
        scoring.parse_entry(question, {"n1": "0", "n2": "4"})

    assert refusal.value.message == (
        "“Agen perubahan” berisi 0, tetapi “Perubahan yang dibuat” berisi 4. "
        "Perbaiki salah satu angka."
    )


def test_conflict_over_a_sum_names_its_parts():
    labels = ["Kepala satker", "Pejabat", "Wajib lapor lain", "Sudah melapor"]
    inputs = tuple(scoring.Input(f"n{n}", label) for n, label in enumerate(labels, start=1))
    question = scoring.Item("Q", scoring.Ratio(inputs, ("n4",), ("n1", "n2", "n3"), Fraction(1)))

    with pytest.raises(scoring.EntryError) as refusal:
        scoring.parse_entry(question, {"n1": "0", "n2": "0", "n3": "0", "n4": "5"})

    assert refusal.value.message == (
        "“Kepala satker”, “Pejabat”, dan “Wajib lapor lain” seluruhnya berjumlah 0, "
        "tetapi “Sudah melapor” berisi 5. "
        "Perbaiki salah satu angka."
    )


def test_ratio_without_cap_refuses_more_than_there_is():
    inputs = (scoring.Input("n1", "Semua"), scoring.Input("n2", "Selesai"))
    scale = scoring.Ratio(inputs, ("n2",), ("n1",), Fraction(0), capped=False)
    question = scoring.Item("Q", scale)

    assert scoring.value_of(question, {"n1": "4", "n2": "4"}) == 1
    with pytest.raises(scoring.EntryError, match="“Semua” berisi 4, tetapi “Selesai” berisi 5"):
        scoring.parse_entry(question, {"n1": "4", "n2": "5"})


@pytest.mark.parametrize(
    ("raw", "entry"),
    [
        ({"n1": " 007 "}, {"n1": "7"}),
        ({"n2": "3", "n1": "7"}, {"n1": "7", "n2": "3"}),
        ({"n1": "", "n2": "0"}, {"n2": "0"}),
        ({"n1": "0"}, {"n1": "0"}),
        ({"n2": "3"}, {"n2": "3"}),
        ({}, {}),
    ],
)
def test_counts_in_canonical_form(raw, entry):
    assert scoring.parse_entry(item(AGENTS), raw) == entry


@pytest.mark.parametrize(
    "raw",
    [
        "-1",
        "+1",
        "1.5",
        "1,0",
        "1.000",
        "1e5",
        "NaN",
        "inf",
        "٧",
        "７",
        "A",
        "1 0",
        "1_0",
        "\0",
        "\ud800",
        "1" * 65,
        "²",
    ],
)
def test_count_refuses(raw):
    with pytest.raises(scoring.EntryError) as refusal:
        scoring.parse_entry(item(AGENTS), {"n1": "2", "n2": raw})

    assert (refusal.value.code, refusal.value.inputs) == (AGENTS, ("n2",))
    assert "bilangan bulat mulai dari 0" in refusal.value.message


@pytest.mark.parametrize("raw", ["1000000001", "9" * 64])
def test_count_beyond_a_thousand_million_is_refused(raw):
    with pytest.raises(scoring.EntryError, match=r"paling banyak 1\.000\.000\.000") as refusal:
        scoring.parse_entry(item(AGENTS), {"n1": raw})

    assert refusal.value.inputs == ("n1",)


@pytest.mark.parametrize(
    ("code", "raw"),
    [
        (ABC, {"n1": "1"}),
        (ABC, {"value": "A", "note": "x"}),
        (INDEX, {"n1": "3"}),
        (AGENTS, {"value": "1"}),
        (AGENTS, {"n1": "1", "n2": "1", "n3": "1"}),
    ],
)
def test_field_of_another_kind_of_question_is_refused(code, raw):
    with pytest.raises(scoring.EntryError, match="tidak dikenal"):
        scoring.parse_entry(item(code), raw)


@pytest.mark.parametrize("code", [ABC, INDEX, AGENTS])
@pytest.mark.parametrize("value", [True, False, None, 1, 3.5, ["A"], {"A": 1}])
def test_anything_but_text_is_refused(code, value):
    field = "n1" if code == AGENTS else "value"

    with pytest.raises(scoring.EntryError):
        scoring.parse_entry(item(code), {field: value})


@pytest.mark.parametrize(
    ("code", "entry", "value"),
    [
        (DISCIPLINE, {"n1": "4", "n2": "1"}, None),
        (COMPLAINTS, {"n1": "4", "n3": "1"}, None),
        (AGENTS, {"n1": "4"}, None),
        (ABC, {"value": "b"}, Fraction(1, 2)),
        (INDEX, {"value": "3,60"}, Fraction(9, 10)),
    ],
)
def test_value_of_partial_and_uncanonical_entries(code, entry, value):
    assert scoring.value_of(item(code), entry) == value
