"""Answers from JSON and a score to JSON, without the command around them."""

import json
from fractions import Fraction

import pytest

import scoring
from tests.scoring.instruments import best_entries, evaluate, instrument, naive_points


def entries(document: str | bytes) -> dict:
    if isinstance(document, str):
        document = document.encode()
    sheet = instrument("lke-2021").sheet
    return scoring.entries_from_answers(sheet, scoring.read_answers(document))


def refusal(document: str | bytes) -> tuple[str, ...]:
    with pytest.raises(scoring.AnswersError) as error:
        entries(document)
    return error.value.reasons


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ("{}", {}),
        ('{"A.I.1.i.a": "Ya"}', {"A.I.1.i.a": {"value": "Ya"}}),
        ('{"A.I.1.i.a": "tidak "}', {"A.I.1.i.a": {"value": "Tidak"}}),
        ('{"A.I.1.i.a": null, "B.I.a": null}', {}),
        ('{"A.II.1.i.a.n1": null, "A.II.1.i.a.n2": 3}', {"A.II.1.i.a": {"n2": "3"}}),
        (
            '{"A.II.1.i.a.n1": 7, "A.II.1.i.a.n2": "3"}',
            {"A.II.1.i.a": {"n1": "7", "n2": "3"}},
        ),
        ('{"A.II.1.i.a.n1": 7.0}', {"A.II.1.i.a": {"n1": "7"}}),
        ('{"A.II.1.i.a.n1": 7e2}', {"A.II.1.i.a": {"n1": "700"}}),
        ('{"A.II.1.i.a.n1": -0}', {"A.II.1.i.a": {"n1": "0"}}),
        ('{"A.II.1.i.a.n1": 0e999999}', {"A.II.1.i.a": {"n1": "0"}}),
        ('{"B.I.a": 3.60}', {"B.I.a": {"value": "3.6"}}),
        ('{"B.I.a": 36e-1}', {"B.I.a": {"value": "3.6"}}),
        ('{"B.I.a": "3,75"}', {"B.I.a": {"value": "3.75"}}),
        (
            '{"B.I.a": 3.5999999999999999999999999999999999}',
            {"B.I.a": {"value": "3.5999999999999999999999999999999999"}},
        ),
    ],
)
def test_answers_become_entries(answers, expected):
    assert entries(f'{{"answers": {answers}}}') == expected


def test_a_byte_order_mark_is_no_fault():
    assert entries(b'\xef\xbb\xbf{"answers": {}}') == {}


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ('{"A.I.1": "Ya"}', "A.I.1"),
        ('{"A.I.9.i.a": "Ya"}', "A.I.9.i.a"),
        ('{"A.II.1.i.a": 1}', "A.II.1.i.a"),
        ('{"A.II.1.i.a.n3": 1}', "A.II.1.i.a.n3"),
        ('{"A.I.1.i.a": true}', "A.I.1.i.a"),
        ('{"A.I.1.i.a": false}', "A.I.1.i.a"),
        ('{"A.I.1.i.a": ["Ya"]}', "A.I.1.i.a"),
        ('{"A.I.1.i.a": {"value": "Ya"}}', "A.I.1.i.a"),
        ('{"A.I.1.i.a": ""}', "A.I.1.i.a"),
        ('{"A.I.1.i.a": " "}', "A.I.1.i.a"),
        ('{"A.I.1.i.a": "Mungkin"}', "A.I.1.i.a"),
        ('{"A.I.1.i.a": "A"}', "A.I.1.i.a"),
        ('{"A.I.1.i.a": 1}', "A.I.1.i.a"),
        ('{"A.I.1.i.b": "D"}', "A.I.1.i.b"),
        (r'{"A.I.1.i.b": "\ud800"}', "A.I.1.i.b"),
        (r'{"A.I.1.i.b": "A\u0000"}', "A.I.1.i.b"),
        ('{"B.I.a": 4.01}', "B.I.a"),
        ('{"B.I.a": -0.1}', "B.I.a"),
        ('{"B.I.a": NaN}', "B.I.a"),
        ('{"B.I.a": Infinity}', "B.I.a"),
        ('{"B.I.a": -Infinity}', "B.I.a"),
        ('{"B.I.a": "NaN"}', "B.I.a"),
        ('{"B.I.a": 1e400}', "B.I.a"),
        ('{"B.I.a": 1e-400}', "B.I.a"),
        ('{"B.I.a": 1e999999999999}', "B.I.a"),  # Decimal holds it, written out it fills memory
        ('{"B.I.a": 1e99999999999999999999}', "B.I.a"),
        (f'{{"B.I.a": {"9" * 5000}}}', "B.I.a"),
        ('{"B.I.a": true}', "B.I.a"),
        ('{"A.II.1.i.a.n1": -1}', "A.II.1.i.a.n1"),
        ('{"A.II.1.i.a.n1": 1.5}', "A.II.1.i.a.n1"),
        ('{"A.II.1.i.a.n1": "1.5"}', "A.II.1.i.a.n1"),
        ('{"A.II.1.i.a.n1": NaN}', "A.II.1.i.a.n1"),
        ('{"A.II.1.i.a.n1": 1e400}', "A.II.1.i.a.n1"),
        ('{"A.II.1.i.a.n1": 1000000001}', "A.II.1.i.a.n1"),
        ('{"A.II.1.i.a.n1": true}', "A.II.1.i.a.n1"),
        ('{"A.II.1.i.a.n1": 0, "A.II.1.i.a.n2": 2}', "A.II.1.i.a.n1, A.II.1.i.a.n2"),
        ('{"A.I.1.i.a": "Ya", "A.I.1.i.a": "Ya"}', "A.I.1.i.a"),
    ],
)
def test_answer_is_refused_by_its_code(answers, code):
    reasons = refusal(f'{{"answers": {answers}}}')

    assert [reason.split(": ")[0] for reason in reasons] == [code]
    assert all(reason.isprintable() for reason in reasons)


