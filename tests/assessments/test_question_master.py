"""The official question master: its words over our structure, as a new version."""

import io
import json
from copy import deepcopy
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scoring
from assessments.errors import InstrumentRefused
from assessments.instrument_check import check_shape
from assessments.instrument_diff import Kind, compare
from assessments.models import Instrument, Option, Period, Question
from assessments.question_master import OWN_WORDING, with_official_wording
from tests.factories_assessments import make_period
from tests.scoring.instruments import content

MASTER = "reference/official/master-soal-lke-2026.json"  # below the shared folder

KINDS = {"ya-tidak": "YA_TIDAK", "abc": "ABC", "abcd": "ABCD", "abcde": "ABCDE", "indeks-4": "0-4"}


def build_master() -> dict:
    """A master that says "Soal A.I.1.i.a", "Arti A", … over the structure of lke-2021."""
    base = content("lke-2021")
    soals = []

    def soal(question: dict, item: dict | None) -> dict:
        code = question["code"] if item is None else f"{question['code']}.{item['key']}"
        scale = base["scales"].get(question.get("scale"), {})
        return {
            "id": len(soals) + 1,
            "teks_pertanyaan": f" Soal  {code}\r\nbaris dua ",
            "kriteria_nilai": f"Kriteria {question['code']}",
            "jenis_jawaban": KINDS[question["scale"]] if item is None else "jumlah",
            "bobot_maksimal": Decimal(question.get("weight", "0")),
            "skema_penilaian": [
                {
                    "key": key,
                    "label": key if key in ("Ya", "Tidak") else f"Arti {key}",
                    "multiplier": Decimal(value),
                }
                for key, value in scale.get("options", {}).items()
            ],
        }

    def node(ours: dict) -> dict:
        mine = []
        for question in ours.get("questions", []):
            for item in question.get("inputs", [None]):
                soals.append(soal(question, item))
                mine.append(soals[-1])
        return {
            "nama": f"ii. Bagian {ours['code']}",
            "bobot_maksimal": Decimal(ours["weight"]),
            "soals": mine,
            "children": [node(child) for child in ours.get("children", [])],
        }

    tree = [node(each) for each in base["nodes"]]
    return {"tahun": 2026, "total_soal": len(soals), "data": tree}


def to_json(master: dict) -> bytes:
    return json.dumps(master, default=float).encode()


def questions_of(document: dict) -> dict[str, dict]:
    found, waiting = {}, list(document["nodes"])
    while waiting:
        node = waiting.pop()
        waiting += node.get("children", [])
        found |= {question["code"]: question for question in node.get("questions", [])}
    return found


def scored(document: dict) -> tuple:
    """All of an instrument that arithmetic depends on."""
    sheet, rules = scoring.parse_instrument(document)
    formulas = {code: question.get("formula") for code, question in questions_of(document).items()}
    return sheet.lines, sheet.shares, sheet.units, document["scales"], formulas, rules


@pytest.fixture
def run(db, tmp_path):
    """``run(master)``: the lines that the command prints."""

    def run(master, **options) -> list[str]:
        path = tmp_path / "master.json"
        path.write_bytes(master if isinstance(master, bytes) else to_json(master))
        out = io.StringIO()
        call_command("import_instrument", str(path), stdout=out, **options)
        return out.getvalue().splitlines()

    return run


def test_words_are_theirs_and_structure_is_ours():
    ours = content("lke-2021")

    worded = with_official_wording(ours, build_master())

    check_shape(worded)
    assert scored(worded) == scored(ours)
    assert {difference.kind for difference in compare(ours, worded)} == {Kind.REWORDED}
    before, after = questions_of(ours), questions_of(worded)
    yes_no, choice = after["A.I.1.i.a"], after["A.I.1.i.b"]
    assert yes_no["text"] == "Soal A.I.1.i.a\nbaris dua"
    assert yes_no["options"] == {
        "Ya": "Kriteria A.I.1.i.a",
        "Tidak": before["A.I.1.i.a"]["options"]["Tidak"],
    }
    assert choice["options"] == {"A": "Arti A", "B": "Arti B", "C": "Arti C"}
    assert choice["documents"] == before["A.I.1.i.b"]["documents"]


