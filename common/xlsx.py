"""Workbooks (xlsx) from outside: their cells as plain values, read within limits.

openpyxl reads them; what it would take on trust is refused before: parts that unpack to more than
they should, XML with declarations of its own (entities), macros, and more cells than anyone fills
in. Its read-only mode leaves pictures, charts and pivot tables alone.
"""

import warnings
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, auto
from io import BytesIO
from math import inf
from typing import Final
from xml.etree.ElementTree import ParseError
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from openpyxl import Workbook, load_workbook
from openpyxl.formula.tokenizer import TokenizerError
from openpyxl.formula.translate import TranslatorError
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from common.errors import DomainError
from common.words import MIB, print_size
from common.xlsx_text import read_text

MAXIMUM_SIZE: Final = 20 * MIB
MAXIMUM_PARTS: Final = 2000
MAXIMUM_PART: Final = 32 * MIB  # unpacked
MAXIMUM_UNPACKED: Final = 128 * MIB
MAXIMUM_ELEMENTS: Final = 300_000  # XML elements in all parts; a filled LKE has 10,000
MAXIMUM_DEPTH: Final = 64
MAXIMUM_FORMULA: Final = 8192  # characters, as in Excel
# Characters, were all shared formulas written out: openpyxl does that cell by cell.
MAXIMUM_SHARED: Final = 4_000_000
MAXIMUM_MERGED_CELLS: Final = 200_000  # each is made one by one where the whole book is opened
MAXIMUM_SHEETS: Final = 50
MAXIMUM_MERGED: Final = 5000  # areas of merged cells that are looked at

_COMPOUND_FILE = bytes.fromhex("d0cf11e0a1b11ae1")  # .xls, or an xlsx locked by a password
_CHUNK = 64 * 1024

_NOT_A_WORKBOOK = "Berkas ini bukan buku kerja Excel (.xlsx) yang utuh. Simpan ulang sebagai .xlsx."

_ARCHIVE_FAULTS = (
    BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,  # an unknown version or method of packing
    RuntimeError,  # a part locked by a password
    OSError,
    ValueError,  # UnicodeDecodeError too
    LookupError,  # an encoding nobody knows
)
# openpyxl has no error of its own for a part that is well-formed but makes no sense.
_CONTENT_FAULTS = (
    *_ARCHIVE_FAULTS,
    ParseError,
    InvalidFileException,
    TokenizerError,
    TranslatorError,
    AttributeError,
    TypeError,
    OverflowError,
    RecursionError,
)


class WorkbookRefused(DomainError):
    """A file that is no workbook, is damaged, or goes beyond the limits."""


