"""The layouts in fixtures/workbooks: complete, and those of the official material."""

import json

import pytest

from assessments.workbook_layouts import load_layouts
from tests.assessments.workbooks import code_of, filled_official, layout
from tests.scoring.instruments import instrument


@pytest.mark.parametrize("each", load_layouts(), ids=lambda each: each.code)
def test_layout_covers_its_instrument_row_by_row(each):
    sheet = instrument(each.instrument).sheet
    expected = [
        f"{item.code}.{one.key}" if item.inputs else item.code
        for item in sheet.items
        for one in item.inputs or (None,)
    ]

    assert [code_of(row) for row in each.answers] == expected
    assert len({row.row for row in each.answers}) == len(each.answers)
    lines = {line.code for line in sheet.lines}
    assert set(each.points) - {"total"} <= lines
    assert set(each.faults) <= set(each.points)
    assert set(each.note_rows.values()) == set(sheet.by_code)


def test_layout_is_that_of_the_official_workbook(shared):
    sheet = filled_official(shared, {})["LKE ZI"]
    each = layout()

    unlocked = {
        row
        for row in range(1, 210)
        if not sheet[f"K{row}"].protection.locked and sheet[f"J{row}"].value
    }

    assert unlocked <= each.answer_rows
    assert {sheet[f"K{row}"].value for row in each.answer_rows} == {None}
    weights = {line.code: line.weight for line in instrument("lke-2021").sheet.lines}
    for code, place in each.points.items():
        if code != "total":
            assert sheet[f"H{place[1:]}"].value == weights[code], code
    notes = {row for row in range(1, 210) if not sheet[f"O{row}"].protection.locked}
    assert notes - set(each.note_rows) == {90, 121}  # an empty row and a heading


def test_second_layout_is_that_of_the_question_master(shared):
    master = json.loads(
        (shared / "reference/official/master-soal-lke-2026.json").read_text(encoding="utf-8")
    )
    questions = []
    waiting = list(master["data"])
    while waiting:
        node = waiting.pop(0)
        questions += node.get("soals", [])
        waiting = node["children"] + waiting
    each = layout("lke-2021-jawaban")

    assert [row.row for row in each.answers] == [question["excel_baris"] for question in questions]
    assert {
        (
            question["excel_sheet"],
            question["excel_kolom_jawaban_unit"],
            question["excel_kolom_catatan_unit"],
            question["excel_kolom_bukti_dukung_unit"],
        )
        for question in questions
    } == {(each.sheet, *(each.columns[name] for name in ("answer", "note", "documents")))}
