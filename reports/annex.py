"""The annex: every figure of the sheet with the arithmetic that made it."""

from collections.abc import Iterator

from assessments.enums import Tier
from assessments.score_tree import ScoreNode, build_score_tree
from reports.parts import Sum
from reports.rows import TIER, Rows


def build_annex(rows: Rows) -> tuple[str, tuple[Sum, ...]]:
    """The sentence of the total, and a line for each node in reading order."""
    entries = {Tier.MANDIRI: rows.own_entries}
    if rows.judged:
        entries[TIER] = rows.counting_entries
    view = build_score_tree(rows.worksheet, entries)
    return view.sentence, tuple(_lines(view.components, 0))


def _lines(nodes: tuple[ScoreNode, ...], depth: int) -> Iterator[Sum]:
    for node in nodes:
        if node.question is None:
            yield _sum(node, depth)
            yield from _lines(node.parts, depth + 1)


def _sum(node: ScoreNode, depth: int) -> Sum:
    return Sum(
        code=node.code,
        name=node.name,
        depth=depth,
        weight=node.weight,
        points=node.tiers.own,
        floors=node.against,
        sentence=node.sentence,
        verified=node.tiers.points[1] if len(node.tiers.points) > 1 else None,
        verified_sentence=node.others[0][1] if node.others else "",
        questions=tuple(_sum(part, depth + 1) for part in node.parts if part.question),
    )
