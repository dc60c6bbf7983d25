"""A score that explains itself: from the total down to each answer, tiers side by side.

Pure: entries come in, so that the screen explains what is stored and a report what it prints.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import scoring
from assessments.enums import Tier
from assessments.worksheet import Entries, QuestionRow, Worksheet

TIER_NAMES = {Tier.MANDIRI: "Mandiri", Tier.PENDAHULUAN: "Verifikasi", Tier.TPI: "TPI"}
TIER_WORDS = {Tier.MANDIRI: "mandiri", Tier.PENDAHULUAN: "verifikasi", Tier.TPI: "TPI"}


@dataclass(frozen=True, slots=True)
class Tiers:
    """One figure at every tier that is shown, the satker's own first: names, and points."""

    names: tuple[str, ...]
    points: tuple[Fraction, ...]

    @property
    def named(self) -> tuple[tuple[str, Fraction], ...]:
        return tuple(zip(self.names, self.points, strict=True))

    @property
    def own(self) -> Fraction:
        return self.points[0]

    @property
    def difference(self) -> Fraction | None:
        """The last tier's points less the satker's own; None where there is no other tier."""
        return self.points[-1] - self.points[0] if len(self.points) > 1 else None

    @property
    def spread(self) -> Fraction:
        """How far the tiers lie apart."""
        return max(self.points) - min(self.points)


@dataclass(frozen=True, slots=True)
class ScoreNode:
    """A line of the score, with what it is made of.

    value: share of its weight that was earned, 0 to 1, None for an open question. sentence: how
    the satker's points came about; others: the same of each other tier where it differs, with
    the tier's name.
    """

    code: str
    name: str
    question: QuestionRow | None
    tiers: Tiers
    weight: Fraction
    value: Fraction | None
    against: tuple[Fraction, ...]
    sentence: str
    others: tuple[tuple[str, str], ...]
    parts: tuple["ScoreNode", ...]
    open: int


@dataclass(frozen=True, slots=True)
class AreaTiers:
    """A change area, or hasil: both aspects together."""

    key: str
    name: str
    weight: Fraction
    against: tuple[Fraction, ...]
    tiers: Tiers


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
    """areas, differences: what differs most first; differences are questions, and none that is
    alike at every tier. floors: of the figures of the tier `decisive`."""

    total: Tiers
    against: tuple[Fraction, ...]
    sentence: str
    components: tuple[ScoreNode, ...]
    areas: tuple[AreaTiers, ...]
    floors: tuple[FloorPair, ...]
    decisive: Tier
    differences: tuple[ScoreNode, ...]
    answered: int
    questions: int

    @property
    def complete(self) -> bool:
        return self.answered == self.questions

    @property
    def floors_note(self) -> str:
        return f"menurut nilai {TIER_WORDS[self.decisive]}"

    @property
    def is_compared(self) -> bool:
        return len(self.total.names) > 1


def build_score_tree(
    worksheet: Worksheet, entries: Mapping[Tier, Entries], decisive: Tier = Tier.MANDIRI
) -> ScoreView:
    """entries: what counts at each tier that is shown, Tier.MANDIRI first. decisive: the one of
    them whose figures are held against the floors."""
    evaluations = [worksheet.evaluate(each) for each in entries.values()]
    own = evaluations[0]
    explained = [
        scoring.explain(worksheet.sheet, evaluation, each)
        for evaluation, each in zip(evaluations, entries.values(), strict=True)
    ]
    names = tuple(TIER_NAMES[tier] for tier in entries)
    components = tuple(
        _build(worksheet, own, names, parts) for parts in zip(*explained, strict=True)
    )
    leaves = [leaf for top in components for leaf in _leaves(top) if leaf.tiers.spread]
    return ScoreView(
        total=Tiers(names, tuple(each.total for each in evaluations)),
        against=own.floors_of("total"),
        sentence=scoring.total_sentence(worksheet.sheet, own),
        components=components,
        areas=tuple(sorted(_areas(worksheet, names, evaluations), key=_apart, reverse=True)),
        floors=_floors(worksheet, evaluations[list(entries).index(decisive)]),
        decisive=decisive,
        differences=tuple(sorted(leaves, key=_apart, reverse=True)),
        answered=own.answered,
        questions=own.questions,
    )


def _build(
    worksheet: Worksheet,
    own: scoring.Evaluation,
    names: tuple[str, ...],
    tiers: Sequence[scoring.Explained],
) -> ScoreNode:
    """tiers: the same line of the sheet, explained at each tier."""
    part = tiers[0]
    question = worksheet.by_code[part.code] if part.is_question else None
    score = own.nodes.get(part.code)
    return ScoreNode(
        code=part.code,
        name=question.text if question else worksheet.name_of(part.code),
        question=question,
        tiers=Tiers(names, tuple(each.points for each in tiers)),
        weight=part.weight,
        value=part.value,
        against=part.floors,
        sentence=part.sentence,
        others=tuple(
            (name, each.sentence)
            for name, each in zip(names[1:], tiers[1:], strict=True)
            if each.sentence != part.sentence
        ),
        parts=tuple(
            _build(worksheet, own, names, parts)
            for parts in zip(*(each.parts for each in tiers), strict=True)
        ),
        open=score.questions - score.answered if score else int(part.value is None),
    )


def _leaves(node: ScoreNode) -> Iterator[ScoreNode]:
    if node.question is not None:
        yield node
    for part in node.parts:
        yield from _leaves(part)


def _apart(line: ScoreNode | AreaTiers) -> Fraction:
    return line.tiers.spread


def _areas(
    worksheet: Worksheet, names: tuple[str, ...], evaluations: Sequence[scoring.Evaluation]
) -> Iterator[AreaTiers]:
    """The change areas, and the components that have none."""
    sheet, own = worksheet.sheet, evaluations[0]
    for area in sheet.areas:
        row = worksheet.area(str(area.number))
        yield AreaTiers(
            key=str(area.number),
            name=row.label if row else str(area.number),
            weight=area.weight,
            against=own.floors_of(f"area{area.number}"),
            tiers=Tiers(names, tuple(each.areas[area.number].points for each in evaluations)),
        )
    for node in sheet.components:
        if node.code != sheet.pengungkit:
            yield AreaTiers(
                key=node.role or node.code,
                name=worksheet.name_of(node.code),
                weight=node.weight,
                against=own.floors_of(node.code),
                tiers=Tiers(names, tuple(each.nodes[node.code].points for each in evaluations)),
            )


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
