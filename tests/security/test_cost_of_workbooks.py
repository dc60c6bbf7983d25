"""Small workbooks that would take minutes, or all the memory, to open."""

import time

import pytest

from common.xlsx import WorkbookRefused, open_workbook, read_sheets
from tests.common.test_xlsx import PLAIN, SHEET, parts_of, sheet_of, with_part

SECONDS = 5  # of the processor; either of these took minutes


def quickly_refused(read, content: bytes) -> None:
    started = time.process_time()
    with pytest.raises(WorkbookRefused, match="terlalu besar"):
        read(content)
    assert time.process_time() - started < SECONDS


def read(content: bytes) -> None:
    read_sheets(content, rows=400, columns=26)


def shared_formula(text: str, cells: int) -> bytes:
    first = f'<c r="A1"><f t="shared" ref="A1:A9" si="0">{text}</f></c>'
    others = '<c r="A1"><f t="shared" si="0"/></c>' * cells
    return sheet_of(f'<row r="1">{first}{others}</row>')


def merged(*areas: str) -> bytes:
    named = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    part = parts_of(PLAIN)[SHEET].replace(
        b"</sheetData>", f"</sheetData><mergeCells>{named}</mergeCells>".encode()
    )
    return with_part(SHEET, part)


class TestFormulas:
    def test_one_longer_than_excel_takes(self):
        quickly_refused(read, shared_formula("A1+" * 300_000, cells=40))

    def test_one_shared_by_very_many_cells(self):
        quickly_refused(read, shared_formula("A1+" * 2700, cells=100_000))

    def test_as_people_share_them(self):
        read(shared_formula("SUM(B1:B9)/COUNT(B1:B9)", cells=5000))


class TestMergedCells:
    def test_a_whole_sheet(self):
        quickly_refused(open_workbook, merged("A1:XFD1048576"))

    def test_more_areas_than_are_looked_at(self):
        quickly_refused(open_workbook, merged(*(f"A{row}:B{row}" for row in range(1, 5002))))

    def test_as_people_merge_them(self):
        assert open_workbook(merged("A1:Z1", "C3:C40")).worksheets

    def test_no_area_at_all(self):
        with pytest.raises(WorkbookRefused):
            open_workbook(merged("di sini"))
