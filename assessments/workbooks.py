"""A filled workbook of the LKE to plain readings: which sheet, which cell says what.

Pure reading: bytes in, values out. What an answer may be is the instrument's business and is
asked by `services.workbook_import`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from openpyxl.utils.cell import range_boundaries

from assessments.workbook_layouts import TOTAL, CheckedSum, Layout
from assessments.workbook_notes import NOTE_COLUMNS, Attached, NoteLine, compose_note
from assessments.workbook_recognition import check_rows, recognise, short
from common.xlsx import Book, Cell, Kind, Sheet, read_book

ROWS = 400  # the official sheet ends at row 222
COLUMNS = 26

# What our own workbooks say about themselves: which assessment, and what it held when.
STAMP_ASSESSMENT = "PMPZI penilaian"
STAMP_EXPORTED_AT = "PMPZI diekspor"

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")

_REFUSALS = {
    Kind.FORMULA: "berisi rumus, bukan jawaban. Ketik jawabannya langsung di sel itu.",
    Kind.DATE: "berisi tanggal atau jam. Ubah format selnya menjadi Umum, lalu ketik ulang.",
    Kind.BOOLEAN: "berisi nilai logika, bukan jawaban. Ketik ulang sebagai teks.",
    Kind.PERCENT: "berformat persen. Ubah format selnya menjadi Umum, lalu ketik ulang.",
}


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong with one cell; place is "K12"."""

    place: str
    code: str
    message: str

    @property
    def row(self) -> str:
        return self.place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")

    def line(self, sheet: str) -> str:
        return f"Lembar {sheet}, baris {self.row}, sel {self.place} ({self.code}): {self.message}"


@dataclass(frozen=True, slots=True)
class AnswerReading:
    """What the workbook says to one question.

    fields: texts as typed by key ("value", "n1", …); a blank cell is left out. places: the cell
    of every key, blank or not. notes: what is written beside it. note_place: its first cell.
    """

    question: str
    fields: Mapping[str, str]
    places: Mapping[str, str]
    notes: tuple[NoteLine, ...]
    note_place: str

    @property
    def note(self) -> str | None:
        """None where nothing is written."""
        return self.note_beside(Attached())

    def note_beside(self, attached: Attached) -> str | None:
        """Without the names and links of what is attached to the answer anyway."""
        return compose_note(self.notes, attached)


@dataclass(frozen=True, slots=True)
class WorkbookReading:
    """A recognised workbook. filled: how many fill-in cells are not blank.

    faults: cells that cannot be taken over. remarks: what was left out, in words. points: the
    points the workbook itself last calculated, for "total" and sections; empty where it holds
    none. saved_at: when the file was last saved; assessment and exported_at: what our own export
    has left in it. Each None where the file does not say.
    """

    layout: Layout
    sheet: str
    answers: tuple[AnswerReading, ...]
    filled: int
    faults: tuple[CellFault, ...]
    remarks: tuple[str, ...]
    points: Mapping[str, Fraction]
    saved_at: datetime | None = None
    assessment: str | None = None
    exported_at: datetime | None = None


def read_workbook(content: bytes) -> WorkbookReading:
    """The answers of a filled workbook. Raises WorkbookRefused where it is none of ours."""
    book = read_book(content, rows=ROWS, columns=COLUMNS)
    layout, sheet = recognise(book.sheets)
    check_rows(layout, sheet)
    faults: list[CellFault] = []
    remarks = [
        *_hidden_remark(sheet),
        *_stray_cells(layout, sheet, faults),
        *_stray_notes(layout, sheet),
        *(remark for each in layout.sums for remark in _sum_remark(each, sheet)),
        *_merged_remarks(layout, sheet),
        *_error_remark(layout, sheet),
    ]
    fields: dict[str, dict[str, str]] = {}
    places: dict[str, dict[str, str]] = {}
    for row in layout.answers:
        place = f"{layout.columns['answer']}{row.row}"
        places.setdefault(row.question, {})[row.key] = place
        fields.setdefault(row.question, {})
        cell = sheet.cells.get(place)
        if cell is None:
            continue
        refusal = _refusal(cell)
        if refusal:
            faults.append(CellFault(place, row.code, refusal))
        else:
            fields[row.question][row.key] = cell.text
    notes = _notes(layout, sheet, remarks)
    answers = tuple(
        AnswerReading(question, fields[question], places[question], *notes[question])
        for question in fields
    )
    return WorkbookReading(
        layout=layout,
        sheet=sheet.name,
        answers=answers,
        filled=sum(place in sheet.cells for answer in answers for place in answer.places.values()),
        faults=tuple(faults),
        remarks=tuple(remarks),
        points=_points(layout, sheet),
        saved_at=book.modified,
        assessment=book.properties.get(STAMP_ASSESSMENT),
        exported_at=_exported_at(book),
    )


def _exported_at(book: Book) -> datetime | None:
    try:
        at = datetime.fromisoformat(book.properties.get(STAMP_EXPORTED_AT, ""))
    except ValueError:
        return None
    return at if at.tzinfo else None


def _refusal(cell: Cell) -> str:
    if cell.kind is Kind.ERROR:
        return f"berisi kesalahan {cell.text}, bukan jawaban. Ketik ulang jawabannya."
    return _REFUSALS.get(cell.kind, "")


