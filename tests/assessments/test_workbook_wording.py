"""``import_instrument`` with an official workbook: its words, over our structure."""

import io

import pytest
from django.core.management import CommandError, call_command

from assessments.instrument_diff import Kind, compare
from assessments.instrument_file import export_instrument
from assessments.models import Instrument
from assessments.worksheet import load_worksheet
from tests.assessments.workbooks import as_bytes, filled_official

pytestmark = pytest.mark.django_db

QUIRKS = ["J8", "F123", "J170", "J175"]


@pytest.fixture
def run(tmp_path, shared):
    """``run(edit)``: the lines that the command prints for an official workbook, edited."""

    def run(edit=None, **options) -> list[str]:
        path = tmp_path / "LKE.xlsx"
        path.write_bytes(as_bytes(filled_official(shared, {}, edit)))
        out = io.StringIO()
        call_command("import_instrument", str(path), stdout=out, **options)
        return out.getvalue().splitlines()

    return run


def test_words_become_the_next_version(run):
    lines = run()

    assert lines[0] == "lke-2021 versi 2: ditambahkan."
    assert [line.split()[2] for line in lines if line.startswith("catatan: Sel")] == QUIRKS
    versions = [Instrument.objects.get(code="lke-2021", version=number) for number in (1, 2)]
    differences = compare(*map(export_instrument, versions))
    assert {each.kind for each in differences} == {Kind.REWORDED}
    assert lines[-1] == f"{len(differences)} perbedaan dari versi 1."
    old, new = (load_worksheet(version.pk) for version in versions)
    assert all(
        after.text != before.text
        for before, after in zip(old.questions, new.questions, strict=True)
    )
    assert [option.key for option in new.by_code["B.I.b"].options] == list("ABCDE")
    assert not new.by_code["A.II.5.ii.a"].inputs[0].label.startswith("-")


def test_the_same_again_changes_nothing(run):
    run()
    before = export_instrument(Instrument.objects.get(code="lke-2021", version=2))

    assert run()[0] == "lke-2021 versi 2: tidak berubah."
    assert export_instrument(Instrument.objects.get(code="lke-2021", version=2)) == before


def test_dry_run_keeps_nothing(run):
    lines = run(dry_run=True)

    assert lines[-1] == "Uji coba: tidak ada yang disimpan."
    assert any("A.I.1.i.b" in line for line in lines)
    assert Instrument.objects.filter(code="lke-2021").count() == 1


def test_answers_in_it_are_not_looked_at(run):
    def fill(sheet):
        sheet["K9"], sheet["O9"] = "A", "Catatan satker"

    lines = run(fill)

    assert lines[0] == "lke-2021 versi 2: ditambahkan."
    assert not [line for line in lines if "Catatan satker" in line]


@pytest.mark.parametrize(
    ("cell", "value", "message"),
    [
        ("G9", None, "Lembar LKE ZI, sel G9: teksnya tidak ada."),
        ("G9", "=1+1", "Lembar LKE ZI, sel G9: teksnya tidak ada."),
        ("I9", "a. Semua\nb. Sebagian", "sel I9: kriteria A.I.1.i.b di buku kerja A/B, "),
        ("I9", None, "sel I9: kriteria A.I.1.i.b di buku kerja tidak ada"),
        ("H7", 0.75, 'sel H7: bobot A.I.1.i di buku kerja "0.75", di instrumen 0.5.'),
        ("H7", None, "sel H7: bobot A.I.1.i di buku kerja kosong"),
        ("J9", "A/B/C/D", "Susunan baris lembar LKE ZI berubah"),
        ("K2", "Jawab", "Tidak ada lembar LKE yang dikenal"),
    ],
)
def test_refused_with_sheet_and_cell(run, cell, value, message):
    def edit(sheet):
        sheet[cell] = value

    with pytest.raises(CommandError) as caught:
        run(edit)

    assert message in str(caught.value)
    assert Instrument.objects.filter(code="lke-2021").count() == 1


def test_another_instrument_has_another_form(run):
    with pytest.raises(CommandError, match="tidak memuat pertanyaan dan kriteria lke-2014"):
        run(instrument="lke-2014")


def test_no_workbook_at_all(tmp_path):
    path = tmp_path / "LKE.xlsx"
    path.write_bytes(b"PK\x03\x04 bukan buku kerja")

    with pytest.raises(CommandError, match="Tidak ada yang disimpan"):
        call_command("import_instrument", str(path), stdout=io.StringIO())
