"""The way to a predikat: the cheapest plan, what binds it, and its alternatives."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import urlencode

import scoring
from assessments.enums import Tier
from assessments.models import Assessment
from assessments.standing import Standing, build_standing
from assessments.worksheet import (
    QuestionRow,
    Worksheet,
    load_entries,
    load_worksheet,
)

OBJECTIVES = {"soal": scoring.Objective.QUESTIONS, "langkah": scoring.Objective.STEPS}


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One improvement in words: from what to what, for how many points."""

    question: QuestionRow
    before: str
    after: str
    after_text: str
    steps: int
    gain: Fraction


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way to ask, and what it would cost; plan None where it cannot be."""

    label: str
    query: str
    questions: int | None
    steps: int | None
    current: bool


@dataclass(frozen=True, slots=True)
class WayView:
    """moves: by area page label, in the order of the sheet. out_of_reach: floors that cannot be
    met with what may change, where there is no plan."""

    present: Standing
    moves: tuple[tuple[str, tuple[MoveRow, ...]], ...]
    questions: int
    steps: int
    reached: Standing | None
    binding: tuple[str, ...]
    out_of_reach: tuple[tuple[str, scoring.Shortfall], ...]
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person asked for. area: 0 for the whole sheet."""

    predikat: str
    objective: str
    area: int
    pinned: frozenset[str]

    def query(self, **changes: object) -> str:
        """The address of the same wish with something changed."""
        fields = {"predikat": self.predikat, "tujuan": self.objective, "area": self.area or ""}
        pairs = [(key, str(value)) for key, value in (fields | changes).items() if value != ""]
        return urlencode([*pairs, *(("tetap", code) for code in sorted(self.pinned))])


def build_way(assessment: Assessment, wish: Wish) -> WayView:
    """One query; some 0.2 s of arithmetic for a full sheet with "what binds"."""
    worksheet = load_worksheet(assessment.instrument_id)
    entries = load_entries(worksheet, assessment.pk, Tier.MANDIRI)
    problem = _problem(worksheet, entries, wish)
    objective = OBJECTIVES[wish.objective]
    plan = scoring.find_plan(problem, objective)
    present = build_standing(worksheet, worksheet.evaluate(entries), wish.predikat)
    out_of_reach: tuple[tuple[str, scoring.Shortfall], ...] = ()
    if plan is None:
        best = scoring.best_reachable(problem).verdicts[wish.predikat]
        out_of_reach = tuple((worksheet.name_of(each.what), each) for each in best.shortfalls)
    needs_work = plan is None or plan.moves
    return WayView(
        present=present,
        moves=_moves(worksheet, plan, entries) if plan else (),
        questions=plan.questions if plan else 0,
        steps=plan.steps if plan else 0,
        reached=build_standing(worksheet, plan.evaluation, wish.predikat) if plan else None,
        binding=tuple(
            worksheet.name_of(what) for what in scoring.binding_floors(problem, objective)
        )
        if needs_work
        else (),
        out_of_reach=out_of_reach,
        alternatives=_alternatives(worksheet, entries, wish),
    )


def plan_entries(
    worksheet: Worksheet, entries: Mapping[str, Mapping[str, str]], wish: Wish
) -> tuple[dict[str, Mapping[str, str]], tuple[tuple[QuestionRow, Fraction], ...]]:
    """The plan as answers to try, and the questions for which only the value 0 to 1 to reach is
    known; nothing of either where there is no plan."""
    plan = scoring.find_plan(_problem(worksheet, entries, wish), OBJECTIVES[wish.objective])
    moves = plan.moves if plan else ()
    told = {move.code: move.level.entry for move in moves if move.level.entry is not None}
    untold = tuple(
        (worksheet.by_code[move.code], move.level.value)
        for move in moves
        if move.level.entry is None
    )
    return told, untold


def _problem(
    worksheet: Worksheet, entries: Mapping[str, Mapping[str, str]], wish: Wish
) -> scoring.Problem:
    pinned = wish.pinned
    if wish.area:
        pinned = scoring.only_area(worksheet.sheet, wish.area, pinned)
    return scoring.Problem(worksheet.sheet, worksheet.rules, wish.predikat, entries, pinned)


def _moves(
    worksheet: Worksheet, plan: scoring.Plan, entries: Mapping[str, Mapping[str, str]]
) -> tuple[tuple[str, tuple[MoveRow, ...]], ...]:
    pages: dict[str, list[MoveRow]] = {}
    for move in plan.moves:
        question = worksheet.by_code[move.code]
        area = worksheet.area(question.page)
        row = MoveRow(
            question=question,
            before=_entry_words(question, entries.get(move.code, {}), move.before),
            after=_level_words(question, move.level),
            after_text=_meaning(question, move.level.entry),
            steps=move.level.steps,
            gain=move.gain,
        )
        pages.setdefault(area.label, []).append(row)
    return tuple((label, tuple(rows)) for label, rows in pages.items())


def _entry_words(question: QuestionRow, entry: Mapping[str, str], value: Fraction | None) -> str:
    """ "B", "3,6", "66,67%"; "belum dijawab" for an open question."""
    if value is None:
        return "belum dijawab"
    if question.inputs:
        return scoring.print_percent(value)
    return entry["value"].replace(".", ",")


def _level_words(question: QuestionRow, level: scoring.Level) -> str:
    """As an entry; "33,34%" for a share of 1/3 of which no counts are known, so rounded up."""
    if level.entry is None:
        return scoring.print_share_to_reach(level.value)
    return _entry_words(question, level.entry, level.value)


def _meaning(question: QuestionRow, entry: Mapping[str, str] | None) -> str:
    """What the level takes: the option's text, the counts to reach."""
    if entry is None:
        return "Isi angkanya sehingga persentase ini tercapai."
    if question.options:
        return next(each.text for each in question.options if each.key == entry["value"])
    if question.inputs:
        return "; ".join(f"{each.label}: {entry[each.key]}" for each in question.inputs)
    return "Indeks survei paling sedikit sebesar ini."


def _alternatives(
    worksheet: Worksheet, entries: Mapping[str, Mapping[str, str]], wish: Wish
) -> tuple[Alternative, ...]:
    asked = []
    labels = {"soal": "Pertanyaan paling sedikit", "langkah": "Langkah paling sedikit"}
    for predikat in (each.code for each in worksheet.rules.predikat):
        for objective, label in labels.items():
            other = Wish(predikat, objective, wish.area, wish.pinned)
            plan = scoring.find_plan(_problem(worksheet, entries, other), OBJECTIVES[objective])
            asked.append(
                Alternative(
                    label=f"{predikat}: {label.lower()}",
                    query=other.query(),
                    questions=plan.questions if plan else None,
                    steps=plan.steps if plan else None,
                    current=(predikat, objective) == (wish.predikat, wish.objective),
                )
            )
    return tuple(asked)
