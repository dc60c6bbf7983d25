"""The score panel beside the questions, and what a save sends back: filled, not rendered.

Both come with every saved answer, so their templates are rendered once in a process
(`common.slots`) and only figures are put in.
"""

from functools import cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from assessments.standing import AreaStanding, FloorLine, Standing
from common.slots import Slotted, slot, slotted
from common.ui.score import floor_row, meter, score_figure


def score_panel(standing: Standing, here: AreaStanding) -> SafeString:
    """An area's score on its bar, and every floor of the target, the unmet ones first."""
    bar = here.bar
    return _panel().fill(
        {
            "title": escape(here.area.short_name),
            "answered": str(here.answered),
            "total": str(here.total),
            "figure": score_figure(bar.points, bar.weight, bar.floors),
            "meter": meter(bar.points, bar.weight, bar.floors, standing.target, here.area.label)
            if bar.floors
            else "",
            "floors": floors(standing),
        }
    )


def floors(standing: Standing) -> SafeString:
    """How many floors are short, each of those, and the met ones folded away."""
    short, met = standing.short, standing.met
    count = len(standing.floors)
    if short:
        said = f"{len(short)} dari {count} syarat nilai {standing.target} belum terpenuhi."
    else:
        said = f"Semua {count} syarat nilai {standing.target} terpenuhi."
    parts = [f"<p><strong>{escape(said)}</strong>"]
    if not standing.complete:
        parts.append(
            f' <span class="muted small">{standing.answered} dari {standing.questions} '
            "pertanyaan terjawab; yang belum dijawab dihitung 0.</span>"
        )
    parts.append("</p>")
    if short:
        parts.append(_list(short))
    if met:
        parts.append(
            f'<details class="guide"><summary>{len(met)} syarat terpenuhi</summary>'
            f"{_list(met)}</details>"
        )
    return mark_safe("".join(parts))  # noqa: S308  (every text in it is escaped)


def saved_fragment(
    *,
    version: int,
    moved: int,
    code: str,
    section: str,
    state: str,
    badge: str,
    result: str,
    standing: Standing,
    here: AreaStanding,
    section_points: str,
    carried: str,
    counted: tuple[int, int] | None = None,
) -> SafeString:
    """What a script puts in place after a save; result "" for a question without counts.

    moved: how many events the assessment's chain holds now, the save's own included.
    carried: what the area's page says of answers still to be confirmed, as HTML. counted: what
    stands in the navigation beside the area, where it is not the answers.
    """
    answered, total = counted or (here.answered, here.total)
    return _saved(bool(result)).fill(
        {
            "version": str(version),
            "moved": str(moved),
            "code": escape(code),
            "section": section,
            "state": state,
            "badge": badge,
            "score": score_panel(standing, here),
            "section_points": section_points,
            "carried": carried,
            "number": here.area.number,
            "answered": str(answered),
            "total": str(total),
            "all_answered": str(standing.answered),
        }
        | ({"result": result} if result else {})
    )


def _list(lines: tuple[FloorLine, ...]) -> str:
    rows = [floor_row(line.name, line.actual, line.required, note=line.note) for line in lines]
    return f'<ul class="floors">{"".join(rows)}</ul>'


@cache
def _panel() -> Slotted:
    names = "title answered total figure meter floors"
    return slotted(
        "assessments/_score_panel.html", {"s": {name: slot(name) for name in names.split()}}
    )


@cache
def _saved(with_result: bool) -> Slotted:
    names = "version moved code section state badge result score section_points carried number"
    names += " answered total all_answered"
    context = {"s": {name: slot(name) for name in names.split()}}
    return slotted("assessments/_saved.html", context | {"with_result": with_result})