def test_a_percentage_question_keeps_its_text_and_gets_labels_and_criteria():
    ours = content("lke-2021")

    worded = with_official_wording(ours, build_master())

    before, after = questions_of(ours)["A.II.1.i.a"], questions_of(worded)["A.II.1.i.a"]
    assert after["text"] == before["text"]
    assert after["help"] == f"{before['help']}\n\nKriteria A.II.1.i.a"
    assert [item["label"] for item in after["inputs"]] == [
        "Soal A.II.1.i.a.n1\nbaris dua",
        "Soal A.II.1.i.a.n2\nbaris dua",
    ]
    index = questions_of(worded)["B.I.a"]
    assert index["help"].endswith("\n\nKriteria B.I.a")


def test_names_of_sections_come_without_their_number_and_the_source_is_told():
    worded = with_official_wording(content("lke-2021"), build_master())

    area = worded["nodes"][0]["children"][0]["children"][0]
    assert (area["name"], area["children"][0]["name"]) == ("Manajemen Perubahan", "Bagian A.I.1.i")
    assert any(line.startswith(OWN_WORDING) for line in content("lke-2021")["decided"])
    assert not any(line.startswith(OWN_WORDING) for line in worded["decided"])
    assert "master soal resmi tahun 2026" in worded["decided"][-1]


class TestCommand:
    def test_makes_the_next_version_and_leaves_the_one_in_use(self, run):
        period = make_period()

        lines = run(build_master())

        assert lines[0] == "lke-2021 versi 2: ditambahkan."
        assert all(line.startswith("Kata-kata diubah: ") for line in lines[1:-1])
        assert lines[-1] == f"{len(lines) - 2} perbedaan dari versi 1."
        assert Period.objects.get().instrument == period.instrument
        assert period.instrument.version == 1
        question = Question.objects.get(instrument__version=2, code="A.I.1.i.b")
        assert question.text == "Soal A.I.1.i.b\nbaris dua"

    def test_again_changes_nothing(self, run):
        run(build_master())

        assert run(build_master()) == [
            "lke-2021 versi 2: tidak berubah.",
            "0 perbedaan dari versi 2.",
        ]

    def test_a_later_master_is_the_version_after(self, run):
        run(build_master())
        later = build_master() | {"tahun": 2027}

        assert run(later)[0] == "lke-2021 versi 3: ditambahkan."

    def test_dry_run(self, run):
        lines = run(build_master(), dry_run=True)

        assert lines[0] == "lke-2021 versi 2: ditambahkan."
        assert lines[-1] == "Uji coba: tidak ada yang disimpan."
        assert not Instrument.objects.filter(version=2).exists()

    def test_another_instrument(self, run):
        with pytest.raises(CommandError, match="2 bagian di master, 6 di instrumen"):
            run(build_master(), instrument="lke-2014")
        with pytest.raises(CommandError, match="Instrumen 'lke-1999' tidak dikenal"):
            run(build_master(), instrument="lke-1999")

    def test_the_official_master(self, run, shared):
        master = (shared / MASTER).read_bytes()

        lines = run(master)

        assert lines[0] == "lke-2021 versi 2: ditambahkan."
        rows = Question.objects.filter(instrument__version=2)
        official = [soal for soal in _soals(json.loads(master)["data"]) if soal["skema_penilaian"]]
        assert [" ".join(row.text.split()) for row in rows.filter(kind="choice")] == [
            " ".join(soal["teks_pertanyaan"].split()) for soal in official
        ]
        labels = Option.objects.filter(question__in=rows).exclude(key__in=["Ya", "Tidak"])
        assert [
            " ".join(each.text.split()) for each in labels.order_by("question__order", "order")
        ] == [
            " ".join(option["label"].split())
            for soal in official
            for option in soal["skema_penilaian"]
            if option["key"] not in ("Ya", "Tidak")
        ]


def _soals(nodes):
    for node in nodes:
        yield from node.get("soals", [])
        yield from _soals(node["children"])


def section(master: dict) -> dict:
    return master["data"][0]["children"][0]["children"][0]["children"][0]


