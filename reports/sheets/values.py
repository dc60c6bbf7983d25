"""The sheet "Nilai": the same figures without formulas, for viewers that calculate nothing."""

from typing import Final

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from reports.parts import Given, Part, Report, Row
from reports.sheets.cells import (
    Content,
    Look,
    Styles,
    put_heads,
    put_row,
    put_title,
    set_print,
    set_widths,
)

NAME: Final = "Nilai"
WIDTHS: Final = (14, 50, 8, 18, 50, 9, 9, 18, 50, 10, 10)
HEADERS: Final = (
    "Kode",
    "Uraian",
    "Bobot",
    "Jawaban satker",
    "Arti jawaban",
    "Nilai mandiri",
    "Poin mandiri",
    "Jawaban verifikasi",
    "Arti jawaban",
    "Nilai verifikasi",
    "Poin verifikasi",
)

Cells = list[tuple[Content, Look]]


def add_values(book: Workbook, report: Report, styles: Styles) -> None:
    """The sheet for viewers that calculate nothing."""
    sheet = book.create_sheet(NAME)
    put_title(sheet, report.short_title, styles)
    result = report.result
    total = result.total
    put_row(sheet, 2, [(f"{result.label}. {result.sentence}", Look.LABEL)], styles)
    put_heads(sheet, 3, HEADERS, styles, WIDTHS)
    row = 4
    for cells in _value_rows(report):
        put_row(sheet, row, cells, styles, WIDTHS)
        row += 1
    put_row(
        sheet, row, _part_cells("", total.name, total.weight, total.own, total.verified), styles
    )
    _value_floors(sheet, row + 2, report, styles)
    set_widths(sheet, WIDTHS)
    sheet.freeze_panes = "C4"
    sheet.print_title_rows = "3:3"
    set_print(sheet, report.short_title)


def _value_rows(report: Report) -> list[Cells]:
    rows: list[Cells] = []

    def walk(part: Part) -> None:
        figure = part.figure
        rows.append(_part_cells(part.code, figure.name, figure.weight, figure.own, figure.verified))
        rows.extend(_row_cells(row, verified=report.is_verified) for row in part.rows)
        for child in part.parts:
            walk(child)

    for part in report.tree:
        walk(part)
    return rows


def _part_cells(code: str, name: str, weight: Content, own: Content, verified: Content) -> Cells:
    empty: tuple[Content, Look] = (None, Look.SECTION)
    return [
        (code, Look.SECTION),
        (name, Look.SECTION),
        (weight, Look.SECTION_WEIGHT),
        empty,
        empty,
        empty,
        (own, Look.SECTION_POINTS),
        empty,
        empty,
        empty,
        (verified, Look.SECTION_POINTS),
    ]


def _row_cells(row: Row, *, verified: bool) -> Cells:
    figure = row.figure
    cells: Cells = [
        (row.code, Look.TEXT),
        (row.text, Look.TEXT),
        (figure.weight if figure else None, Look.WEIGHT),
        (row.own.short, Look.TEXT),
        (_words(row.own), Look.TEXT),
        (row.own.value, Look.VALUE),
        (figure.own if figure else None, Look.POINTS),
    ]
    if not verified:
        return cells
    return [
        *cells,
        (row.counting.short, Look.TEXT),
        (_words(row.counting), Look.TEXT),
        (row.counting.value, Look.VALUE),
        (figure.verified if figure else None, Look.POINTS),
    ]


def _words(given: Given) -> str:
    if not given.counts:
        return given.meaning
    return "\n".join(f"{each.label}: {each.figure or 'belum diisi'}" for each in given.counts)


def _value_floors(sheet: Worksheet, row: int, report: Report, styles: Styles) -> None:
    headers = ["", "Syarat nilai", "Nilai"]
    for code in report.predikat:
        headers += [f"Minimal {code}", code]
    put_heads(sheet, row, headers, styles, WIDTHS)
    for line in report.floors:
        row += 1
        cells: Cells = [("", Look.TEXT), (line.name, Look.TEXT), (line.actual, Look.POINTS)]
        for check in line.checks:
            if check is None:
                cells += [(None, Look.POINTS), (None, Look.TEXT)]
            else:
                words = "Memenuhi" if check.met else f"Kurang {check.gap}"
                cells += [(check.required, Look.POINTS), (words, Look.TEXT)]
        put_row(sheet, row, cells, styles)
