"""Our own workbook with the columns and rows of the official one, for want of a template.

Its formulas follow the rules: an open question counts 0, and 0 of 0 is what the question says.
"""

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Protection
from openpyxl.worksheet.datavalidation import DataValidation

import scoring
from assessments.workbook_layouts import TOTAL, Layout
from assessments.worksheet import QuestionRow
from common.xlsx_text import safe_text
from reports.official_parts import OfficialSheet
from reports.sheets.cells import (
    Content,
    Formula,
    Look,
    Styles,
    put_row,
    put_title,
    set_print,
    set_widths,
)
from reports.sheets.formulas import mean_formula, sum_formula, value_formula, weighted_formula
from reports.sheets.official_cells import answer_cells, note_cells, stamp

CODE, NAME, WEIGHT, HELP, TYPE, ENTRY, POINTS, SHARE = "B", "G", "H", "I", "J", "K", "L", "M"
NOTE, DOCUMENTS, LINK = "O", "P", "Q"
LETTERS: Final = "ABCDEFGHIJKLMNOPQ"
#                  A  B   C  D  E  F  G   H  I   J   K   L  M   N  O   P   Q
WIDTHS: Final = (2, 16, 1, 1, 1, 1, 46, 8, 46, 13, 11, 9, 10, 2, 44, 36, 44)
HIDDEN: Final = "CDEF"
HEAD_ROW: Final = 2
HEADS: Final = {
    CODE: "Penilaian",
    HELP: "Penjelasan",
    SHARE: "%",
    DOCUMENTS: "Dokumen",
    LINK: "Tautan",
}
_FREE: Final = Protection(locked=False)

