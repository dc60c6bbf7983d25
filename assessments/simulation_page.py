"""The page of the simulation: figures beside the real ones, and every question in a row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import scoring
from assessments.answer_words import short_answer
from assessments.simulation import EntryFault, Fields, Simulation
from assessments.simulation_rows import row_html
from assessments.standing import AreaStanding, Bar, Standing, build_standing
from assessments.worksheet import QuestionRow, Worksheet


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of the simulation beside the real one."""

    label: str
    now: Fraction
    bar: Bar

    @property
    def difference(self) -> Fraction:
        return self.bar.points - self.now


@dataclass(frozen=True, slots=True)
class PredikatCompared:
    """The floors of a predikat. short_now: how many are short on the real sheet; gained, lost:
    names of those that the simulation meets and the real sheet does not, and the other way."""

    standing: Standing
    short_now: int
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangedRow:
    question: QuestionRow
    now: str
    then: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What a step of the simulation tells. predikat: the target's first. areas: figures by the
    key of the area page; changed_in: how many answers differ there."""

    total: Compared
    parts: tuple[Compared, ...]
    areas: tuple[tuple[AreaStanding, Compared, int], ...]
    predikat: tuple[PredikatCompared, ...]
    changed: tuple[ChangedRow, ...]
    faults: tuple[EntryFault, ...]

    @property
    def codes(self) -> str:
        """Of the questions that differ, for the script."""
        return " ".join(row.question.code for row in self.changed)


def build_figures(
    worksheet: Worksheet,
    simulation: Simulation,
    target: str,
    faults: tuple[EntryFault, ...] = (),
) -> Figures:
    """Two evaluations of the sheet and no query. faults: beside those of the simulation."""
    real = worksheet.evaluate(simulation.real)
    tried = worksheet.evaluate(simulation.entries)
    now = build_standing(worksheet, real, target)
    codes = sorted(tried.verdicts, key=lambda code: code != target)
    standings = {code: build_standing(worksheet, tried, code) for code in codes}
    then = standings[target]
    changed = tuple(
        _changed(worksheet, simulation, worksheet.by_code[code]) for code in simulation.changed
    )
    pages = [row.question.page for row in changed]
    areas = tuple(
        (each, Compared(each.area.short_name, before.bar.points, each.bar), pages.count(key))
        for before, each in zip(now.areas, then.areas, strict=True)
        for key in [each.area.key]
    )
    return Figures(
        total=Compared("Nilai total", now.total.points, then.total),
        parts=(
            Compared("Pengungkit", now.pengungkit.points, then.pengungkit),
            *(compared for _, compared, _ in areas),
        ),
        areas=areas,
        predikat=tuple(
            _predikat(worksheet, standings[code], real.verdicts[code], tried.verdicts[code])
            for code in codes
        ),
        changed=changed,
        faults=(*faults, *simulation.faults),
    )


@dataclass(frozen=True, slots=True)
class AreaRows:
    """The questions of one area page. open: unfolded, since something in it was tried."""

    standing: AreaStanding
    compared: Compared
    changed: int
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    open: bool


def build_rows(
    worksheet: Worksheet,
    simulation: Simulation,
    figures: Figures,
    raw: Fields,
    unfold: Iterable[QuestionRow] = (),
) -> tuple[AreaRows, ...]:
    """Every question with what was tried. raw: as typed, where it was. unfold: questions that
    are to be seen at once, beside those that were tried."""
    faults = {fault.question.code: fault for fault in figures.faults}
    changed = {row.question.code: row for row in figures.changed}
    touched = {worksheet.by_code[code].page for code in (*faults, *changed)}
    touched |= {question.page for question in unfold}
    first = "" if touched else worksheet.areas[0].key
    rows = []
    for standing, compared, count in figures.areas:
        sections: dict[str, list[str]] = {}
        for question in standing.area.questions:
            change = changed.get(question.code)
            sections.setdefault(question.section.title, []).append(
                row_html(
                    worksheet,
                    question,
                    real=simulation.real.get(question.code, {}),
                    shown=simulation.entries.get(question.code, {}),
                    typed=raw.get(question.code),
                    words=(change.now, change.then) if change else None,
                    fault=faults.get(question.code),
                )
            )
        parts = tuple((title, tuple(each)) for title, each in sections.items())
        unfolded = standing.area.key in touched or standing.area.key == first
        rows.append(AreaRows(standing, compared, count, parts, unfolded))
    return tuple(rows)


def _changed(worksheet: Worksheet, simulation: Simulation, question: QuestionRow) -> ChangedRow:
    real: Mapping[str, str] = simulation.real.get(question.code, {})
    return ChangedRow(
        question,
        short_answer(worksheet, question, real),
        short_answer(worksheet, question, simulation.changed[question.code]),
    )


def _predikat(
    worksheet: Worksheet, standing: Standing, real: scoring.Verdict, tried: scoring.Verdict
) -> PredikatCompared:
    short_now = {each.what for each in real.floors if not each.met}
    short_then = {each.what for each in tried.floors if not each.met}
    names = [(each.what, worksheet.name_of(each.what)) for each in tried.floors]
    return PredikatCompared(
        standing=standing,
        short_now=len(short_now),
        gained=tuple(name for what, name in names if what in short_now - short_then),
        lost=tuple(name for what, name in names if what in short_then - short_now),
    )
