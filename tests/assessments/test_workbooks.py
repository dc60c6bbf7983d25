"""A workbook's cells to readings; nothing here asks the database."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

import scoring
from assessments.workbooks import CellFault, read_workbook
from common.xlsx import WorkbookRefused
from tests.assessments.workbooks import (
    as_bytes,
    bare_workbook,
    code_of,
    filled_official,
    layout,
)
from tests.scoring.instruments import instrument

WORTH_LESS = {  # an answer worth less than 1 by the words of the column of answer types
    "Ya/Tidak": "Ya",
    "A/B/C": "B",
    "A/B/C/D": "C",
    "A/B/C/D/E": "D",
    "Jumlah": 2,
    "Nilai (0-4)": 3.27,
}


def read(answers=None, edit=None, of=None):
    return read_workbook(as_bytes(bare_workbook(answers, edit, of)))


def refusal(answers=None, edit=None, of=None):
    with pytest.raises(WorkbookRefused) as caught:
        read(answers, edit, of)
    return str(caught.value)


def answer(reading, question):
    return next(each for each in reading.answers if each.question == question)


def test_blank_workbook_says_nothing():
    reading = read()

    assert reading.sheet == "LKE ZI"
    assert (len(reading.answers), reading.filled) == (113, 0)
    assert {(len(each.fields), each.note) for each in reading.answers} == {(0, None)}
    assert (reading.faults, reading.remarks, reading.points) == ((), (), {})


def test_official_workbook_is_read_as_a_bare_one(shared):
    answers = {"A.I.1.i.a": "Ya", "A.II.1.i.a.n1": 7, "B.I.a": 3.6}

    official = read_workbook(as_bytes(filled_official(shared, answers)))

    bare = read(answers)
    assert replace(official, saved_at=None) == replace(bare, saved_at=None)


@pytest.mark.parametrize(
    ("code", "typed", "fields"),
    [
        ("A.I.1.i.a", "Ya", {"value": "Ya"}),
        ("A.I.1.i.a", " ya ", {"value": "ya"}),
        ("A.I.1.i.b", "A\N{NO-BREAK SPACE}", {"value": "A"}),
        ("A.I.1.i.b", "   ", {}),
        ("B.I.a", 3.6, {"value": "3.6"}),
        ("B.I.a", 3.5999999999999996, {"value": "3.6"}),  # 15 digits are what Excel shows
        ("B.I.a", 4, {"value": "4"}),
        ("B.I.a", 4.0, {"value": "4"}),
        ("B.I.a", "3,75", {"value": "3,75"}),
        ("B.I.a", 1e-7, {"value": "0.0000001"}),
        ("A.II.1.i.a.n1", 0, {"n1": "0"}),
        ("A.II.1.i.a.n1", 7.0, {"n1": "7"}),
        ("A.II.1.i.a.n1", "7", {"n1": "7"}),
        ("A.II.1.i.a.n2", 1.5, {"n2": "1.5"}),
        ("A.II.1.i.a.n2", -3, {"n2": "-3"}),
        ("A.II.1.i.a.n2", 10**12, {"n2": "1000000000000"}),
    ],
)
def test_answer_cell(code, typed, fields):
    reading = read({code: typed})

    question = code.removesuffix(".n1").removesuffix(".n2")
    assert answer(reading, question).fields == fields
    assert (reading.filled, reading.faults) == (len(fields), ())


@pytest.mark.parametrize(
    ("typed", "number_format", "message"),
    [
        ("=1+1", "General", "berisi rumus, bukan jawaban."),
        (0.9, "0%", "berformat persen."),
        (7, "0.00%", "berformat persen."),
        (date(2026, 3, 6), "d/m/yyyy", "berisi tanggal atau jam."),
        (45000, "[$-421]dd mmmm yyyy", "berisi tanggal atau jam."),
        (True, "General", "berisi nilai logika, bukan jawaban."),
        ("#REF!", "General", "berisi kesalahan #REF!, bukan jawaban."),
    ],
)
def test_cell_that_is_no_answer(typed, number_format, message):
    def edit(sheet):
        sheet["K129"] = typed
        sheet["K129"].number_format = number_format

    (fault,) = read(edit=edit).faults

    assert (fault.place, fault.code) == ("K129", "A.II.1.i.a.n1")
    assert fault.message.startswith(message)


def test_nothing_as_a_percentage_is_nothing():
    def edit(sheet):
        sheet["K129"] = 0
        sheet["K129"].number_format = "0%"

    assert answer(read(edit=edit), "A.II.1.i.a").fields == {"n1": "0"}


def test_a_fault_names_sheet_row_and_cell():
    fault = CellFault("K129", "A.II.1.i.a.n1", "Isi angka.")

    assert fault.line("LKE ZI") == "Lembar LKE ZI, baris 129, sel K129 (A.II.1.i.a.n1): Isi angka."


def test_notes_documents_and_links_of_all_rows_of_a_question():
    def edit(sheet):
        sheet["O128"] = " Agen ditetapkan \r\n tahun 2025 "
        sheet["P128"] = "SK agen perubahan"
        sheet["O130"] = "Lihat laporan"
        sheet["Q130"] = "https://contoh.go.id/laporan"
        sheet["P8"] = 2026
        sheet["O9"] = "=A1"

    reading = read(edit=edit)

    assert answer(reading, "A.II.1.i.a").note == (
        "Agen ditetapkan \n tahun 2025\n"
        "Dokumen: SK agen perubahan\n"
        "Lihat laporan\n"
        "Tautan: https://contoh.go.id/laporan"
    )
    assert answer(reading, "A.II.1.i.a").note_place == "O128"
    assert answer(reading, "A.I.1.i.a").note == "Dokumen: 2026"
    assert answer(reading, "A.I.1.i.b").note is None
    assert reading.remarks == ("O9 berisi rumus tanpa hasil dan diabaikan.",)


@pytest.mark.parametrize(
    ("stated", "remarks"), [(6, 0), ("6", 0), ("=SUM(K186:K188)", 0), (7, 1), ("enam", 1)]
)
def test_total_of_the_obliged_is_checked_and_left_out(stated, remarks):
    def edit(sheet):
        sheet["K185"] = stated
        sheet["K186"], sheet["K187"], sheet["K188"] = 1, 2, "3"

    reading = read(edit=edit)

    assert len(reading.remarks) == remarks
    assert answer(reading, "A.II.5.iii.2.a").fields == {"n1": "1", "n2": "2", "n3": "3"}
    if remarks:
        assert reading.remarks[0] == (
            f'K185 berisi "{stated}", bukan jumlah K186 + K187 + K188; sel itu tidak dipakai, '
            "yang dihitung adalah jumlahnya."
        )


def test_merged_cells_say_what_their_first_cell_says():
    def edit(sheet):
        sheet["K129"] = 4
        sheet.merge_cells("K129:L130")

    assert answer(read(edit=edit), "A.II.1.i.a").fields == {"n1": "4"}


def test_a_note_beside_a_heading_is_told():
    reading = read(edit=lambda sheet: sheet.__setitem__("O121", "Lihat lampiran"))

    assert reading.remarks == (
        'O121 berisi "Lihat lampiran" dan diabaikan: baris itu bukan pertanyaan.',
    )


def test_a_typed_percentage_is_told_and_left_out():
    def edit(sheet):
        sheet["K128"] = 0.8
        sheet["K128"].number_format = "0%"

    reading = read(edit=edit)

    assert reading.remarks == ('K128 berisi "80%" dan diabaikan: bukan sel isian.',)
    assert reading.filled == 0


class TestRecognition:
    def test_a_renamed_sheet_is_known_by_its_headings(self):
        assert read(edit=lambda sheet: setattr(sheet, "title", "LKE 2026")).sheet == "LKE 2026"

    def test_headings_regardless_of_case_and_spaces(self):
        def edit(sheet):
            sheet["K2"], sheet["O2"] = (
                "JAWABAN ",
                "Catatan/ Keterangan/Penjelasan".replace("/ ", "/"),
            )

        assert read(edit=edit).filled == 0

    def test_a_hidden_sheet_is_read_and_told(self):
        def edit(sheet):
            sheet.parent.create_sheet("Sampul")
            sheet.sheet_state = "hidden"
            sheet.parent.active = 1

        assert read(edit=edit).remarks == ("Lembar LKE ZI tersembunyi; isinya tetap dibaca.",)

    def test_a_visible_copy_goes_before_a_hidden_sheet(self):
        def edit(sheet):
            sheet.parent.copy_worksheet(sheet)
            sheet.sheet_state = "veryHidden"
            sheet.parent.active = 1

        assert read(edit=edit).sheet == "LKE ZI Copy"

    def test_two_sheets_are_one_too_many(self):
        message = refusal(edit=lambda sheet: sheet.parent.copy_worksheet(sheet))

        assert message == (
            'Lebih dari satu lembar memuat LKE: "LKE ZI", "LKE ZI Copy". '
            "Sisakan satu saja, lalu coba lagi."
        )

    def test_an_unknown_workbook(self):
        message = refusal(
            edit=lambda sheet: [sheet.delete_rows(1, 300), setattr(sheet, "title", "X")]
        )

        assert message.startswith(
            'Tidak ada lembar LKE yang dikenal dalam buku kerja ini. Isinya: "X". Yang dicari: '
        )

    def test_the_right_sheet_with_another_heading(self):
        message = refusal(edit=lambda sheet: sheet.__setitem__("K2", "Nilai TPI"))

        assert message.endswith('Sel K2 lembar LKE ZI berisi "Nilai TPI", bukan "Jawaban".')

    @pytest.mark.parametrize("change", ["insert_rows", "delete_rows"])
    def test_moved_rows(self, change):
        message = refusal(edit=lambda sheet: getattr(sheet, change)(60))

        assert message.startswith("Susunan baris lembar LKE ZI berubah: ")

    def test_swapped_columns(self):
        assert "kolom J-nya" in refusal(edit=lambda sheet: sheet.__setitem__("J9", "Ya/Tidak"))


class TestSecondLayout:
    def test_answers_notes_and_documents(self):
        each = layout("lke-2021-jawaban")

        def edit(sheet):
            sheet["L6"], sheet["M6"], sheet["K125"] = "Sudah ada", "SK.pdf", "=K127/K126"

        reading = read({"A.I.1.i.a": "Ya", "A.II.1.i.a.n1": 4, "B.II.a": "3,2"}, edit, each)

        assert reading.layout.code == "lke-2021-jawaban"
        assert answer(reading, "A.I.1.i.a").note == "Sudah ada\nDokumen: SK.pdf"
        assert answer(reading, "A.II.1.i.a").fields == {"n1": "4"}
        assert answer(reading, "B.II.a").fields == {"value": "3,2"}
        assert (reading.filled, reading.faults) == (3, ())

    def test_an_answer_between_its_rows_tells_that_rows_have_moved(self):
        each = layout("lke-2021-jawaban")

        (fault,) = read(edit=lambda sheet: sheet.__setitem__("K8", "A"), of=each).faults

        assert fault == CellFault(
            "K8", "bukan isian", 'berisi "A", padahal baris ini bukan baris isian.'
        )


def test_points_the_workbook_calculated(shared, recalculate, tmp_path):
    """All of a sheet's sections agree with ours, but for the two known faulty formulas."""
    answers = {code_of(row): WORTH_LESS[row.types[-1]] for row in layout().answers}
    answers |= {"A.I.1.i.a": "Tidak", "A.II.5.iii.1.a.n4": 1, "A.II.5.iii.2.a.n4": 0}
    book = filled_official(shared, answers, lambda sheet: sheet.__setitem__("K185", 6))
    book.save(tmp_path / "lke.xlsx")

    reading = read_workbook(as_bytes(recalculate(tmp_path / "lke.xlsx")))

    sheet, rules = instrument("lke-2021")
    ours = scoring.evaluate(sheet, rules, {a.question: a.fields for a in reading.answers})
    points = {code: node.points for code, node in ours.nodes.items()} | {"total": ours.total}
    different = {
        code: (scoring.to_decimal_string(theirs, 6), scoring.to_decimal_string(points[code], 6))
        for code, theirs in reading.points.items()
        if abs(theirs - points[code]) > Fraction(1, 10**9)
    }
    assert ours.complete
    assert set(reading.points) == set(layout().points)
    assert different == {
        "A.I.1.i": ("0.25", "0.125"),
        "A.II.5.iii": ("0.333333", "0.166667"),
        "total": different["total"],
    }
    by = reading.points["total"] - ours.total
    assert abs(by - Fraction("0.125") - Fraction(1, 6)) < Fraction(1, 10**9)