class Kind(Enum):
    TEXT = auto()
    NUMBER = auto()
    PERCENT = auto()  # a number shown as a percentage: 0.9 as 90%
    DATE = auto()
    BOOLEAN = auto()
    ERROR = auto()  # #REF!, #DIV/0!
    FORMULA = auto()


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is not blank.

    text: as a person would read it; a number in plain decimals with a point, a percentage with
    its sign. result: what a formula came to when the file was last calculated, None where the
    file does not say.
    """

    kind: Kind
    text: str
    result: "Cell | None" = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of a sheet that are not blank, by place ("K12").

    merged: areas of merged cells, as the file writes them ("K12:L13").
    """

    name: str
    hidden: bool
    cells: Mapping[str, Cell]
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook. modified: when it was last saved, None where it does not say.

    properties: texts that a program has left in the file, by name.
    """

    sheets: tuple[Sheet, ...]
    modified: datetime | None
    properties: Mapping[str, str]


def read_sheets(content: bytes, *, rows: int, columns: int) -> tuple[Sheet, ...]:
    """As `read_book`, the sheets alone."""
    return read_book(content, rows=rows, columns=columns).sheets


def read_book(content: bytes, *, rows: int, columns: int) -> Book:
    """The first `rows` rows and `columns` columns of every sheet, hidden ones too.

    Raises WorkbookRefused.
    """
    merged = check_workbook(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about parts that are left alone
        try:
            typed = _read(content, rows, columns, merged, results=False)
            results = _read(content, rows, columns, merged, results=True)
        except _CONTENT_FAULTS as fault:
            raise WorkbookRefused(_NOT_A_WORKBOOK) from fault
    return replace(typed, sheets=tuple(map(_with_results, typed.sheets, results.sheets)))


def open_workbook(content: bytes) -> Workbook:
    """The whole workbook, to be changed and saved again. Raises WorkbookRefused."""
    merged = check_workbook(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about parts that are left out
        try:
            if _merged_cells(merged) > MAXIMUM_MERGED_CELLS:
                raise WorkbookRefused(_too_large())
            return load_workbook(BytesIO(content), keep_links=False)
        except _CONTENT_FAULTS as fault:
            raise WorkbookRefused(_NOT_A_WORKBOOK) from fault


def _merged_cells(merged: Mapping[str, tuple[str, ...]]) -> float:
    """How many cells the merged areas cover; without end where not all were looked at.

    Raises ValueError for an area that is none.
    """
    if any(len(areas) >= MAXIMUM_MERGED for areas in merged.values()):
        return inf
    sizes = (CellRange(area).size for areas in merged.values() for area in areas)
    return sum(size["rows"] * size["columns"] for size in sizes)


def _read(
    content: bytes, rows: int, columns: int, merged: Mapping[str, tuple[str, ...]], *, results: bool
) -> Book:
    book = load_workbook(BytesIO(content), read_only=True, data_only=results, keep_links=False)
    try:
        return Book(
            sheets=tuple(
                Sheet(
                    name=str(sheet.title),
                    hidden=sheet.sheet_state != "visible",
                    cells=dict(_cells(sheet, rows, columns)),
                    merged=merged.get(str(sheet._worksheet_path), ()),
                )
                for sheet in book.worksheets[:MAXIMUM_SHEETS]
            ),
            modified=_moment(book.properties.modified),
            properties={
                each.name: each.value
                for each in book.custom_doc_props.props
                if isinstance(each.value, str)
            },
        )
    finally:
        book.close()


def _moment(modified: object) -> datetime | None:
    """In a workbook moments are UTC, whether they say so or not."""
    if not isinstance(modified, datetime):
        return None
    return modified if modified.tzinfo else modified.replace(tzinfo=UTC)


def _cells(sheet: Worksheet, rows: int, columns: int) -> Iterator[tuple[str, Cell]]:
    grid = sheet.iter_rows(min_row=1, max_row=rows, min_col=1, max_col=columns)
    for row, line in enumerate(grid, start=1):
        for column, found in enumerate(line, start=1):
            if found.value is None:
                continue
            cell = _cell(found.value, found.data_type, str(found.number_format))
            if cell.text:
                yield f"{get_column_letter(column)}{row}", cell


def _cell(value: object, data_type: str, number_format: str) -> Cell:
    if data_type == "f":
        return Cell(Kind.FORMULA, value if isinstance(value, str) else "=")
    if data_type == "e":
        return Cell(Kind.ERROR, str(value))
    if isinstance(value, bool):
        return Cell(Kind.BOOLEAN, "BENAR" if value else "SALAH")
    if isinstance(value, int | float):
        number = plain_number(value)
        if "%" in number_format and number != "0":
            return Cell(Kind.PERCENT, plain_number(value * 100) + "%")
        return Cell(Kind.NUMBER, number)
    if isinstance(value, datetime | date | time | timedelta):
        return Cell(Kind.DATE, str(value).removesuffix(" 00:00:00"))
    return Cell(Kind.TEXT, read_text(str(value)))


def plain_number(value: float) -> str:
    """The number as a spreadsheet shows it at its most precise: 15 digits, no exponent.

    3.5999999999999996, left behind by a calculation, reads 3.6 there and here.
    """
    if isinstance(value, int):
        return str(value)
    text = format(Decimal(format(value, ".15g")), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _with_results(typed: Sheet, calculated: Sheet) -> Sheet:
    cells = {
        place: Cell(cell.kind, cell.text, calculated.cells.get(place))
        if cell.kind is Kind.FORMULA
        else cell
        for place, cell in typed.cells.items()
    }
    return replace(typed, cells=cells)


def check_workbook(content: bytes) -> Mapping[str, tuple[str, ...]]:
    """Raise WorkbookRefused for what openpyxl should not even see.

    Returns the areas of merged cells by the part (sheet) they stand in: openpyxl, reading cell
    by cell, leaves them out.
    """
    if len(content) > MAXIMUM_SIZE:
        raise WorkbookRefused(f"Berkas melebihi {print_size(MAXIMUM_SIZE)}.")
    if content.startswith(_COMPOUND_FILE):
        raise WorkbookRefused(
            "Berkas ini berformat lama (.xls) atau dikunci dengan kata sandi. "
            "Simpan sebagai .xlsx tanpa kata sandi."
        )
    try:
        with ZipFile(BytesIO(content)) as archive:
            return _check_parts(archive)
    except _ARCHIVE_FAULTS as fault:
        raise WorkbookRefused(_NOT_A_WORKBOOK) from fault


def _check_parts(archive: ZipFile) -> Mapping[str, tuple[str, ...]]:
    parts = archive.infolist()
    names = [part.filename.lower() for part in parts]
    if len(set(names)) < len(names) or not any(name.startswith("xl/") for name in names):
        raise WorkbookRefused(_NOT_A_WORKBOOK)
    if any(name.endswith("vbaproject.bin") for name in names):
        raise WorkbookRefused("Berkas ini memuat makro. Simpan sebagai .xlsx, tanpa makro.")
    if (
        len(parts) > MAXIMUM_PARTS
        or sum(part.file_size for part in parts) > MAXIMUM_UNPACKED
        or any(part.file_size > MAXIMUM_PART for part in parts)
    ):
        raise WorkbookRefused(_too_large())
    guard = _Guard()
    for part in parts:
        if part.flag_bits & 1 or part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise WorkbookRefused(_NOT_A_WORKBOOK)
        guard.check(archive, part)
    return {part: tuple(areas) for part, areas in guard.merged.items()}


def _too_large() -> str:
    return (
        "Isi buku kerja ini terlalu besar. Hapus lembar lain serta baris dan kolom kosong yang "
        "berformat, simpan, lalu coba lagi."
    )


class _Guard:
    """Goes through the XML of all parts once, with the parser that openpyxl uses.

    What is no XML ends at its first bytes, for openpyxl as well; so it needs no refusal here.
    """

    def __init__(self) -> None:
        self.elements = 0
        self.depth = 0
        self.merged: dict[str, list[str]] = {}
        self.part = ""
        self.formula = 0  # characters of the present one so far
        self.longest_formula = 0
        self.shared = 0

    def check(self, archive: ZipFile, part: ZipInfo) -> None:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._refuse_declarations
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.buffer_text = True
        self.parser = parser
        self.depth = 0
        self.part = part.filename
        with archive.open(part) as stream:
            try:
                while chunk := stream.read(_CHUNK):
                    parser.Parse(chunk, False)
            except expat.ExpatError:
                return

    def _refuse_declarations(self, *_: object) -> None:
        raise WorkbookRefused("Berkas ini memuat deklarasi XML yang tidak diizinkan (DOCTYPE).")

    def _open(self, name: str, attributes: Mapping[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        tag = name.rpartition(":")[2]
        if tag == "f":
            self.formula = 0
            self.shared += attributes.get("t") == "shared"
            self.parser.CharacterDataHandler = self._read_formula
        elif tag == "mergeCell":
            areas = self.merged.setdefault(self.part, [])
            if len(areas) < MAXIMUM_MERGED:
                areas.append(attributes.get("ref", ""))
        if self.elements > MAXIMUM_ELEMENTS or self.depth > MAXIMUM_DEPTH:
            raise WorkbookRefused(_too_large())

    def _read_formula(self, text: str) -> None:
        self.formula += len(text)
        self.longest_formula = max(self.longest_formula, self.formula)

    def _close(self, _: object) -> None:
        self.depth -= 1
        self.parser.CharacterDataHandler = None
        if (
            self.longest_formula > MAXIMUM_FORMULA
            or self.longest_formula * self.shared > MAXIMUM_SHARED
        ):
            raise WorkbookRefused(_too_large())
