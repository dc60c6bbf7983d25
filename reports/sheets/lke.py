"""The sheet "LKE": every question and every input a row, every figure a live formula."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

import scoring
from assessments.enums import Verdict
from common.words import print_short_hash, print_size
from reports.parts import Attachment, Given, Part, Report, Row
from reports.sheets.cells import (
    Content,
    Formula,
    Look,
    Styles,
    put_heads,
    put_row,
    put_title,
    set_print,
    set_widths,
)
from reports.sheets.formulas import (
    mean_formula,
    sum_formula,
    value_formula,
    verified_formula,
    weighted_formula,
)

NAME: Final = "LKE"
HEADERS: Final = (
    "Kode",
    "Uraian",
    "Bobot",
    "Isian satker",
    "Nilai mandiri",
    "Poin mandiri",
    "Kesesuaian",
    "Isian verifikator",
    "Nilai verifikasi",
    "Poin verifikasi",
    "Catatan satker",
    "Bukti dukung",
    "Catatan verifikator",
)
WIDTHS: Final = (14, 54, 8, 10, 9, 9, 14, 11, 10, 10, 44, 40, 44)
HEADER_ROW: Final = 3
TOTAL: Final = "total"


@dataclass(frozen=True)
class Tier:
    """The columns of one tier: what was entered, its value, its points."""

    entry: str
    value: str
    points: str


OWN: Final = Tier("D", "E", "F")
VERIFIED: Final = Tier("H", "I", "J")
VERDICT: Final = "G"


@dataclass(frozen=True)
class Lke:
    """Rows of the sheet by code: where another sheet finds a figure."""

    rows: dict[str, int]
    last_row: int

    def cell(self, code: str, tier: Tier) -> str:
        """The address of a node's or weighted question's points, seen from another sheet."""
        return f"{NAME}!{tier.points}{self.rows[code]}"

    def column(self, letter: str) -> str:
        """All rows below the head in a column, seen from another sheet."""
        return f"{NAME}!{letter}{HEADER_ROW + 1}:{letter}{self.last_row}"


def add_lke(book: Workbook, report: Report, styles: Styles) -> Lke:
    sheet = book.create_sheet(NAME)
    writer = _Writer(sheet, report, styles)
    writer.write()
    return Lke(writer.points_rows, writer.next_row - 1)


class _Writer:
    def __init__(self, sheet: Worksheet, report: Report, styles: Styles) -> None:
        self.sheet = sheet
        self.report = report
        self.styles = styles
        self.tiers = (OWN, VERIFIED) if report.is_verified else (OWN,)
        self.points_rows: dict[str, int] = {}
        self.lists: dict[tuple[str, ...], list[str]] = {}
        self.numbers: dict[str, list[str]] = {}
        self.counts: list[str] = []
        self.next_row = HEADER_ROW + 1

    def write(self) -> None:
        report, sheet = self.report, self.sheet
        put_title(sheet, report.short_title, self.styles)
        hint = "Ubah isian di kolom D atau H; nilai dan poin dihitung ulang oleh rumus."
        put_row(sheet, 2, [(hint, Look.LABEL)], self.styles)
        put_heads(sheet, HEADER_ROW, HEADERS, self.styles, WIDTHS)
        for part in report.tree:
            self._part(part)
        self._total()
        self._validate()
        set_widths(sheet, WIDTHS)
        sheet.freeze_panes = f"C{HEADER_ROW + 1}"
        sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
        set_print(sheet, report.short_title)

    def _part(self, part: Part) -> None:
        """The heading row first, as people read; its formula once the rows below are known."""
        row = self._take_row(part.code)
        question_rows = [self._question(each) for each in part.rows]
        for child in part.parts:
            self._part(child)
        last = self.next_row - 1
        points = {tier: self._points(part, tier, row, question_rows, last) for tier in self.tiers}
        cells: dict[str, tuple[Content, Look]] = {
            "A": (part.code, Look.SECTION),
            "B": (part.figure.name, Look.SECTION),
            "C": (part.figure.weight, Look.SECTION_WEIGHT),
        }
        cells |= {tier.points: (formula, Look.SECTION_POINTS) for tier, formula in points.items()}
        self._put(row, cells, Look.SECTION)

    def _points(
        self, part: Part, tier: Tier, row: int, question_rows: Sequence[int], last: int
    ) -> Formula:
        if part.parts:
            return Formula("=" + sum_formula([self._own(p.code, tier) for p in part.parts]))
        if part.rows[0].figure is not None:
            return Formula("=" + sum_formula([self._own(r.code, tier) for r in part.rows]))
        first = f"{tier.value}{question_rows[0]}"
        mean = mean_formula(f"C{row}", first, f"{tier.value}{last}", len(part.rows))
        return Formula("=" + mean)

    def _own(self, code: str, tier: Tier) -> str:
        return f"{tier.points}{self.points_rows[code]}"

    def _question(self, row: Row) -> int:
        at = self.next_row
        inputs = range(at + 1, at + 1 + len(row.inputs))
        cells: dict[str, tuple[Content, Look]] = {
            "A": (row.code, Look.TEXT),
            "B": (row.text, Look.TEXT),
            "D": (_entered(row, row.own), Look.ENTRY),
            "K": (row.note, Look.TEXT),
            "L": ("\n".join(map(_file, row.files)), Look.TEXT),
        }
        own = value_formula(row.scale, f"D{at}", [f"D{each}" for each in inputs])
        cells["E"] = (Formula(f"={own}"), Look.VALUE)
        if row.review:
            cells["G"] = (row.review.label if row.review.verdict else "", Look.ENTRY)
            cells["M"] = (row.review.note, Look.TEXT)
            if row.review.given:
                cells["H"] = (_entered(row, row.review.given), Look.ENTRY)
        if VERIFIED in self.tiers:
            reviewed = value_formula(row.scale, f"H{at}", [f"H{each}" for each in inputs])
            verified = verified_formula(f"{VERDICT}{at}", f"E{at}", reviewed)
            cells["I"] = (Formula(f"={verified}"), Look.VALUE)
        if row.figure is not None:
            cells["C"] = (row.figure.weight, Look.WEIGHT)
            for tier in self.tiers:
                formula = weighted_formula(f"C{at}", f"{tier.value}{at}")
                cells[tier.points] = (Formula(f"={formula}"), Look.POINTS)
        self._take_row(row.code if row.figure else None)
        self._put(at, cells, Look.TEXT)
        self._inputs(row)
        self._remember(row, at, inputs)
        return at

    def _inputs(self, row: Row) -> None:
        reviewed = row.review.given.entered if row.review and row.review.given else {}
        for item in row.inputs:
            cells: dict[str, tuple[Content, Look]] = {
                "A": (f"{row.code}.{item.key}", Look.TEXT),
                "B": (item.label, Look.TEXT),
                "D": (_count(row.own.entered.get(item.key)), Look.ENTRY),
                "H": (_count(reviewed.get(item.key)), Look.ENTRY),
            }
            self._put(self._take_row(), cells, Look.TEXT)

    def _total(self) -> None:
        row = self._take_row(TOTAL)
        cells: dict[str, tuple[Content, Look]] = {
            "B": ("Nilai total", Look.SECTION),
            "C": (self.report.result.total.weight, Look.SECTION_WEIGHT),
        }
        for tier in self.tiers:
            parts = [self._own(part.code, tier) for part in self.report.tree]
            cells[tier.points] = (Formula("=" + sum_formula(parts)), Look.SECTION_POINTS)
        self._put(row, cells, Look.SECTION)

    def _take_row(self, code: str | None = None) -> int:
        row = self.next_row
        self.next_row += 1
        if code is not None:
            self.points_rows[code] = row
        return row

    def _put(self, row: int, cells: Mapping[str, tuple[Content, Look]], other: Look) -> None:
        contents = [cells.get(each, (None, other)) for each in "ABCDEFGHIJKLM"]
        put_row(self.sheet, row, contents, self.styles, WIDTHS)

    def _remember(self, row: Row, at: int, inputs: range) -> None:
        """Which cells take which entries, for the lists that the workbook offers."""
        if inputs:
            for letter in (OWN.entry, VERIFIED.entry):
                self.counts.append(f"{letter}{inputs[0]}:{letter}{inputs[-1]}")
        elif isinstance(row.scale, scoring.Choice):
            cells = self.lists.setdefault(tuple(row.scale.options), [])
            cells += [f"{OWN.entry}{at}", f"{VERIFIED.entry}{at}"]
        elif isinstance(row.scale, scoring.Number):
            limit = scoring.to_decimal_string(row.scale.maximum)
            cells = self.numbers.setdefault(limit, [])
            cells += [f"{OWN.entry}{at}", f"{VERIFIED.entry}{at}"]
        verdicts = tuple(verdict.label for verdict in Verdict)
        self.lists.setdefault(verdicts, []).append(f"{VERDICT}{at}")

    def _validate(self) -> None:
        for rule, cells in self._rules():
            rule.showErrorMessage = True
            rule.errorTitle = "Isian tidak sesuai"
            for each in cells:
                rule.add(each)
            self.sheet.add_data_validation(rule)

    def _rules(self) -> Iterator[tuple[DataValidation, list[str]]]:
        for keys, cells in self.lists.items():
            rule = DataValidation("list", formula1=f'"{",".join(keys)}"', allow_blank=True)
            rule.error = "Pilih salah satu dari daftar."
            yield rule, cells
        for limit, cells in self.numbers.items():
            rule = DataValidation("decimal", "between", "0", limit, allow_blank=True)
            rule.error = f"Isi angka dari 0 sampai {limit}."
            yield rule, cells
        if self.counts:
            rule = DataValidation("whole", "greaterThanOrEqual", "0", allow_blank=True)
            rule.error = "Isi bilangan bulat mulai dari 0."
            yield rule, self.counts


def _entered(row: Row, given: Given) -> Content:
    """What stands in the cell of a choice or a number; counts have rows of their own."""
    text = given.entered.get("value", "")
    if not text:
        return None
    return text if isinstance(row.scale, scoring.Choice) else Decimal(text)


def _count(text: str | None) -> Content:
    return int(text) if text else None


def _file(file: Attachment) -> str:
    facts = f"{file.name} ({print_size(file.size)}, {print_short_hash(file.sha256)})"
    return f"{file.document}: {facts}" if file.document else facts
