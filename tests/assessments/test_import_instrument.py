"""``import_instrument``: our own files and the official question master."""

import io
import json
from copy import deepcopy

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scoring
from assessments.errors import InstrumentRefused
from assessments.instrument_check import check_shape
from assessments.instrument_file import canonical, export_instrument
from assessments.models import Instrument, Period
from assessments.services.instrument_import import MAXIMUM_SIZE, read_instrument_file
from assessments.worksheet import load_worksheet
from tests.factories_assessments import make_period
from tests.scoring.instruments import CODES, content

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path):
    """``run(content)``: the lines that the command prints."""

    def run(document, **options) -> list[str]:
        path = tmp_path / "berkas.json"
        if not isinstance(document, bytes):
            document = json.dumps(document).encode()
        path.write_bytes(document)
        out = io.StringIO()
        call_command("import_instrument", str(path), stdout=out, **options)
        return out.getvalue().splitlines()

    return run


def refused(run, document, **options) -> str:
    with pytest.raises(CommandError) as caught:
        run(document, **options)
    message = str(caught.value)
    assert message.endswith("\nTidak ada yang disimpan.")
    return message.removesuffix("\nTidak ada yang disimpan.")


def a_copy(version: int = 2) -> dict:
    return deepcopy(content("lke-2021")) | {"version": version}


def first_section(document: dict) -> dict:
    return document["nodes"][0]["children"][0]["children"][0]["children"][0]


class TestOwnFormat:
    @pytest.mark.parametrize("code", CODES)
    def test_shipped_files_are_there_already(self, run, code):
        assert run(content(code)) == [
            f"{code} versi 1: tidak berubah.",
            "0 perbedaan dari versi 1.",
        ]

    def test_a_new_version_with_what_it_says_differently(self, run):
        new = a_copy()
        section = first_section(new)
        section["questions"][0]["text"] = "Sudahkah tim dibentuk?"
        section["questions"][1]["evidence_required"] = False
        new["predikat"][0]["floors"][0]["at_least"] = "76"
        del section["questions"][1]["options"]["C"], section["questions"][1]["options"]["B"]
        section["questions"][1]["options"] |= {"B": "Sebagian.", "C": "Tidak ada."}

        lines = run(new)

        old = content("lke-2021")["nodes"][0]["children"][0]["children"][0]["children"][0]
        assert lines[0] == "lke-2021 versi 2: ditambahkan."
        assert lines[1:3] == [
            "Aturan diubah: instrumen ambang WBK total: 75 -> 76",
            "Aturan diubah: A.I.1.i.b bukti wajib: ya -> tidak",
        ]
        assert lines[3] == (
            "Kata-kata diubah: A.I.1.i.a pertanyaan: "
            f"{old['questions'][0]['text']} -> Sudahkah tim dibentuk?"
        )
        assert [line.split(":")[1] for line in lines[4:6]] == [
            " A.I.1.i.b pilihan B",
            " A.I.1.i.b pilihan C",
        ]
        assert lines[6:] == ["5 perbedaan dari versi 1."]
        assert export_instrument(Instrument.objects.get(version=2)) == canonical(new)

    def test_structure_that_changed(self, run):
        new = a_copy()
        area = new["nodes"][0]["children"][0]["children"][0]
        first, second = area["children"][:2]
        first["weight"], second["weight"] = "1", "0.5"
        moved = first["questions"].pop()
        second["questions"].append(moved | {"code": "A.I.1.ii.d"})

        lines = run(new)

        assert lines[1:5] == [
            "Ditambahkan: A.I.1.ii.d",
            "Dihapus: A.I.1.i.b",
            "Bobot diubah: A.I.1.i: 0.5 -> 1",
            "Bobot diubah: A.I.1.ii: 1 -> 0.5",
        ]

    def test_again_changes_nothing(self, run):
        run(a_copy())

        assert run(a_copy())[0] == "lke-2021 versi 2: tidak berubah."
        assert Instrument.objects.filter(code="lke-2021").count() == 2

    def test_dry_run_stores_nothing(self, run):
        lines = run(a_copy(), dry_run=True)

        assert lines == [
            "lke-2021 versi 2: ditambahkan.",
            "0 perbedaan dari versi 1.",
            "Uji coba: tidak ada yang disimpan.",
        ]
        assert Instrument.objects.filter(code="lke-2021").count() == 1

    def test_an_unused_version_is_replaced(self, run):
        new = a_copy()
        run(new)
        first_section(new)["name"] = "Tim"

        assert run(new) == [
            "lke-2021 versi 2: diganti.",
            "Kata-kata diubah: A.I.1.i nama: Pembentukan tim kerja ZI -> Tim",
            "1 perbedaan dari versi 2.",
        ]

    def test_a_version_in_use_never_changes(self, run):
        make_period()
        new = a_copy(version=1)
        first_section(new)["name"] = "Tim"

        message = refused(run, new)

        assert message.endswith("Beri berkas ini nomor versi baru.")
        worksheet = load_worksheet(Period.objects.get().instrument_id)
        assert worksheet.names["A.I.1.i"] == "Pembentukan tim kerja ZI"

    def test_an_instrument_of_ones_own(self, run):
        assert run(a_copy(1) | {"code": "lke-2019", "name": "LKE 2019"}) == [
            "lke-2019 versi 1: ditambahkan."
        ]