Cells = dict[str, tuple[Content, Look]]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Where everything stands. nodes: rows by code; questions: the row a question begins in."""

    nodes: Mapping[str, int]
    questions: Mapping[str, int]
    total: int


def render_own(official: OfficialSheet) -> bytes:
    """The workbook (xlsx); asks the database nothing."""
    book = Workbook()
    book.properties.title = safe_text(official.title)
    book.properties.creator = "PMPZI"
    book.properties.language = "id"
    _Writer(book, official).write()
    stamp(book, official)
    book.calculation.fullCalcOnLoad = True
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def rows_of(official: OfficialSheet) -> _Rows:
    """The layout names the rows of answers and sections; what stands above a section, or above
    the counts of a question, stands in the rows that the layout leaves free for it."""
    layout = official.layout
    questions: dict[str, int] = {}
    for row, question in layout.note_rows.items():
        questions.setdefault(question, row)
    nodes: dict[str, int] = {}

    def place(node: scoring.Node) -> int:
        below = [place(child) for child in node.children]
        below += [questions[item.code] for item in node.items]
        named = layout.points.get(node.code)
        nodes[node.code] = int(named[1:]) if named else min(below) - 1
        return nodes[node.code]

    for node in official.worksheet.sheet.components:
        place(node)
    total = layout.points.get(TOTAL)
    return _Rows(nodes, questions, int(total[1:]) if total else layout.last_row + 3)


class _Writer:
    def __init__(self, book: Workbook, official: OfficialSheet) -> None:
        self.sheet = book.worksheets[0]
        self.official = official
        self.styles = Styles(book)
        self.at = rows_of(official)
        self.entries = dict(answer_cells(official))
        self.notes = dict(note_cells(official))

    def write(self) -> None:
        self.sheet.title = self.official.layout.sheet
        put_title(self.sheet, self.official.title, self.styles)
        self._heads()
        for node in self.official.worksheet.sheet.components:
            self._node(node)
        self._total()
        for place in (*self.entries, *self.notes):
            cell = self.sheet[place]
            cell._style = copy(cell._style)  # looks are shared between cells
            cell.protection = _FREE
        for rule in _rules(self.official):
            self.sheet.add_data_validation(rule)
        self._set_page()

    def _heads(self) -> None:
        heads = HEADS | {place[0]: text for place, text in self.official.layout.headings.items()}
        self._put(
            HEAD_ROW, {letter: (text, Look.HEAD) for letter, text in heads.items()}, Look.HEAD
        )

    def _node(self, node: scoring.Node) -> None:
        row = self.at.nodes[node.code]
        cells: Cells = {
            CODE: (node.code, Look.SECTION),
            NAME: (self.official.worksheet.name_of(node.code), Look.SECTION),
            WEIGHT: (node.weight, Look.SECTION_WEIGHT),
            POINTS: (Formula(f"={self._points(node, row)}"), Look.SECTION_POINTS),
            SHARE: (Formula(f"={POINTS}{row}/{WEIGHT}{row}"), Look.PERCENT),
        }
        self._put(row, cells, Look.SECTION)
        for item in node.items:
            self._question(item)
        for child in node.children:
            self._node(child)

    def _points(self, node: scoring.Node, row: int) -> str:
        if node.children:
            return sum_formula([f"{POINTS}{self.at.nodes[each.code]}" for each in node.children])
        rows = [self.at.questions[item.code] for item in node.items]
        if all(item.weight is not None for item in node.items):
            return sum_formula([f"{POINTS}{each}" for each in rows])
        first, last = f"{POINTS}{min(rows)}", f"{POINTS}{max(rows)}"
        return mean_formula(f"{WEIGHT}{row}", first, last, len(rows))

    def _question(self, item: scoring.Item) -> None:
        question = self.official.worksheet.by_code[item.code]
        row = self.at.questions[item.code]
        inputs = (
            [each.row for each in self.official.layout.answers if each.question == item.code]
            if item.inputs
            else []
        )
        value = value_formula(item.scale, f"{ENTRY}{row}", [f"{ENTRY}{each}" for each in inputs])
        look = Look.VALUE
        if item.weight is not None:
            value, look = weighted_formula(f"{WEIGHT}{row}", value), Look.POINTS
        cells: Cells = {
            CODE: (question.code, Look.TEXT),
            NAME: (question.text, Look.TEXT),
            WEIGHT: (item.weight, Look.WEIGHT),
            HELP: (_help(question), Look.TEXT),
            TYPE: (_type(self.official.layout, question), Look.WORD),
            POINTS: (Formula(f"={value}"), look),
        }
        if inputs:
            cells[ENTRY] = (Formula(f"={POINTS}{row}"), Look.PERCENT)
        self._put(row, cells, Look.TEXT)
        for label, at in zip(question.inputs, inputs, strict=bool(inputs)):
            self._put(
                at, {NAME: (f"- {label.label}", Look.TEXT), TYPE: ("Jumlah", Look.WORD)}, Look.TEXT
            )
        for at in range(row + 1, inputs[0] if inputs else row):
            self._sum(item, at, inputs)

    def _sum(self, item: scoring.Item, at: int, inputs: list[int]) -> None:
        """The row between a question and its counts: what they are measured against."""
        keys = item.scale.denominator if isinstance(item.scale, scoring.Ratio) else ()
        cells = ",".join(
            f"{ENTRY}{row}"
            for each, row in zip(item.inputs, inputs, strict=True)
            if each.key in keys
        )
        formula = Formula(f'=IF(COUNT({cells})<{len(keys)},"",SUM({cells}))')
        self._put(
            at,
            {
                NAME: ("Jumlah yang dihitung dari baris berikut", Look.TEXT),
                TYPE: ("Jumlah", Look.WORD),
                ENTRY: (formula, Look.ENTRY),
            },
            Look.TEXT,
        )

    def _total(self) -> None:
        components = self.official.worksheet.sheet.components
        row = self.at.total
        points = sum_formula([f"{POINTS}{self.at.nodes[each.code]}" for each in components])
        cells: Cells = {
            NAME: ("Nilai total", Look.SECTION),
            WEIGHT: (self.official.worksheet.sheet.weight, Look.SECTION_WEIGHT),
            POINTS: (Formula(f"={points}"), Look.SECTION_POINTS),
            SHARE: (Formula(f"={POINTS}{row}/{WEIGHT}{row}"), Look.PERCENT),
        }
        self._put(row, cells, Look.SECTION)

    def _put(self, row: int, cells: Cells, other: Look) -> None:
        """One row, with what the assessment says in it."""
        for place in (f"{ENTRY}{row}", f"{NOTE}{row}", f"{DOCUMENTS}{row}", f"{LINK}{row}"):
            if place in self.entries:
                cells[ENTRY] = (self.entries[place], Look.ENTRY)
            elif place in self.notes:
                cells[place[0]] = (self.notes[place], Look.TEXT)
        contents = [cells.get(letter, (None, other)) for letter in LETTERS]
        put_row(self.sheet, row, contents, self.styles, WIDTHS)

    def _set_page(self) -> None:
        sheet = self.sheet
        set_widths(sheet, WIDTHS)
        for letter in HIDDEN:
            sheet.column_dimensions[letter].hidden = True
        sheet.freeze_panes = f"{WEIGHT}{HEAD_ROW + 1}"
        sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
        sheet.protection.sheet = True
        sheet.protection.formatColumns = sheet.protection.formatRows = False
        set_print(sheet, self.official.title)


def _help(question: QuestionRow) -> str:
    options = "\n".join(f"{option.key}: {option.text}" for option in question.options)
    return options or question.help


def _type(layout: Layout, question: QuestionRow) -> str:
    """As the column of answer types has it; of several spellings the one that is right."""
    if question.inputs:
        return "%"
    types = next(each.types for each in layout.answers if each.question == question.code)
    options = "/".join(option.key for option in question.options)
    return options if options in types else next(iter(types), options)


def _rules(official: OfficialSheet) -> Iterator[DataValidation]:
    """The lists and limits that the workbook offers in its fill-in cells."""
    rules: dict[tuple[str, ...], DataValidation] = {}
    for row in official.layout.answers:
        scale = official.worksheet.item(row.question).scale
        match scale:
            case scoring.Choice(options=options):
                key = tuple(options)
                rule = rules.get(key) or DataValidation("list", formula1=f'"{",".join(key)}"')
                rule.error = "Pilih salah satu dari daftar."
            case scoring.Number(maximum=maximum):
                limit = scoring.to_decimal_string(Fraction(maximum))
                key = ("decimal", limit)
                rule = rules.get(key) or DataValidation("decimal", "between", "0", limit)
                rule.error = f"Isi angka dari 0 sampai {limit}."
            case _:
                key = ("whole",)
                rule = rules.get(key) or DataValidation("whole", "greaterThanOrEqual", "0")
                rule.error = "Isi bilangan bulat mulai dari 0."
        rules[key] = rule
        rule.add(f"{ENTRY}{row.row}")
    for rule in rules.values():
        rule.allow_blank = rule.showErrorMessage = True
        rule.errorTitle = "Isian tidak sesuai"
        yield rule
