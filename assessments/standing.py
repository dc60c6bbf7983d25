"""How an assessment stands against its floors, for screens: score panel, area bars, gaps."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import scoring
from assessments.worksheet import HASIL, AreaRow, Worksheet


@dataclass(frozen=True, slots=True)
class FloorLine:
    """One floor of the target: what, where it is worked on, how far it is."""

    what: str
    name: str
    required: Fraction
    actual: Fraction
    met: bool
    page: str
    note: str

    @property
    def gap(self) -> Fraction:
        return self.required - self.actual


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure on its meter: points of a weight, with the floors that stand on it."""

    name: str
    points: Fraction
    weight: Fraction
    floors: Mapping[str, Fraction]

    @property
    def against(self) -> tuple[Fraction, ...]:
        """The floors it must never be printed as while it lies under them."""
        return tuple(self.floors.values())


@dataclass(frozen=True, slots=True)
class AreaStanding:
    area: AreaRow
    bar: Bar
    answered: int
    total: int
    met: str
    gap: Fraction

    @property
    def open(self) -> int:
        return self.total - self.answered

    @property
    def gap_text(self) -> str:
        """ "0,92": never "0,00"."""
        return scoring.print_gap(self.bar.points + self.gap, self.bar.points)


@dataclass(frozen=True, slots=True)
class Standing:
    """total: the whole sheet; floors of the target predikat, the unmet ones first."""

    target: str
    total: Bar
    pengungkit: Bar
    hasil: Bar
    answered: int
    questions: int
    floors: tuple[FloorLine, ...]
    areas: tuple[AreaStanding, ...]

    @property
    def short(self) -> tuple[FloorLine, ...]:
        return tuple(line for line in self.floors if not line.met)

    @property
    def met(self) -> tuple[FloorLine, ...]:
        return tuple(line for line in self.floors if line.met)

    @property
    def complete(self) -> bool:
        return self.answered == self.questions

    @property
    def open(self) -> int:
        return self.questions - self.answered

    def area(self, key: str) -> AreaStanding:
        return next(each for each in self.areas if each.area.key == key)


def build_standing(worksheet: Worksheet, evaluation: scoring.Evaluation, target: str) -> Standing:
    """What the score panel and the overview say, from one evaluation."""
    components = {node.role: node.code for node in worksheet.sheet.components}
    pengungkit = evaluation.nodes[components["pengungkit"]]
    hasil = evaluation.nodes[components[HASIL]]
    areas = tuple(_area(worksheet, evaluation, area) for area in worksheet.areas)
    lines = [_line(worksheet, status, areas) for status in evaluation.verdicts[target].floors]
    return Standing(
        target=target,
        total=Bar(
            "Nilai total", evaluation.total, worksheet.sheet.weight, _on(evaluation, "total")
        ),
        pengungkit=Bar(
            "Pengungkit", pengungkit.points, pengungkit.weight, _on(evaluation, "pengungkit")
        ),
        hasil=Bar("Hasil", hasil.points, hasil.weight, {}),
        answered=evaluation.answered,
        questions=evaluation.questions,
        floors=tuple(sorted(lines, key=lambda line: line.met)),
        areas=areas,
    )


def _area(worksheet: Worksheet, evaluation: scoring.Evaluation, area: AreaRow) -> AreaStanding:
    """met: the highest predikat whose floors on this page all stand; gap: to the lowest one."""
    if area.key == HASIL:
        component = next(node for node in worksheet.sheet.components if node.role == HASIL)
        score = evaluation.nodes[component.code]
        floors: dict[str, Fraction] = {}
    else:
        score = evaluation.areas[int(area.key)]
        floors = _on(evaluation, f"area{area.key}")
    on_page = {
        code: [status for status in verdict.floors if _page_of(status.what) == area.key]
        for code, verdict in evaluation.verdicts.items()
    }
    met = [code for code, statuses in on_page.items() if all(each.met for each in statuses)]
    gap = Fraction(0) if met or not floors else min(floors.values()) - score.points
    return AreaStanding(
        area=area,
        bar=Bar(area.label, score.points, score.weight, floors),
        answered=score.answered,
        total=score.questions,
        met=met[-1] if met and any(on_page.values()) else "",
        gap=gap,
    )


def _page_of(what: str) -> str:
    """The area page on which a floor is worked on; "" for what spans them all."""
    if what in {"total", "pengungkit"}:
        return ""
    return what.removeprefix("area") if what.startswith("area") else HASIL


def _on(evaluation: scoring.Evaluation, what: str) -> dict[str, Fraction]:
    """The floors on one figure by predikat, lowest first."""
    return {
        code: status.required
        for code, verdict in evaluation.verdicts.items()
        for status in verdict.floors
        if status.what == what
    }


def _line(
    worksheet: Worksheet, status: scoring.FloorStatus, areas: tuple[AreaStanding, ...]
) -> FloorLine:
    page, note = _page_of(status.what), ""
    if page and not status.met:
        standing = next(each for each in areas if each.area.key == page)
        if standing.open:
            note = f"Ada {standing.open} pertanyaan terbuka di bagian ini."
    return FloorLine(
        what=status.what,
        name=worksheet.name_of(status.what),
        required=status.required,
        actual=status.actual,
        met=status.met,
        page=page,
        note=note,
    )
