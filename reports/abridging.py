"""Notes as the PDF prints them: whole, unless a sheet holds more text than is laid out in seconds.

A hundred notes of thousands of letters, or of nothing but line ends, would keep a processor busy
for minutes. The workbook and the pages always hold them whole.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from reports.parts import Block, Part, Report, Row, Step

# Costs are told in letters of ordinary text; 10,000 take about half a second to lay out.
MOST: Final = 100_000
LINE_END: Final = 25
UNBROKEN: Final = 4  # each letter of a run without a place to break, beyond its own
CUT: Final = " … (dipersingkat; selengkapnya ada di Excel)"

_UNBROKEN_RUN = re.compile(r"[^ \n]{41,}")


def abridged(report: Report) -> Report:
    """The report with its longest notes cut short, as far as all together are too long."""
    limit = limit_of(_notes(report))
    if limit is None:
        return report
    return replace(
        report,
        blocks=tuple(_block(block, limit) for block in report.blocks),
        steps=tuple(_step(step, limit) for step in report.steps),
    )


def cost_of(text: str) -> int:
    """What a text takes to lay out, in letters of ordinary text."""
    unbroken = sum(len(run) for run in _UNBROKEN_RUN.findall(text))
    return len(text) + LINE_END * text.count("\n") + UNBROKEN * unbroken


def limit_of(texts: Iterable[str]) -> int | None:
    """The cost that each text may have so that all stay within MOST; None where they are.

    What short texts leave over goes to the long ones.
    """
    costs = sorted(cost_of(text) for text in texts)
    left = MOST
    for place, cost in enumerate(costs):
        share = left // (len(costs) - place)
        if cost > share:
            return share
        left -= cost
    return None


def cut(text: str, limit: int) -> str:
    """The text, or as much of its beginning as the limit lets through, and that it was cut."""
    if cost_of(text) <= limit:
        return text
    kept = text[:limit]
    while cost_of(kept) > limit:
        kept = kept[: len(kept) * 3 // 4]
    return kept.rstrip() + CUT


def _notes(report: Report) -> Iterator[str]:
    for block in report.blocks:
        for section in block.sections:
            for row in section.rows:
                yield row.note
                if row.review is not None:
                    yield row.review.note
    for step in report.steps:
        yield step.note


def _block(block: Block, limit: int) -> Block:
    return replace(block, sections=tuple(_section(each, limit) for each in block.sections))


def _section(section: Part, limit: int) -> Part:
    return replace(section, rows=tuple(_row(row, limit) for row in section.rows))


def _row(row: Row, limit: int) -> Row:
    review = row.review and replace(row.review, note=cut(row.review.note, limit))
    return replace(row, note=cut(row.note, limit), review=review)


def _step(step: Step, limit: int) -> Step:
    return replace(step, note=cut(step.note, limit))
