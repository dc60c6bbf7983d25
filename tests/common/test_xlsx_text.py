"""Text in the cells of a workbook, out and back."""

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.packaging.custom import IntProperty, StringProperty

from common.xlsx import read_book
from common.xlsx_text import read_text, safe_text, same_in_a_cell


@pytest.mark.parametrize(
    ("text", "written", "read"),
    [
        ("kata", "kata", "kata"),
        ("a\r\nb\rc", "a\nb\nc", "a\nb\nc"),
        ("_x0041_", "_x005F_x0041_", "_x0041_"),
        ("_x005F_x0041_", "_x005F_x005F_x005F_x0041_", "_x005F_x0041_"),
        ("a\x00b\ud800", "a\ufffdb\ufffd", "a\ufffdb\ufffd"),
        (" tepi\n", " tepi\n", "tepi"),
    ],
)
def test_out_and_back(text, written, read):
    assert safe_text(text) == written
    assert read_text(written) == read
    assert same_in_a_cell(text, read)


@pytest.mark.parametrize(
    ("stored", "read"),
    [("_x0041_", "A"), ("a_x000D_\nb", "a\nb"), ("_x0000_", "\ufffd"), ("_xD83D_", "\ufffd")],
)
def test_escapes_that_somebody_else_wrote(stored, read):
    assert read_text(stored) == read


@given(st.text())
def test_no_text_is_changed_by_a_cell(text):
    assert same_in_a_cell(text, read_text(safe_text(text)))


def test_other_text_is_another_text():
    assert not same_in_a_cell("SK ada", "SK")


def test_what_a_workbook_says_about_itself():
    book = Workbook()
    book.active.merge_cells("B2:C3")
    book.active.merge_cells("E5:E6")
    book.create_sheet("Kedua").merge_cells("A1:A2")
    book.custom_doc_props.append(StringProperty(name="PMPZI", value="ya"))
    book.custom_doc_props.append(IntProperty(name="angka", value=3))
    began = datetime.now(UTC).replace(microsecond=0)
    stream = io.BytesIO()
    book.save(stream)

    read = read_book(stream.getvalue(), rows=10, columns=10)

    assert [set(sheet.merged) for sheet in read.sheets] == [{"B2:C3", "E5:E6"}, {"A1:A2"}]
    assert read.properties == {"PMPZI": "ya"}
    assert read.modified is not None
    assert began <= read.modified <= datetime.now(UTC)
