"""An official template filled in: its look, formulas and protection stay as they are."""

from io import BytesIO

from openpyxl.cell.cell import Cell
from openpyxl.styles.numbers import is_date_format

from assessments.workbook_recognition import find_sheet
from common.xlsx import open_workbook
from common.xlsx_text import safe_text
from reports.official_parts import OfficialSheet
from reports.sheets.cells import STARTS_LIKE_FORMULA, Content, Formula
from reports.sheets.official_cells import answer_cells, note_cells, stamp, sum_cells


def render_template(official: OfficialSheet, template: bytes) -> bytes:
    """The template with the answers. Faulty formulas of the official workbook stay too.

    Raises WorkbookRefused where the template cannot be read, which was checked at its upload.
    """
    book = open_workbook(template)
    sheet = find_sheet(book, official.layout)
    for place, content in answer_cells(official):
        _write(sheet[place], content)
    for place, content in note_cells(official):
        _write(sheet[place], content)
    for place, formula in sum_cells(official.layout):
        if sheet[place].value is None:
            _write(sheet[place], formula)
    stamp(book, official)
    book.calculation.fullCalcOnLoad = True
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write(cell: Cell, content: Content) -> None:
    """Text is text whatever it begins with; a number never becomes a percentage or a date."""
    if isinstance(content, str):
        text = safe_text(content)
        cell.value = text
        cell.data_type = "s"
        if text.startswith(STARTS_LIKE_FORMULA):
            cell.quotePrefix = True
        return
    cell.value = content.text if isinstance(content, Formula) else content
    if content is not None and ("%" in cell.number_format or is_date_format(cell.number_format)):
        cell.number_format = "General"
