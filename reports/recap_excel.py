"""The recap as a workbook: one row a satker, numbers as numbers."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from common.dates import local
from reports.dashboard import Column
from reports.recap import RecapRow
from reports.sheets.cells import Content, Look, Styles, height_of, put, set_print, set_widths

NAME: Final = "Rekap"
NOT_STARTED: Final = "Belum mulai"
HEADERS: Final = (
    ("Kode", 14),
    ("Satuan kerja", 46),
    ("Jenis", 26),
    ("Provinsi", 22),
    ("Diverifikasi oleh", 34),
    ("Target", 9),
    ("Status", 14),
    ("Terjawab", 10),
    ("Pertanyaan", 11),
    ("Nilai mandiri", 10),
    ("Nilai verifikasi", 10),
    ("Selisih", 9),
    ("Syarat WBK kurang", 12),
    ("Syarat WBBM kurang", 12),
    ("Dikirim", 20),
    ("Disetujui", 20),
)
AREA_WIDTH: Final = 17


def render_recap(rows: Iterable[RecapRow], columns: Sequence[Column], year: int) -> bytes:
    """The workbook (xlsx) of a recap; asks the database nothing.

    Area columns: share of the weight, of the verified score where there is one.
    """
    rows = list(rows)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(NAME)
    styles = Styles(book)
    heads = [*HEADERS, *((f"{each.mark}. {each.short_name}", AREA_WIDTH) for each in columns)]
    widths = [width for _, width in heads]
    set_widths(sheet, widths)
    sheet.freeze_panes = "C2"
    sheet.print_title_rows = "1:1"
    set_print(sheet, f"Rekapitulasi penilaian mandiri {year}")
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{len(rows) + 1}"
    lines: list[list[tuple[Content, Look]]] = [[(text, Look.HEAD) for text, _ in heads]]
    lines += [list(_contents(row, columns)) for row in rows]
    for number, contents in enumerate(lines, start=1):
        # Before the row is written: a sheet that is only written gives none back.
        sheet.row_dimensions[number].height = height_of(contents, widths)
        sheet.append(_cells(sheet, contents, styles))
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _cells(
    sheet: WriteOnlyWorksheet, contents: Iterable[tuple[Content, Look]], styles: Styles
) -> Iterator[Cell]:
    for content, look in contents:
        cell = WriteOnlyCell(sheet)
        put(cell, content, look, styles)
        yield cell


def _contents(row: RecapRow, columns: Sequence[Column]) -> Iterator[tuple[Content, Look]]:
    satker, assessment, counting = row.satker, row.assessment, row.counting
    province = satker.province
    yield satker.code, Look.TEXT
    yield satker.name, Look.TEXT
    yield satker.get_kind_display(), Look.TEXT
    yield province.name if province else "", Look.TEXT
    yield satker.verifier.name if satker.verifier else "", Look.TEXT
    if assessment is None:
        yield "", Look.TEXT
        yield NOT_STARTED, Look.TEXT
        return
    yield assessment.target, Look.TEXT
    yield assessment.get_status_display(), Look.TEXT
    yield row.own.answered if row.own else None, Look.COUNT
    yield row.own.questions if row.own else None, Look.COUNT
    yield row.own.total if row.own else None, Look.POINTS
    yield row.verified.total if row.verified else None, Look.POINTS
    yield row.difference, Look.POINTS
    yield counting.wbk_shortfalls if counting else None, Look.COUNT
    yield counting.wbbm_shortfalls if counting else None, Look.COUNT
    yield _clock(assessment.submitted_at, satker.zone), Look.MOMENT
    yield _clock(assessment.approved_at, satker.zone), Look.MOMENT
    for column in columns:
        if counting is None or not counting.answered:
            yield None, Look.PERCENT
        else:
            yield Fraction(getattr(counting, column.field)) / column.weight, Look.PERCENT


def _clock(moment: datetime | None, zone: str) -> datetime | None:
    """The moment on the clock of the satker; a workbook knows no zones."""
    return None if moment is None else local(moment, zone).replace(tzinfo=None)
