"""The sheets "Ringkasan" (live) and "Nilai" (the same figures without formulas)."""

from typing import Final

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from common.dates import print_moment
from reports.parts import FloorLine, Given, Part, Report, Row
from reports.sheets.cells import Content, Formula, Look, Styles, put_row, set_print, set_widths
from reports.sheets.formulas import COMPARED_PLACES, gap_formula, met_formula, sum_formula
from reports.sheets.lke import OWN, TOTAL, VERIFIED, Lke, Tier

NAME: Final = "Ringkasan"
VALUES: Final = "Nilai"
WIDTHS: Final = (50, 12, 12, 12, 12, 12, 12, 12)
VALUE_WIDTHS: Final = (14, 50, 8, 18, 50, 9, 9, 18, 50, 10, 10)
VALUE_HEADERS: Final = (
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
SHORT: Final = "Belum"

Cells = list[tuple[Content, Look]]


def fill_summary(
    book: Workbook, sheet: Worksheet, report: Report, lke: Lke, styles: Styles
) -> None:
    """Fill the first sheet, whose formulas point at the sheet "LKE"."""
    sheet.title = NAME
    writer = _Summary(sheet, report, lke, styles)
    writer.write()
    set_widths(sheet, WIDTHS)
    set_print(sheet, report.short_title, landscape=False)


class _Summary:
    def __init__(self, sheet: Worksheet, report: Report, lke: Lke, styles: Styles) -> None:
        self.sheet = sheet
        self.report = report
        self.lke = lke
        self.styles = styles
        self.row = 1

    def write(self) -> None:
        self._put([(self.report.head.title, Look.TITLE)])
        for label, text in facts(self.report):
            self._put([(label, Look.LABEL), (text, Look.STRONG)])
        self.row += 1
        self._figures()
        self.row += 1
        self._areas()
        self.row += 1
        self._floors()
        self.row += 1
        for text in self._remarks():
            self._put([(text, Look.LABEL)])

    def _put(self, cells: Cells) -> int:
        put_row(self.sheet, self.row, cells, self.styles)
        self.row += 1
        return self.row - 1

    def _figures(self) -> None:
        result = self.report.result
        own = self._put([("Nilai mandiri", Look.TEXT), (self._total(OWN), Look.STRONG_POINTS)])
        if self.report.is_verified:
            total = self._total(VERIFIED)
            verified = self._put([("Nilai verifikasi", Look.TEXT), (total, Look.STRONG_POINTS)])
            difference = Formula(f"=B{verified}-B{own}")
            self._put([("Selisih", Look.TEXT), (difference, Look.POINTS)])
        self._put([("Pertanyaan terjawab", Look.TEXT), (result.answered, Look.WEIGHT)])
        self._put([("Pertanyaan diverifikasi", Look.TEXT), (result.judged, Look.WEIGHT)])
        self._put([("Jumlah pertanyaan", Look.TEXT), (result.questions, Look.WEIGHT)])

    def _total(self, tier: Tier) -> Formula:
        return Formula(f"={self.lke.cell(TOTAL, tier)}")

    def _areas(self) -> None:
        headers = ("Area", "Bobot", "Mandiri", "Verifikasi", "Capaian")
        self._put([(text, Look.HEAD) for text in headers])
        for area in self.report.areas:
            at = self.row
            counting = f"D{at}" if self.report.is_verified else f"C{at}"
            verified = self._sum(area.codes, VERIFIED) if self.report.is_verified else None
            self._put(
                [
                    (area.figure.name, Look.TEXT),
                    (area.figure.weight, Look.WEIGHT),
                    (self._sum(area.codes, OWN), Look.POINTS),
                    (verified, Look.POINTS),
                    (Formula(f"={counting}/B{at}"), Look.PERCENT),
                ]
            )

    def _sum(self, codes: tuple[str, ...], tier: Tier) -> Formula:
        return Formula("=" + sum_formula([self.lke.cell(code, tier) for code in codes]))

    def _floors(self) -> None:
        headers = ["Syarat nilai", "Nilai"]
        for code in self.report.predikat:
            headers += [f"Minimal {code}", code, f"Kurang {code}"]
        self._put([(text, Look.HEAD) for text in headers])
        first = self.row
        for line in self.report.floors:
            self._floor(line)
        last = self.row - 1
        for place, code in enumerate(self.report.predikat):
            _, met, _ = _floor_columns(place)
            short = Formula(f'=COUNTIF({met}{first}:{met}{last},"{SHORT}")')
            label = f"Syarat nilai {code} yang belum terpenuhi"
            self._put([(label, Look.TEXT), (short, Look.STRONG_WEIGHT)])

    def _floor(self, line: FloorLine) -> None:
        at = self.row
        tier = VERIFIED if self.report.is_verified else OWN
        cells: Cells = [(line.name, Look.TEXT), (self._sum(line.codes, tier), Look.POINTS)]
        for place, check in enumerate(line.checks):
            if check is None:
                cells += [(None, Look.POINTS), (None, Look.TEXT), (None, Look.POINTS)]
                continue
            required = f"{_floor_columns(place)[0]}{at}"
            cells += [
                (check.required, Look.POINTS),
                (Formula(f"={met_formula(f'B{at}', required)}"), Look.TEXT),
                (Formula(f"={gap_formula(f'B{at}', required)}"), Look.POINTS),
            ]
        self._put(cells)

    def _remarks(self) -> tuple[str, ...]:
        return (
            "Bila angka tidak tampil, penampil berkas ini tidak menghitung rumus: buka lembar "
            f"{VALUES}.",
            f"Rumus membandingkan sampai {COMPARED_PLACES} desimal; PMPZI membandingkan nilai "
            "eksak.",
            self.report.conclusion,
        )


def add_values(book: Workbook, report: Report, styles: Styles) -> None:
    """The sheet for viewers that calculate nothing."""
    sheet = book.create_sheet(VALUES)
    put_row(sheet, 1, [(report.short_title, Look.TITLE)], styles)
    result = report.result
    total = result.total
    put_row(sheet, 2, [(f"{result.label}. {result.sentence}", Look.LABEL)], styles)
    put_row(sheet, 3, [(text, Look.HEAD) for text in VALUE_HEADERS], styles)
    row = 4
    for cells in _value_rows(report):
        put_row(sheet, row, cells, styles)
        row += 1
    put_row(
        sheet, row, _part_cells("", total.name, total.weight, total.own, total.verified), styles
    )
    row = _value_floors(sheet, row + 2, report, styles)
    set_widths(sheet, VALUE_WIDTHS)
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


def _value_floors(sheet: Worksheet, row: int, report: Report, styles: Styles) -> int:
    headers = ["Syarat nilai", "", "Nilai"]
    for code in report.predikat:
        headers += [f"Minimal {code}", code]
    put_row(sheet, row, [(text, Look.HEAD) for text in headers], styles)
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
    return row


def facts(report: Report) -> tuple[tuple[str, str], ...]:
    """The head of the report as pairs of label and text."""
    head = report.head
    return (
        ("Satuan kerja", head.satker),
        ("Kode", head.code),
        (head.verifier_label, head.verifier),
        ("Target", head.target),
        ("Instrumen", head.instrument),
        ("Status", head.status_sentence),
        ("Dicetak", print_moment(head.printed_at, head.zone)),
        ("Sidik", report.standing.sha256 or report.standing.sentence),
    )


def _floor_columns(place: int) -> tuple[str, str, str]:
    """The columns of a predikat: minimum, whether it is met, what is missing."""
    return tuple(get_column_letter(3 + 3 * place + step) for step in range(3))
