"""The sheet "Ringkasan": the totals, the areas and the minima, all live."""

from collections.abc import Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from common.dates import print_moment
from reports.parts import FloorLine, Report
from reports.sheets import values
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
from reports.sheets.formulas import COMPARED_PLACES, gap_formula, met_formula, sum_formula
from reports.sheets.lke import OWN, TOTAL, VERDICT, VERIFIED, Lke, Tier
from reports.wording import OUTSIDE

NAME: Final = "Ringkasan"
WIDTHS: Final = (50, 13, 14, 13, 13, 15, 13, 14)
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
        put_title(self.sheet, self.report.head.title, self.styles)
        self.row += 1
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
        """Write the next row; returns its number."""
        put_row(self.sheet, self.row, cells, self.styles)
        self.row += 1
        return self.row - 1

    def _heads(self, heads: Sequence[str]) -> None:
        put_heads(self.sheet, self.row, heads, self.styles, WIDTHS)
        self.row += 1

    def _figures(self) -> None:
        result = self.report.result
        own = self._put([("Nilai mandiri", Look.TEXT), (self._total(OWN), Look.STRONG_POINTS)])
        if self.report.is_verified:
            total = self._total(VERIFIED)
            verified = self._put([("Nilai verifikasi", Look.TEXT), (total, Look.STRONG_POINTS)])
            difference = Formula(f"=B{verified}-B{own}")
            self._put([("Selisih", Look.TEXT), (difference, Look.POINTS)])
        answered = Formula(f"=COUNT({self.lke.column(OWN.value)})")
        judged = Formula(f'=COUNTIF({self.lke.column(VERDICT)},"?*")')
        self._put([("Pertanyaan terjawab", Look.TEXT), (answered, Look.COUNT)])
        self._put([("Pertanyaan diverifikasi", Look.TEXT), (judged, Look.COUNT)])
        self._put([("Jumlah pertanyaan", Look.TEXT), (result.questions, Look.COUNT)])

    def _total(self, tier: Tier) -> Formula:
        return Formula(f"={self.lke.cell(TOTAL, tier)}")

    def _areas(self) -> None:
        self._heads(["Area", "Bobot", "Mandiri", "Verifikasi", "Capaian"])
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
        self._heads(headers)
        first = self.row
        for line in self.report.floors:
            self._floor(line)
        last = self.row - 1
        for place, code in enumerate(self.report.predikat):
            _, met, _ = _floor_columns(place)
            short = Formula(f'=COUNTIF({met}{first}:{met}{last},"{SHORT}")')
            label = f"Syarat nilai {code} yang belum terpenuhi"
            self._put([(label, Look.TEXT), (short, Look.COUNT)])

    def _floor(self, line: FloorLine) -> None:
        at = self.row
        tier = VERIFIED if self.report.is_verified else OWN
        cells: Cells = [(line.name, Look.TEXT), (self._sum(line.codes, tier), Look.POINTS)]
        for place, check in enumerate(line.checks):
            if check is None:
                cells += [(None, Look.POINTS), (None, Look.WORD), (None, Look.POINTS)]
                continue
            required = f"{_floor_columns(place)[0]}{at}"
            cells += [
                (check.required, Look.POINTS),
                (Formula(f"={met_formula(f'B{at}', required)}"), Look.WORD),
                (Formula(f"={gap_formula(f'B{at}', required)}"), Look.POINTS),
            ]
        self._put(cells)

    def _remarks(self) -> tuple[str, ...]:
        return (
            "Bila angka tidak tampil, penampil berkas ini tidak menghitung rumus: buka lembar "
            f"{values.NAME}.",
            f"Rumus membandingkan sampai {COMPARED_PLACES} desimal; PMPZI membandingkan nilai "
            "eksak.",
            OUTSIDE,
        )


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


def _floor_columns(place: int) -> tuple[str, ...]:
    """The columns of a predikat: minimum, whether it is met, what is missing."""
    return tuple(get_column_letter(3 + 3 * place + step) for step in range(3))
