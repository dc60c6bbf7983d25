"""The LKE as a workbook: live formulas, and the same figures once more without them."""

from io import BytesIO

from openpyxl import Workbook

from common.xlsx_text import safe_text
from reports.parts import Report
from reports.sheets.cells import Styles
from reports.sheets.lke import add_lke
from reports.sheets.summary import fill_summary
from reports.sheets.values import add_values


def render_workbook(report: Report) -> bytes:
    """The workbook (xlsx) of a report; asks the database nothing."""
    book = Workbook()
    book.properties.title = safe_text(report.short_title)
    book.properties.creator = "PMPZI"
    book.properties.language = "id"
    styles = Styles(book)
    lke = add_lke(book, report, styles)
    fill_summary(book, book.worksheets[0], report, lke, styles)
    add_values(book, report, styles)
    content = BytesIO()
    book.save(content)
    return content.getvalue()
