"""Cells of the workbooks: safe text, numbers, and the few styles they wear.

Text of users is always written as text and never as a formula, and comes back unchanged (line
ends as ``\\n``); characters that a workbook cannot hold become U+FFFD.
"""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil
from typing import Final

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

import scoring
from common.xlsx_text import safe_text

LINE_POINTS: Final = 13.5
HIGHEST_ROW: Final = 409  # points; a longer text goes on inside the cell
# What the heads of columns with figures begin with.
NUMBER_HEADS: Final = (
    "Bobot",
    "Nilai",
    "Poin",
    "Mandiri",
    "Verifikasi",
    "Capaian",
    "Minimal",
    "Kurang",
)
STARTS_LIKE_FORMULA = ("=", "+", "-", "@", "\t")

_TINT = {"head": "FFE8F2EC", "section": "FFEEF2EF"}
_LINE = Side(style="thin", color="FFB8C2BC")


class Look(StrEnum):
    """How a cell looks; number formats come with it."""

    TITLE = "title"
    HEAD = "head"
    HEAD_NUMBER = "head number"
    LABEL = "label"
    TEXT = "text"
    STRONG = "strong"
    ENTRY = "entry"
    WORD = "word"
    VALUE = "value"
    POINTS = "points"
    STRONG_POINTS = "strong points"
    WEIGHT = "weight"
    COUNT = "count"
    MOMENT = "moment"
    PERCENT = "percent"
    SECTION = "section"
    SECTION_WEIGHT = "section weight"
    SECTION_POINTS = "section points"


@dataclass(frozen=True)
class Formula:
    """A live formula; the only thing that is ever written as one."""

    text: str


Content = str | int | Decimal | Fraction | datetime | Formula | None


class Styles:
    """The looks as style arrays of one workbook, each made once.

    Assigning fonts and borders cell by cell is most of openpyxl's time.
    """

    def __init__(self, book: Workbook) -> None:
        sheet = book.worksheets[0]
        self._made: dict[tuple[Look, bool], StyleArray] = {}
        for look in Look:
            cell = Cell(sheet, row=1, column=1)
            _dress(cell, look)
            self._made[look, False] = copy(cell._style)
            cell.quotePrefix = True
            self._made[look, True] = copy(cell._style)

    def of(self, look: Look, *, quoted: bool = False) -> StyleArray:
        """quoted: text that looks like a formula stays text even when somebody edits it."""
        return self._made[look, quoted]


def put(cell: Cell, content: Content, look: Look, styles: Styles) -> None:
    """Write one cell. Text is text whatever it begins with."""
    if isinstance(content, str):
        text = safe_text(content)
        cell.value = text
        cell.data_type = "s"
        cell._style = styles.of(look, quoted=text.startswith(STARTS_LIKE_FORMULA))
        return
    if isinstance(content, Formula):
        cell.value = content.text
    elif isinstance(content, Fraction):
        cell.value = scoring.to_decimal(content)
    else:
        cell.value = content
    cell._style = styles.of(look)


def put_row(
    sheet: Worksheet,
    row: int,
    contents: Sequence[tuple[Content, Look]],
    styles: Styles,
    widths: Sequence[float] = (),
) -> None:
    """Write the cells of a row from column A on; empty ones get their look too.

    widths: of the columns, where text wraps: the row is made high enough for it. Not every
    program does that by itself.
    """
    for column, (content, look) in enumerate(contents, start=1):
        put(sheet.cell(row, column), content, look, styles)
    if widths:
        sheet.row_dimensions[row].height = height_of(contents, widths)


def put_title(sheet: Worksheet, text: str, styles: Styles) -> None:
    """The first row: what the sheet is."""
    put(sheet.cell(1, 1), text, Look.TITLE, styles)
    sheet.row_dimensions[1].height = 2 * LINE_POINTS


def put_heads(
    sheet: Worksheet, row: int, heads: Sequence[str], styles: Styles, widths: Sequence[float]
) -> None:
    """The head of a table; over figures it stands at the right, as they do."""
    contents = [
        (text, Look.HEAD_NUMBER if text.startswith(NUMBER_HEADS) else Look.HEAD) for text in heads
    ]
    put_row(sheet, row, contents, styles, widths)


def height_of(contents: Sequence[tuple[Content, Look]], widths: Sequence[float]) -> float:
    """High enough for every line of the wrapped text, in points."""
    pairs = zip(contents, widths, strict=False)
    lines = max(_lines(content, width) for (content, _), width in pairs)
    return min(LINE_POINTS * lines + 2, HIGHEST_ROW)


def _lines(content: Content, width: float) -> int:
    """How many lines a text takes in a column of that many characters."""
    if not isinstance(content, str):
        return 1
    return sum(max(1, ceil(len(line) / width)) for line in content.split("\n"))


def set_widths(sheet: Worksheet, widths: Iterable[float]) -> None:
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width


def set_print(sheet: Worksheet, footer: str, *, landscape: bool = True) -> None:
    """A4, one page wide, page numbers; `&` begins a code in a footer, so it is doubled."""
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    foot = sheet.HeaderFooter.oddFooter
    foot.left.text = safe_text(footer)[:200].replace("&", "&&")
    foot.right.text = "Halaman &P dari &N"


def _dress(cell: Cell, look: Look) -> None:
    is_head = look in {Look.HEAD, Look.HEAD_NUMBER}
    is_strong = look.startswith(("strong", "section")) or is_head or look == Look.TITLE
    size = 16 if look == Look.TITLE else 10
    color = "FF4A5750" if look == Look.LABEL else "FF17211C"
    cell.font = Font(name="Calibri", size=size, bold=is_strong, color=color)
    if look in {Look.TITLE, Look.LABEL, Look.STRONG}:
        cell.alignment = Alignment(vertical="top")
        return
    cell.alignment = Alignment(vertical="top", wrap_text=True, horizontal=_side(look))
    cell.border = Border(bottom=_LINE)
    tint = _TINT.get(look.partition(" ")[0])
    if tint:
        cell.fill = PatternFill("solid", fgColor=tint)
    if look == Look.VALUE:
        cell.number_format = "0.00##"
    elif look.endswith("points"):
        cell.number_format = "0.00"
    elif look.endswith("weight"):
        cell.number_format = "0.##"
    elif look == Look.PERCENT:
        cell.number_format = "0.00%"
    elif look == Look.MOMENT:
        cell.number_format = "dd/mm/yyyy hh:mm"


def _side(look: Look) -> str | None:
    """Words left, choices in the middle, numbers right."""
    if look in {Look.HEAD, Look.TEXT, Look.SECTION}:
        return None
    return "center" if look in {Look.ENTRY, Look.WORD} else "right"
