"""Workbooks for the import tests: the official one filled in, and a bare one of the same layout."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from assessments.workbook_layouts import AnswerRow, Layout, load_layouts

OFFICIAL = "reference/official/lke-2021-workbook-blank.xlsx"  # below the shared folder

Edit = Callable[[Worksheet], None]


def layout(code: str = "lke-2021-lke-zi") -> Layout:
    return next(each for each in load_layouts() if each.code == code)


def code_of(row: AnswerRow) -> str:
    """The code as the command ``score`` takes it."""
    return row.question if row.key == "value" else f"{row.question}.{row.key}"


def place_of(code: str, of: Layout | None = None) -> str:
    """The answer cell of a code."""
    of = of or layout()
    row = next(each.row for each in of.answers if code_of(each) == code)
    return f"{of.columns['answer']}{row}"


def fill_in(sheet: Worksheet, answers: Mapping[str, object], of: Layout | None = None) -> None:
    for code, value in answers.items():
        if value is not None:
            sheet[place_of(code, of)] = value


def filled_official(
    shared: Path, answers: Mapping[str, object], edit: Edit | None = None
) -> Workbook:
    """The official workbook with answers, still protected."""
    book = load_workbook(shared / OFFICIAL)
    fill_in(book["LKE ZI"], answers)
    if edit:
        edit(book["LKE ZI"])
    return book


def bare_workbook(
    answers: Mapping[str, object] | None = None,
    edit: Edit | None = None,
    of: Layout | None = None,
) -> Workbook:
    """A workbook with no more than the layout asks for: headings, answer types, answers."""
    of = of or layout()
    book = Workbook()
    sheet = book.active
    sheet.title = of.sheet
    for place, heading in of.headings.items():
        sheet[place] = heading
    for row in of.answers:
        if row.types:
            sheet[f"{of.columns['type']}{row.row}"] = row.types[0]
    fill_in(sheet, answers or {}, of)
    if edit:
        edit(sheet)
    return book


def as_bytes(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