def test_every_fault_is_named():
    reasons = refusal('{"answers": {"A.I.1.i.a": "X", "B.I.a": 5, "A.I.1.i.b": "A", "Z": 1}}')

    assert reasons == (
        "Z: kode tidak dikenal atau bukan kode isian.",
        "A.I.1.i.a: Pilih salah satu: Ya atau Tidak.",
        "B.I.a: Angka melebihi skala. Isi dengan angka dari 0 sampai 4.",
    )


@pytest.mark.parametrize("code", ["x" * 70, "\\ud800", "\\u0000", "\\u001b[31m", ""])
def test_odd_codes_are_shown_printably(code):
    (reason,) = refusal(f'{{"answers": {{"{code}": 1}}}}')

    assert reason.isprintable()
    assert len(reason) < 130
    assert reason.endswith(": kode tidak dikenal atau bukan kode isian.")


@pytest.mark.parametrize(
    "document",
    [
        "",
        "Ya",
        "{",
        '{"answers": {"A.I.1.i.a": "Ya",}}',
        "{'answers': {}}",
        b'{"answers": {"A.I.1.i.a": "\xff"}}',
        '{"answers": {}}'.encode("utf-16"),
        b"\x00",
        "[" * 100_000,
        '{"answers": ' + '{"a": ' * 100_000 + "1" + "}" * 100_001,
        "[]",
        "{}",
        '"answers"',
        "null",
        '{"answers": []}',
        '{"answers": null}',
        '{"answers": {}, "answers": {}}',
        '{"jawaban": {}}',
    ],
    ids=lambda document: repr(document[:24]),
)
def test_document_is_refused(document):
    (reason,) = refusal(document)

    assert reason.isprintable()


def test_score_as_json():
    result = evaluate("lke-2021", {"A.I.1.i.a": {"value": "Ya"}, "B.I.a": {"value": "3.6"}})

    written = scoring.evaluation_to_json("lke-2021", result)

    assert list(written) == [
        "instrument",
        "total",
        "complete",
        "answered",
        "questions",
        "nodes",
        "areas",
        "predikat",
    ]
    assert (written["instrument"], written["total"]) == ("lke-2021", "16")
    assert (written["complete"], written["answered"], written["questions"]) == (False, 2, 113)
    assert written["nodes"]["A.I.1.i"] == {"points": "0.25", "weight": "0.5", "percent": "50"}
    assert written["nodes"]["B.I.a"] == {"points": "15.75", "weight": "17.5", "percent": "90"}
    assert written["areas"]["1"] == {"points": "0.25", "weight": "8", "percent": "3.125"}
    assert list(written["areas"]) == ["1", "2", "3", "4", "5", "6"]
    assert list(written["predikat"]) == ["WBK", "WBBM"]
    assert list(written["predikat"]["WBK"]) == ["meets", "shortfalls"]
    assert written["predikat"]["WBK"]["shortfalls"][0] == {
        "what": "total",
        "required": "75",
        "actual": "16",
    }
    assert json.loads(json.dumps(written)) == written


def test_score_as_json_lists_every_node_and_result_question():
    components = instrument("lke-2021").sheet.components

    written = scoring.evaluation_to_json("lke-2021", evaluate("lke-2021", {}))

    expected = {code for component in components for code in naive_points(component, {})}
    assert set(written["nodes"]) == expected
    assert len(expected) == 65
    assert {"A", "A.I", "A.II.5.iii", "A.II.5.iii.2", "B.I.a", "B.I.b", "B.II.a"} <= expected


def test_score_as_json_never_shows_a_missed_floor_as_reached():
    sheet, rules = instrument("lke-2021")
    share = (75 - Fraction(1, 10**20)) / 100
    values = dict.fromkeys((item.code for item in sheet.items), share)

    written = scoring.evaluation_to_json("lke-2021", scoring.evaluate_values(sheet, rules, values))

    assert written["total"] == "74.999999999999"
    assert written["predikat"]["WBK"]["shortfalls"][0]["actual"] == "74.999999999999"
    assert written["predikat"]["WBBM"]["shortfalls"][0]["actual"] == "74.999999999999"


def test_best_sheet_as_json_meets_both_predikat():
    written = scoring.evaluation_to_json("lke-2021", evaluate("lke-2021", best_entries("lke-2021")))

    assert (written["total"], written["complete"], written["answered"]) == ("100", True, 113)
    assert written["predikat"] == {
        "WBK": {"meets": True, "shortfalls": []},
        "WBBM": {"meets": True, "shortfalls": []},
    }
