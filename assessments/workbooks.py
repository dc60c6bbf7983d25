"""A filled workbook of the LKE to plain readings: which sheet, which cell says what.

Pure reading: bytes in, values out. What an answer may be is the instrument's business and is
asked by `services.workbook_import`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from assessments.workbook_layouts import AnswerRow, CheckedSum, Layout, load_layouts
from common.xlsx import Cell, Kind, Sheet, WorkbookRefused, read_sheets

ROWS = 400  # the official sheet ends at row 222
COLUMNS = 26

# Columns that end up in the note, with what stands before their text there.
NOTE_COLUMNS = {"note": "", "documents": "Dokumen: ", "link": "Tautan: "}

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_MOST_NAMES = 5  # sheets or rows listed in one message

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

    def line(self, sheet: str) -> str:
        row = self.place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        return f"Lembar {sheet}, baris {row}, sel {self.place} ({self.code}): {self.message}"


@dataclass(frozen=True, slots=True)
class AnswerReading:
    """What the workbook says to one question.

    fields: texts as typed by key ("value", "n1", …); a blank cell is left out. places: the cell
    of every key, blank or not. note: None where nothing is written. note_place: its first cell.
    """

    question: str
    fields: Mapping[str, str]
    places: Mapping[str, str]
    note: str | None
    note_place: str


@dataclass(frozen=True, slots=True)
class WorkbookReading:
    """A recognised workbook. filled: how many fill-in cells are not blank.

    faults: cells that cannot be taken over. remarks: what was left out, in words. points: the
    points the workbook itself last calculated, for "total" and sections; empty where it holds
    none.
    """

    layout: Layout
    sheet: str
    answers: tuple[AnswerReading, ...]
    filled: int
    faults: tuple[CellFault, ...]
    remarks: tuple[str, ...]
    points: Mapping[str, Fraction]


def read_workbook(content: bytes) -> WorkbookReading:
    """The answers of a filled workbook. Raises WorkbookRefused where it is none of ours."""
    layout, sheet = _recognise(read_sheets(content, rows=ROWS, columns=COLUMNS))
    _check_rows(layout, sheet)
    faults: list[CellFault] = []
    remarks = [
        *_hidden_remark(sheet),
        *_stray_cells(layout, sheet, faults),
        *_stray_notes(layout, sheet),
        *(remark for each in layout.sums for remark in _sum_remark(each, sheet)),
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
            faults.append(CellFault(place, _code(row), refusal))
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
    )


def _code(row: AnswerRow) -> str:
    return row.question if row.key == "value" else f"{row.question}.{row.key}"


def _refusal(cell: Cell) -> str:
    if cell.kind is Kind.ERROR:
        return f"berisi kesalahan {cell.text}, bukan jawaban. Ketik ulang jawabannya."
    return _REFUSALS.get(cell.kind, "")


def _recognise(sheets: tuple[Sheet, ...]) -> tuple[Layout, Sheet]:
    """The one sheet that is laid out as we know it; a visible one goes before a hidden one."""
    found = [(layout, sheet) for layout in load_layouts() for sheet in sheets if _is(layout, sheet)]
    visible = [(layout, sheet) for layout, sheet in found if not sheet.hidden]
    candidates = visible or found
    if len(candidates) > 1:
        raise WorkbookRefused(
            f"Lebih dari satu lembar memuat LKE: {_listed(sheet.name for _, sheet in candidates)}. "
            "Sisakan satu saja, lalu coba lagi."
        )
    if not candidates:
        expected = " atau ".join(f'"{layout.sheet}"' for layout in load_layouts())
        raise WorkbookRefused(
            f"Tidak ada lembar LKE yang dikenal dalam buku kerja ini. Isinya: "
            f"{_listed(sheet.name for sheet in sheets)}. Yang dicari: lembar {expected} dengan "
            f"judul kolom seperti pada buku kerja resmi.{_near_miss(sheets)}"
        )
    return candidates[0]


def _near_miss(sheets: tuple[Sheet, ...]) -> str:
    """Which heading keeps a sheet with the right name from being recognised."""
    for layout in load_layouts():
        for sheet in sheets:
            if _plain(sheet.name) != _plain(layout.sheet):
                continue
            for place, heading in layout.headings.items():
                said = _text(sheet, place)
                if _plain(said) != _plain(heading):
                    return (
                        f" Sel {place} lembar {sheet.name} berisi "
                        f'"{_short(said)}", bukan "{heading}".'
                    )
    return ""


def _is(layout: Layout, sheet: Sheet) -> bool:
    if not layout.headings:
        return _plain(sheet.name) == _plain(layout.sheet)
    return all(
        _plain(_text(sheet, place)) == _plain(heading) for place, heading in layout.headings.items()
    )


def _check_rows(layout: Layout, sheet: Sheet) -> None:
    """Raise WorkbookRefused where rows were added, deleted or moved: the column of answer types
    tells. Each answer would otherwise land on another question."""
    wrong = [
        (row, said)
        for row in layout.answers
        if row.types
        and _plain(said := _text(sheet, f"{layout.columns['type']}{row.row}"))
        not in map(_plain, row.types)
    ]
    if not wrong:
        return
    (row, said), *_ = wrong
    raise WorkbookRefused(
        f"Susunan baris lembar {sheet.name} berubah: {len(wrong)} dari {len(layout.answers)} baris "
        f"isian tidak cocok, mulai baris {row.row} ({_code(row)}), yang kolom "
        f'{layout.columns["type"]}-nya seharusnya "{row.types[0]}", bukan "{_short(said)}". '
        "Salin jawaban ke buku kerja resmi yang utuh, lalu coba lagi."
    )


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
            message = f'berisi "{_short(cell.text)}", padahal baris ini bukan baris isian.'
            faults.append(CellFault(f"{column}{row}", "bukan isian", message))
        else:
            yield f'{column}{row} berisi "{_short(cell.text)}" dan diabaikan: bukan sel isian.'


def _stray_notes(layout: Layout, sheet: Sheet) -> Iterator[str]:
    """Notes on rows of headings: no question to keep them with."""
    columns = [layout.columns[name] for name in NOTE_COLUMNS if name in layout.columns]
    for row in range(min(layout.note_rows), max(layout.note_rows) + 1):
        for column in columns:
            cell = sheet.cells.get(f"{column}{row}")
            if cell is not None and row not in layout.note_rows:
                yield (
                    f'{column}{row} berisi "{_short(cell.text)}" dan diabaikan: '
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
            f'{check.place} berisi "{_short(shown)}", bukan jumlah {" + ".join(check.of)}; '
            "sel itu tidak dipakai, yang dihitung adalah jumlahnya."
        )


def _notes(
    layout: Layout, sheet: Sheet, remarks: list[str]
) -> Mapping[str, tuple[str | None, str]]:
    """The note of every question with its first cell: all its rows, documents and links too."""
    found: dict[str, list[str]] = {}
    places: dict[str, str] = {}
    for row, question in layout.note_rows.items():
        lines = found.setdefault(question, [])
        for column, label in NOTE_COLUMNS.items():
            if column not in layout.columns:
                continue
            place = f"{layout.columns[column]}{row}"
            places.setdefault(question, place)
            text = _note_text(place, sheet.cells.get(place), remarks)
            if text:
                lines.append(label + text)
    return {
        question: ("\n".join(lines) if lines else None, places.get(question, ""))
        for question, lines in found.items()
    }


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


def _text(sheet: Sheet, place: str) -> str:
    cell = sheet.cells.get(place)
    return "" if cell is None else cell.text


def _plain(text: str) -> str:
    """For comparing: no regard to case, line breaks and repeated spaces."""
    return " ".join(text.split()).casefold()


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else f"{text[:39]}…"


def _listed(names: Iterator[str]) -> str:
    shown = [f'"{_short(name)}"' for name in names]
    more = len(shown) - _MOST_NAMES
    return ", ".join(shown[:_MOST_NAMES]) + (f" dan {more} lagi" if more > 0 else "")