def change(path: str, value: object) -> dict:
    """A copy with one part replaced, or taken out where value is None: "nodes 0 weight"."""
    document = a_copy()
    *way, last = [int(step) if step.isdigit() else step for step in path.split()]
    place = document
    for step in way:
        place = place[step]
    if value is REMOVED:
        del place[last]
    else:
        place[last] = value
    return document


REMOVED = object()
QUESTION = "nodes 0 children 0 children 0 children 0 questions 0"


class TestRefusals:
    @pytest.mark.parametrize(
        ("path", "value", "message"),
        [
            ("code", "LKE 2021", "LKE 2021 code: 'LKE 2021' tidak sah."),
            ("version", 0, "lke-2021 version: harus berupa bilangan bulat 1 sampai 32767."),
            ("version", True, "lke-2021 version: harus berupa bilangan bulat 1 sampai 32767."),
            ("name", "x" * 121, "lke-2021 name: paling panjang 120 karakter."),
            ("name", " ", "lke-2021 name: harus berupa teks yang tidak kosong."),
            ("title", "a\0b", "lke-2021 title: memuat karakter yang tidak dapat dicetak."),
            ("title", "a\ud800b", "lke-2021 title: memuat karakter yang tidak dapat dicetak."),
            ("nodes", REMOVED, 'lke-2021: "nodes" tidak ada.'),
            ("nodes", {}, "lke-2021 nodes: harus berupa daftar."),
            ("warna", "merah", "lke-2021: 'warna' tidak dikenal."),
            ("predikat 1", REMOVED, "predikat: harus memuat WBK dan WBBM, tidak yang lain."),
            ("nodes 0 weight", 60, "A weight: harus berupa teks yang tidak kosong."),
            ("nodes 0 weight", "60.00001", "A weight: '60.00001' tidak sah."),
            ("nodes 0 weight", "-60", "A weight: '-60' tidak sah."),
            ("nodes 0 weight", "61", "Berkas instrumen tidak dapat dipakai: "),
            ("nodes 0 kind", "bagian", "A kind: harus salah satu dari component, "),
            (f"{QUESTION} code", "a/b", "a/b code: 'a/b' tidak sah."),
            (f"{QUESTION} text", ["x"], "A.I.1.i.a text: harus berupa teks yang tidak kosong."),
            (f"{QUESTION} evidence_required", 1, "A.I.1.i.a evidence_required: harus true atau"),
            (f"{QUESTION} options", {"Ya": "Sudah."}, "Berkas instrumen tidak dapat dipakai: "),
            (f"{QUESTION} documents", [{"text": "SK"}], 'A.I.1.i.a documents: "required" tidak'),
            ("scales abc options A", "1.5", "Berkas instrumen tidak dapat dipakai: scales.abc"),
            ("areas 0 number", 7, "lke-2021 areas number: harus berupa bilangan bulat 1 sampai 6."),
        ],
    )
    def test_of_our_own_format(self, run, path, value, message):
        assert refused(run, change(path, value)).startswith(message)
        assert Instrument.objects.count() == len(CODES)

    @pytest.mark.parametrize(
        ("document", "message"),
        [
            (b"", "Berkas bukan JSON yang sah (baris 1, kolom 1)."),
            (b"{", "Berkas bukan JSON yang sah (baris 1, kolom 2)."),
            (b"\xff\xfe", "Berkas bukan teks UTF-8."),
            (b"[" * 100_000, "Berkas memuat angka atau susunan yang tidak wajar."),
            (b"9" * 5000, "Berkas memuat angka atau susunan yang tidak wajar."),
            (b"[]", "Berkas instrumen: harus berupa objek."),
            (b"null", "Berkas instrumen: harus berupa objek."),
            (b"{}", 'Berkas instrumen: "code" tidak ada.'),
            (b'{"a": 1, "a": 2}', "'a' ditulis dua kali dalam satu objek."),
            (b" " * (MAXIMUM_SIZE + 1), "Berkas melebihi 5 MB."),
        ],
    )
    def test_of_a_file(self, run, document, message):
        assert refused(run, document) == message

    def test_nodes_without_end(self, run):
        document = a_copy()
        inner = document["nodes"][0]
        for _ in range(20):
            inner = {
                "code": "A",
                "kind": "section",
                "name": "a",
                "weight": "1",
                "children": [inner],
            }
        document["nodes"] = [inner]

        assert "bersarang lebih dari 8 tingkat" in refused(run, document)

    def test_no_file(self, tmp_path):
        for name in (str(tmp_path), str(tmp_path / "tidak-ada.json"), "a\0b", ""):
            with pytest.raises(CommandError, match="Berkas"):
                call_command("import_instrument", name)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_any_part_replaced_by_anything_is_taken_or_refused(data):
    document = a_copy()
    place, step = document, data.draw(st.sampled_from(sorted(document)))
    while isinstance(place[step], dict | list) and place[step] and data.draw(st.integers(0, 9)):
        place = place[step]
        step = data.draw(
            st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place)))
        )
    place[step] = data.draw(json_values)

    try:
        checked = check_shape(read_instrument_file(json.dumps(document).encode()))
        scoring.parse_instrument(checked)
    except (InstrumentRefused, ValueError):
        return
    assert canonical(checked)["code"]
