"""A table that a person made, xlsx or csv, as rows of text by column name.

Nothing is guessed: a formula, a merged cell, a date or an unknown column is told, not read.
"""

import csv
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from xml.etree.ElementTree import ParseError  # only the name of the error

import openpyxl
from openpyxl.cell import Cell, MergedCell
from openpyxl.utils.exceptions import InvalidFileException

from common.errors import DomainError
from common.text import has_control_characters

MAX_FILE_SIZE = 10 * 1024 * 1024  # bytes
MAX_UNPACKED_SIZE = 40 * 1024 * 1024  # bytes, all parts of an xlsx together
MAX_ROWS = 20_000
MAX_COLUMNS = 50
MAX_CELL_LENGTH = 1000  # characters

_ZIP = b"PK\x03\x04"

# What openpyxl raises for a file that is no workbook, or a broken one.
_BROKEN_WORKBOOK = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    EOFError,
    OSError,
    ArithmeticError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    TypeError,
    ValueError,
)


class SpreadsheetRefused(DomainError):
    """A file that is no table with the columns asked for; the message says why."""


@dataclass(frozen=True, slots=True)
class RowError:
    """One cell, or one row, that cannot be taken; `row` as the spreadsheet numbers it."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        column = f", kolom {self.column}" if self.column else ""
        return f"Baris {self.row}{column}: {self.message}"


@dataclass(frozen=True, slots=True)
class Row:
    """values: text without surrounding spaces, by the names of the columns in the file."""

    number: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """errors: cells that hold no readable text; their rows are among `rows` all the same,
    with an empty text in that place."""

    rows: list[Row]
    errors: list[RowError]


@dataclass(frozen=True, slots=True)
class _BadCell:
    message: str


_Line = tuple[int, list["str | _BadCell"]]


def read_table(path: Path, *, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Table:
    """The rows below the first line that is not empty, which names the columns in any order.

    A name may be written with spaces and capitals ("Kode Induk" for kode_induk). Raises
    SpreadsheetRefused where the file cannot be read or its columns are not these.
    """
    lines = _lines(_content(path))
    columns = _columns(next(lines, (0, []))[1], required, optional)
    rows: list[Row] = []
    errors: list[RowError] = []
    for number, cells in lines:
        if len(rows) == MAX_ROWS:
            raise SpreadsheetRefused(f"Berkas berisi lebih dari {MAX_ROWS} baris.")
        values = dict.fromkeys(filter(None, columns), "")
        for place, cell in enumerate(cells):
            column = columns[place] if place < len(columns) else ""
            if isinstance(cell, _BadCell):
                errors.append(RowError(number, column, cell.message))
            elif column:
                values[column] = cell
            elif cell:
                errors.append(RowError(number, "", f"“{cell[:30]}” berada di kolom tanpa judul."))
        rows.append(Row(number, values))
    return Table(rows, errors)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_SIZE + 1)
    except (OSError, ValueError) as error:
        raise SpreadsheetRefused(
            "Berkas tidak dapat dibuka. Periksa nama dan tempatnya."
        ) from error
    if len(content) > MAX_FILE_SIZE:
        raise SpreadsheetRefused(f"Berkas lebih besar dari {MAX_FILE_SIZE // 1024 // 1024} MB.")
    return content


def _columns(
    head: list[str | _BadCell], required: tuple[str, ...], optional: tuple[str, ...]
) -> list[str]:
    """The names in the head line; empty for a place without one."""
    names = ["" if isinstance(cell, _BadCell) else "_".join(cell.lower().split()) for cell in head]
    given = [name for name in names if name]
    if not given:
        raise SpreadsheetRefused("Berkas kosong.")
    known = f"Kolom yang dikenal: {', '.join([*required, *optional])}."
    unknown = [name for name in given if name not in required and name not in optional]
    if unknown:
        listed = ", ".join(name[:30] for name in unknown[:5])
        raise SpreadsheetRefused(f"Judul kolom tidak dikenal: {listed}. {known}")
    twice = sorted({name for name in given if given.count(name) > 1})
    if twice:
        raise SpreadsheetRefused(f"Judul kolom ditulis dua kali: {', '.join(twice)}.")
    missing = [name for name in required if name not in given]
    if missing:
        raise SpreadsheetRefused(f"Kolom tidak ada: {', '.join(missing)}. {known}")
    return names


def _lines(content: bytes) -> Iterator[_Line]:
    """The lines that are not empty, with their numbers."""
    lines = _workbook_lines(content) if content.startswith(_ZIP) else _csv_lines(content)
    for number, cells in lines:
        checked = [_checked(cell) for cell in cells]
        if any(checked):
            yield number, checked


def _checked(cell: str | _BadCell) -> str | _BadCell:
    if isinstance(cell, _BadCell):
        return cell
    cell = cell.strip()
    if len(cell) > MAX_CELL_LENGTH:
        return _BadCell(f"Isi sel lebih panjang dari {MAX_CELL_LENGTH} huruf.")
    if has_control_characters(cell):
        return _BadCell("Isi sel memuat karakter yang tidak dapat dicetak atau pindah baris.")
    return cell


def _csv_lines(content: bytes) -> Iterator[_Line]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SpreadsheetRefused(
            "Berkas bukan xlsx dan bukan CSV berkode UTF-8. Simpan ulang sebagai xlsx atau "
            "“CSV UTF-8”."
        ) from error
    if "\x00" in text:
        raise SpreadsheetRefused("Berkas bukan xlsx dan bukan CSV: ada karakter NUL di dalamnya.")
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    try:
        for cells in reader:
            if len(cells) > MAX_COLUMNS:
                raise SpreadsheetRefused(f"Baris {number} berisi lebih dari {MAX_COLUMNS} kolom.")
            yield number, list(cells)
            number = reader.line_num + 1
    except csv.Error as error:
        raise SpreadsheetRefused(
            f"Baris {number} tidak dapat dibaca sebagai CSV. Periksa tanda kutipnya."
        ) from error


def _workbook_lines(content: bytes) -> Iterator[_Line]:
    sheet = _first_sheet(content)
    merged = [str(area) for area in sheet.merged_cells.ranges]
    if merged:
        raise SpreadsheetRefused(
            f"Ada sel gabungan: {', '.join(sorted(merged)[:5])}. Pisahkan sel itu dahulu."
        )
    if sheet.max_row > MAX_ROWS + 100 or sheet.max_column > MAX_COLUMNS:
        raise SpreadsheetRefused(
            f"Lembar pertama melebihi {MAX_ROWS} baris atau {MAX_COLUMNS} kolom, termasuk sel "
            "kosong yang berformat. Salin tabelnya ke lembar baru."
        )
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield number, [_cell_text(cell) for cell in cells]


def _first_sheet(content: bytes) -> openpyxl.worksheet.worksheet.Worksheet:
    refusal = "Berkas xlsx tidak dapat dibaca. Buka dengan Excel, lalu simpan ulang sebagai xlsx."
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
        if unpacked > MAX_UNPACKED_SIZE:
            raise SpreadsheetRefused("Isi berkas xlsx terlalu besar.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about parts of the file that are left out
            workbook = openpyxl.load_workbook(io.BytesIO(content))
        return workbook.worksheets[0]
    except _BROKEN_WORKBOOK as error:
        raise SpreadsheetRefused(refusal) from error


def _cell_text(cell: Cell | MergedCell) -> str | _BadCell:
    value = cell.value
    match value:
        case None:
            return ""
        case _ if cell.data_type == "f":
            return _BadCell("Sel berisi rumus. Tempel hasilnya sebagai nilai.")
        case _ if cell.data_type == "e":
            return _BadCell("Sel berisi galat rumus.")
        case bool():
            return "ya" if value else "tidak"
        case int():
            return _with_leading_zeros(str(value), cell.number_format)
        case float() if value.is_integer():
            return _with_leading_zeros(str(int(value)), cell.number_format)
        case date() | time() | timedelta():
            return _BadCell("Sel berisi tanggal atau waktu. Ubah format sel menjadi teks.")
    return str(value)


def _with_leading_zeros(digits: str, number_format: str) -> str:
    """A code such as 0012 is often kept as the number 12 with the format 0000."""
    if number_format and set(number_format) == {"0"}:
        return digits.zfill(len(number_format))
    return digits
