"""What an instrument file must not say."""

from copy import deepcopy
from fractions import Fraction

import pytest

import scoring

SMALL = {
    "scales": {
        "abc": {"kind": "choice", "options": {"A": "1", "B": "0.5", "C": "0"}},
        "indeks-4": {"kind": "number", "maximum": "4"},
    },
    "areas": [{"number": 1, "name": "Satu", "short_name": "Satu"}],
    "predikat": [
        {
            "code": "WBK",
            "name": "Wilayah Bebas dari Korupsi",
            "requires": None,
            "floors": [
                {"what": "total", "at_least": "7.5"},
                {"what": "area1", "share": "0.60"},
                {"what": "B.a", "at_least": "3"},
            ],
        },
        {"code": "WBBM", "name": "WBBM", "requires": "WBK", "floors": []},
    ],
    "nodes": [
        {
            "code": "A",
            "role": "pengungkit",
            "weight": "6",
            "children": [
                {
                    "code": "A.1",
                    "area": 1,
                    "weight": "6",
                    "questions": [
                        {"code": "A.1.a", "scale": "abc"},
                        {
                            "code": "A.1.b",
                            "formula": {
                                "kind": "ratio",
                                "numerator": ["n2"],
                                "denominator": ["n1"],
                                "cap": "1",
                                "zero_over_zero": "0",
                            },
                            "inputs": [{"key": "n1", "label": "N"}, {"key": "n2", "label": "M"}],
                        },
                        {
                            "code": "A.1.c",
                            "formula": {
                                "kind": "decrease",
                                "before": "n1",
                                "after": "n2",
                                "zero_over_zero": "1",
                            },
                            "inputs": [{"key": "n1", "label": "N"}, {"key": "n2", "label": "M"}],
                        },
                    ],
                }
            ],
        },
        {
            "code": "B",
            "role": "hasil",
            "weight": "4",
            "questions": [{"code": "B.a", "scale": "indeks-4", "weight": "4"}],
        },
    ],
}
A1 = ("nodes", 0, "children", 0)
QUESTIONS = (*A1, "questions")
N1, N2 = {"key": "n1", "label": "N"}, {"key": "n2", "label": "M"}


