"""A score that explains itself: from the total down to each answer, tiers side by side."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import scoring
from assessments.enums import Tier
from assessments.models import Assessment
from assessments.worksheet import Entries, QuestionRow, Worksheet, load_entries, load_worksheet


@dataclass(frozen=True, slots=True)
class ScoreNode:
    """A line of the score, with what it is made of. reviewed: points at the reviewer's tier,
    None where there is none to show."""

    code: str
    name: str
    question: QuestionRow | None
    points: Fraction
    weight: Fraction
    against: tuple[Fraction, ...]
    reviewed: Fraction | None
    sentence: str
    reviewed_sentence: str
    parts: tuple["ScoreNode", ...]
    open: int

    @property
    def differs(self) -> bool:
        return self.reviewed is not None and self.reviewed != self.points

    @property
    def difference(self) -> Fraction | None:
        return None if self.reviewed is None else self.reviewed - self.points


@dataclass(frozen=True, slots=True)
class FloorPair:
    """One figure with its floors: WBK's and WBBM's."""

    name: str
    actual: Fraction
    statuses: tuple[tuple[str, scoring.FloorStatus], ...]

    @property
    def against(self) -> tuple[Fraction, ...]:
        return tuple(status.required for _, status in self.statuses)


@dataclass(frozen=True, slots=True)
class ScoreView:
    total: Fraction
    sentence: str
    reviewed_total: Fraction | None
    components: tuple[ScoreNode, ...]
    floors: tuple[FloorPair, ...]
    differences: tuple[ScoreNode, ...]
    answered: int
    questions: int

    @property
    def complete(self) -> bool:
        return self.answered == self.questions

    @property
    def difference(self) -> Fraction | None:
        return None if self.reviewed_total is None else self.reviewed_total - self.total


def build_score_view(assessment: Assessment, *, with_reviewed: bool) -> ScoreView:
    """One query, three with the reviewer's tier."""
    worksheet = load_worksheet(assessment.instrument_id)
    own = load_entries(worksheet, assessment.pk, Tier.MANDIRI)
    reviewed = load_entries(worksheet, assessment.pk, Tier.PENDAHULUAN) if with_reviewed else None
    evaluation = worksheet.evaluate(own)
    others = _by_code(worksheet, reviewed) if reviewed is not None else {}
    components = tuple(
        _build(worksheet, evaluation, part, others)
        for part in scoring.explain(worksheet.sheet, evaluation, own)
    )
    leaves = [leaf for top in components for leaf in _leaves(top) if leaf.differs]
    return ScoreView(
        total=evaluation.total,
        sentence=scoring.total_sentence(worksheet.sheet, evaluation),
        reviewed_total=worksheet.evaluate(reviewed).total if reviewed is not None else None,
        components=components,
        floors=_floors(worksheet, evaluation),
        differences=tuple(
            sorted(leaves, key=lambda leaf: abs(leaf.difference or Fraction(0)), reverse=True)
        ),
        answered=evaluation.answered,
        questions=evaluation.questions,
    )


def _by_code(worksheet: Worksheet, entries: Entries) -> dict[str, scoring.Explained]:
    evaluation = worksheet.evaluate(entries)
    found: dict[str, scoring.Explained] = {}
    stack = list(scoring.explain(worksheet.sheet, evaluation, entries))
    while stack:
        part = stack.pop()
        found[part.code] = part
        stack += part.parts
    return found


def _build(
    worksheet: Worksheet,
    evaluation: scoring.Evaluation,
    part: scoring.Explained,
    others: Mapping[str, scoring.Explained],
) -> ScoreNode:
    question = worksheet.by_code[part.code] if part.is_question else None
    other = others.get(part.code)
    score = evaluation.nodes.get(part.code)
    return ScoreNode(
        code=part.code,
        name=question.text if question else worksheet.name_of(part.code),
        question=question,
        points=part.points,
        weight=part.weight,
        against=evaluation.floors_of(part.code),
        reviewed=other.points if other else None,
        sentence=part.sentence,
        reviewed_sentence=other.sentence if other and other.sentence != part.sentence else "",
        parts=tuple(_build(worksheet, evaluation, each, others) for each in part.parts),
        open=score.questions - score.answered if score else int(part.value is None),
    )


def _leaves(node: ScoreNode) -> Iterator[ScoreNode]:
    if node.question is not None:
        yield node
    for part in node.parts:
        yield from _leaves(part)


def _floors(worksheet: Worksheet, evaluation: scoring.Evaluation) -> tuple[FloorPair, ...]:
    """Every figure that has a floor, in the order of the sheet."""
    pairs: dict[str, list[tuple[str, scoring.FloorStatus]]] = {}
    for code, verdict in evaluation.verdicts.items():
        for status in verdict.floors:
            pairs.setdefault(status.what, []).append((code, status))
    return tuple(
        FloorPair(worksheet.name_of(what), statuses[0][1].actual, tuple(statuses))
        for what, statuses in pairs.items()
    )