def _hidden_remark(sheet: Sheet) -> Iterator[str]:
    if sheet.hidden:
        yield f"Lembar {sheet.name} tersembunyi; isinya tetap dibaca."


def _stray_cells(layout: Layout, sheet: Sheet, faults: list[CellFault]) -> Iterator[str]:
    """Cells of the answer column that belong to no question; a fault where the layout is strict."""
    column = layout.columns["answer"]
    known = layout.answer_rows | {int(each.place.lstrip(column)) for each in layout.sums}
    for row in range(min(known), max(known) + 1):
        cell = sheet.cells.get(f"{column}{row}")
        if cell is None or cell.kind is Kind.FORMULA or row in known:
            continue
        if layout.strict:
            message = f'berisi "{short(cell.text)}", padahal baris ini bukan baris isian.'
            faults.append(CellFault(f"{column}{row}", "bukan isian", message))
        else:
            yield f'{column}{row} berisi "{short(cell.text)}" dan diabaikan: bukan sel isian.'


def _stray_notes(layout: Layout, sheet: Sheet) -> Iterator[str]:
    """Notes on rows of headings: no question to keep them with."""
    columns = [layout.columns[name] for name in NOTE_COLUMNS if name in layout.columns]
    for row in range(min(layout.note_rows), max(layout.note_rows) + 1):
        for column in columns:
            cell = sheet.cells.get(f"{column}{row}")
            if cell is not None and row not in layout.note_rows:
                yield (
                    f'{column}{row} berisi "{short(cell.text)}" dan diabaikan: '
                    "baris itu bukan pertanyaan."
                )


def _sum_remark(check: CheckedSum, sheet: Sheet) -> Iterator[str]:
    cell = sheet.cells.get(check.place)
    stated = _number(cell)
    parts = [_number(sheet.cells.get(place)) for place in check.of]
    if cell is None or (cell.kind is Kind.FORMULA and cell.result is None):
        return
    if stated is None or None in parts or stated != sum(part for part in parts if part is not None):
        shown = cell.result.text if cell.result else cell.text
        yield (
            f'{check.place} berisi "{short(shown)}", bukan jumlah {" + ".join(check.of)}; '
            "sel itu tidak dipakai, yang dihitung adalah jumlahnya."
        )


def _merged_remarks(layout: Layout, sheet: Sheet) -> Iterator[str]:
    """Merged cells over fill-in cells: whatever they look like, only the first one is read."""
    column = range_boundaries(f"{layout.columns['answer']}1")[0]
    for area in sheet.merged:
        try:
            left, top, right, bottom = range_boundaries(area)
        except (ValueError, TypeError):
            continue
        if None in (left, top, right, bottom) or not left <= column <= right:
            continue
        rows = [row for row in layout.answer_rows if top <= row <= bottom]
        if rows:
            yield (
                f"Sel {area} digabung. Yang terbaca hanya sel pertamanya; sel isian lain di "
                "dalamnya dianggap kosong. Pisahkan sel itu bila isinya dimaksudkan untuk "
                "beberapa baris."
            )


def _error_remark(layout: Layout, sheet: Sheet) -> Iterator[str]:
    """Where the workbook's own formulas have come to an error (0/0), it has no total to compare."""
    place = layout.points.get(TOTAL)
    cell = sheet.cells.get(place) if place else None
    if cell is not None and cell.result is not None and cell.result.kind is Kind.ERROR:
        yield (
            f"Rumus nilai total buku kerja ({place}) menghasilkan {cell.result.text}, biasanya "
            "karena pembagian dengan 0. Nilai di sini dihitung dari isiannya dan tidak "
            "terpengaruh."
        )


def _notes(
    layout: Layout, sheet: Sheet, remarks: list[str]
) -> Mapping[str, tuple[tuple[NoteLine, ...], str]]:
    """What stands beside every question, in all its rows, with the place of its first cell."""
    found: dict[str, list[NoteLine]] = {}
    places: dict[str, str] = {}
    for row, question in layout.note_rows.items():
        lines = found.setdefault(question, [])
        for column in NOTE_COLUMNS:
            if column not in layout.columns:
                continue
            place = f"{layout.columns[column]}{row}"
            places.setdefault(question, place)
            text = _note_text(place, sheet.cells.get(place), remarks)
            if text:
                lines.append(NoteLine(column, text))
    return {question: (tuple(lines), places.get(question, "")) for question, lines in found.items()}


def _note_text(place: str, cell: Cell | None, remarks: list[str]) -> str:
    if cell is not None and cell.kind is Kind.FORMULA:
        if cell.result is None:
            remarks.append(f"{place} berisi rumus tanpa hasil dan diabaikan.")
        cell = cell.result
    return "" if cell is None else cell.text.replace("\r\n", "\n").replace("\r", "\n")


def _points(layout: Layout, sheet: Sheet) -> Mapping[str, Fraction]:
    numbers = {what: _number(sheet.cells.get(place)) for what, place in layout.points.items()}
    return {what: number for what, number in numbers.items() if number is not None}


def _number(cell: Cell | None) -> Fraction | None:
    """A typed or calculated number, exactly; None for anything else."""
    if cell is not None and cell.kind is Kind.FORMULA:
        cell = cell.result
    if cell is None or _DECIMAL.fullmatch(cell.text) is None:
        return None
    return Fraction(cell.text)