def test_small_instrument():
    sheet, rules = scoring.parse_instrument(SMALL)

    assert [line.code for line in sheet.lines] == ["A", "A.1", "B", "B.a"]
    assert [item.code for item in sheet.items] == ["A.1.a", "A.1.b", "A.1.c", "B.a"]
    assert (sheet.weight, sheet.pengungkit) == (10, "A")
    assert [(floor.what, floor.required) for floor in rules.predikat[0].floors] == [
        ("total", Fraction(15, 2)),
        ("area1", Fraction(18, 5)),
        ("B.a", Fraction(3)),
    ]


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ((*A1, "weight"), "5", "A: bobot isinya berjumlah 5, seharusnya 6"),
        ((*A1, "weight"), "6.000000001", "A: bobot isinya berjumlah"),
        ((*A1, "weight"), 6, "A.1: weight 6 bukan angka desimal dalam tanda kutip"),
        ((*A1, "weight"), 6.0, "A.1: weight 6.0 bukan"),
        ((*A1, "weight"), "-6", "A.1: weight '-6' bukan"),
        ((*A1, "weight"), "6e0", "A.1: weight '6e0' bukan"),
        ((*A1, "weight"), "NaN", "A.1: weight 'NaN' bukan"),
        ((*A1, "weight"), "0", "bobot isinya harus lebih dari 0"),
        (("nodes", 1, "weight"), "5", "B: bobot isinya berjumlah 4, seharusnya 5"),
        (("nodes", 1, "questions", 0, "weight"), "0", "B: bobot isinya harus lebih dari 0"),
        ((*QUESTIONS, 0, "weight"), "2", "A.1: hanya sebagian pertanyaannya yang berbobot"),
        ((*QUESTIONS, 0, "code"), "A.1.b", "Kode A.1.b dipakai lebih dari sekali"),
        ((*QUESTIONS, 0, "code"), "A.1.b.n1", "Kode A.1.b.n1 dipakai lebih dari sekali"),
        ((*QUESTIONS, 0, "code"), "A", "Kode A dipakai lebih dari sekali"),
        ((*QUESTIONS, 0, "code"), "", "code kosong atau bukan teks"),
        ((*QUESTIONS, 0, "scale"), "abcd", "A.1.a: skala 'abcd' tidak dikenal"),
        ((*QUESTIONS, 0, "scale"), None, "A.1.a: isi salah satu dari scale dan formula"),
        ((*QUESTIONS, 1, "scale"), "abc", "A.1.b: isi salah satu dari scale dan formula"),
        ((*QUESTIONS, 0, "options"), {"A": "a", "B": "b"}, "A.1.a: pilihannya tidak sama"),
        ((*QUESTIONS, 1, "formula", "kind"), "rata", "A.1.b: jenis rumus 'rata' tidak dikenal"),
        ((*QUESTIONS, 1, "formula", "numerator"), ["n3"], "A.1.b: rumus memakai isian"),
        ((*QUESTIONS, 1, "formula", "denominator"), [], "A.1.b: rumus memakai isian"),
        ((*QUESTIONS, 1, "formula", "cap"), "2", "A.1.b: batas rumus harus 1"),
        ((*QUESTIONS, 1, "formula", "zero_over_zero"), "2", "A.1.b: nilai 0/0 melebihi 1"),
        ((*QUESTIONS, 1, "formula", "zero_over_zero"), None, "A.1.b: zero_over_zero None bukan"),
        ((*QUESTIONS, 1, "inputs", 1, "key"), "n1", "A.1.b: rumus memakai isian"),
        ((*QUESTIONS, 1, "inputs"), [N1, N1, N2], "Kode A.1.b.n1 dipakai lebih dari sekali"),
        ((*QUESTIONS, 1, "inputs", 1, "label"), " ", "A.1.b: label kosong"),
        ((*QUESTIONS, 2, "formula", "after"), "n1", "A.1.c: rumus memakai isian"),
        (QUESTIONS, [], "A.1: tidak memuat simpul atau pertanyaan"),
        ((*A1, "children"), [{"code": "A.1.i", "weight": "6"}], "memuat simpul dan pertanyaan"),
        ((*A1, "area"), 2, "areas: terdaftar [1], dipakai simpul [2]"),
        ((*A1, "area"), "1", "A.1: nomor area '1' tidak sah"),
        (("nodes", 0, "role"), "induk", "A: peran 'induk' tidak dikenal"),
        (("nodes", 1, "role"), "pengungkit", "Lebih dari satu komponen berperan pengungkit"),
        (("nodes",), [], "tidak memuat satu komponen pun"),
        (("nodes",), "A", "nodes: harus berupa daftar"),
        (("nodes", 0), "A", "nodes: harus berupa objek"),
        (("areas",), [], "areas: terdaftar []"),
        (("areas", 0, "number"), True, "areas: nomor area True tidak sah"),
        (("scales",), None, "scales: harus berupa objek"),
        (("scales", "abc", "kind"), "huruf", "scales.abc: jenis skala 'huruf' tidak dikenal"),
        (("scales", "abc", "options"), {"A": "1"}, "scales.abc: perlu dua pilihan"),
        (("scales", "abc", "options"), {"A": "1", "a": "0"}, "scales.abc: perlu dua pilihan"),
        (("scales", "abc", "options", "A"), "1.5", "scales.abc: nilai pilihan melebihi 1"),
        (("scales", "indeks-4", "maximum"), "0", "scales.indeks-4: batas atas"),
        (("predikat", 0, "floors", 0, "what"), "A.9", "WBK, ambang A.9: tidak ada"),
        (("predikat", 0, "floors", 0, "what"), "A.1.a", "WBK, ambang A.1.a: tidak ada"),
        (("predikat", 0, "floors", 1, "what"), "total", "WBK: dua ambang untuk hal yang sama"),
        (("predikat", 0, "floors", 0, "at_least"), "11", "WBK, ambang total: melebihi bobot 10"),
        (("predikat", 0, "floors", 0, "share"), "1", "WBK, ambang total: isi salah satu"),
        (("predikat", 0, "floors", 0, "at_least"), None, "WBK, ambang total: isi salah satu"),
        (("predikat", 1, "code"), "WBK", "Kode predikat WBK dipakai lebih dari sekali"),
        (("predikat", 1, "requires"), "ZI", "WBBM: predikat prasyarat 'ZI' belum ditetapkan"),
    ],
)
def test_file_is_refused(path, value, reason):
    data = deepcopy(SMALL)
    *way, last = path
    place = data
    for step in way:
        place = place[step]
    place[last] = value

    with pytest.raises(ValueError) as refusal:  # noqa: PT011  the reason is compared below
        scoring.parse_instrument(data)

    assert reason in str(refusal.value)