def agents(master: dict) -> dict:
    """The section with the agents of change: two percentage questions of two counts each."""
    return master["data"][0]["children"][1]["children"][0]["children"][0]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (
            lambda m: m.update(total_soal=126),
            "Master memuat 127 soal; total_soal di dalamnya lain.",
        ),
        (lambda m: m.update(tahun="2026"), "Master tidak menyebut tahunnya."),
        (
            lambda m: section(m).update(bobot_maksimal=Decimal("0.75")),
            "A.I.1.i: master tidak cocok dengan instrumen: bobot 0.75 di master "
            "(ii. Bagian A.I.1.i), 0.5 di instrumen.",
        ),
        (
            lambda m: m["data"][0]["children"].pop() and m.update(total_soal=87 + 3),
            "A: master tidak cocok dengan instrumen: 1 bagian di master, 2 di instrumen.",
        ),
        (
            lambda m: section(m)["soals"].pop() and m.update(total_soal=126),
            "A.I.1.i: master tidak cocok dengan instrumen: 1 soal di master, 2 baris isian "
            "di instrumen.",
        ),
        (
            lambda m: section(m)["soals"][1].update(jenis_jawaban="ABCD"),
            "A.I.1.i.b: master tidak cocok dengan instrumen: jenis ABCD di master, pilihan A/B/C "
            "di instrumen.",
        ),
        (
            lambda m: agents(m)["soals"][1].update(jenis_jawaban="0-4"),
            "A.II.1.i.a.n2: master tidak cocok dengan instrumen: jenis 0-4 di master, Jumlah "
            "di instrumen.",
        ),
        (
            lambda m: section(m)["soals"][1]["skema_penilaian"][1].update(
                multiplier=Decimal("0.6")
            ),
            "A.I.1.i.b: master tidak cocok dengan instrumen: nilai pilihan A=1, B=0.6, C=0 di "
            "master, A=1, B=0.5, C=0 di instrumen.",
        ),
        (
            lambda m: section(m)["soals"][1].update(bobot_maksimal=1),
            "A.I.1.i.b: master tidak cocok dengan instrumen: bobot soal 1 di master, tanpa bobot "
            "di instrumen.",
        ),
        (
            lambda m: section(m)["soals"][0].update(teks_pertanyaan=" "),
            "A.I.1.i.a: teks_pertanyaan pada master kosong.",
        ),
        (
            lambda m: section(m)["soals"][0].update(teks_pertanyaan="a\ud800"),
            "A.I.1.i.a: teks_pertanyaan pada master memuat karakter yang tidak dapat dicetak.",
        ),
        (
            lambda m: section(m).update(bobot_maksimal=True),
            "A.I.1.i: bobot_maksimal pada master bukan angka.",
        ),
        (
            lambda m: section(m).update(bobot_maksimal=Decimal("1e400")),
            "A.I.1.i: bobot_maksimal pada master di luar jangkauan.",
        ),
        (lambda m: m.update(data={}), "master: data pada master harus berupa daftar."),
        (lambda m: m.update(data=["x"]), "master: isi master harus berupa objek."),
    ],
)
def test_what_does_not_agree_is_refused(spoil, message):
    master = build_master()
    spoil(master)

    with pytest.raises(InstrumentRefused) as caught:
        with_official_wording(content("lke-2021"), master)

    assert str(caught.value) == message


def test_the_only_question_of_a_section_may_carry_its_weight():
    master = build_master()
    leadership = master["data"][0]["children"][1]["children"][0]["children"][1]
    leadership["soals"][0]["bobot_maksimal"] = leadership["bobot_maksimal"]

    worded = with_official_wording(content("lke-2021"), master)

    assert "weight" not in questions_of(worded)["A.II.1.ii.a"]


BUILT = build_master()

odd = st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.just([]) | st.just({})


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(st.data())
def test_any_part_replaced_by_anything_is_worded_or_refused(data):
    master = deepcopy(BUILT)
    place, step = master, data.draw(st.sampled_from(sorted(master)))
    while isinstance(place[step], dict | list) and place[step] and data.draw(st.integers(0, 9)):
        place = place[step]
        steps = sorted(place) if isinstance(place, dict) else range(len(place))
        step = data.draw(st.sampled_from(steps))
    place[step] = data.draw(odd)

    try:
        worded = with_official_wording(content("lke-2021"), master)
    except InstrumentRefused:
        return
    assert scored(worded) == scored(content("lke-2021"))
