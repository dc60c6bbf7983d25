"""Figures against their floors: meter, radar, funnel, heat map. Geometry: common.charts."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import template

from common import charts
from scoring import Figure, print_gap, print_number, print_points

register = template.Library()


@register.inclusion_tag("ui/score_figure.html")
def score_figure(value: Figure, weight: Figure, floors: charts.Floors = ()) -> dict[str, str]:
    """The large figure and what it is out of."""
    against = [at for _, at in charts.floor_pairs(floors)]
    return {"points": print_points(value, against), "weight": print_number(weight)}


@register.inclusion_tag("ui/meter.html")
def meter(
    value: Figure,
    weight: Figure,
    floors: charts.Floors,
    target: str = "",
    name: str = "",
    small: bool = False,
) -> dict[str, Any]:
    """A value on its bar with the flags of at most two floors; small is for tables, unlabelled."""
    pairs = charts.floor_pairs(floors)
    return {
        "meter": charts.build_meter(value, weight, pairs, target),
        "name": name,
        "points": print_points(value, [at for _, at in pairs]),
        "weight": print_number(weight),
        "floors": ", ".join(f"{code} {print_number(at)}" for code, at in pairs),
        "small": small,
    }


@register.inclusion_tag("ui/meter_legend.html")
def meter_legend() -> dict[str, Any]:
    return {}


@register.inclusion_tag("ui/floor_row.html")
def floor_row(
    name: str, actual: Figure, required: Figure, url: str = "", note: str = ""
) -> dict[str, Any]:
    """One floor: met, or short by how much; note says where it comes from."""
    met = actual >= required
    return {
        "name": name,
        "met": met,
        "actual": print_points(actual, [required]),
        "required": print_number(required),
        "gap": "" if met else print_gap(required, actual),
        "url": url,
        "note": note,
    }


@register.inclusion_tag("ui/progress.html")
def progress(done: int, total: int) -> dict[str, str]:
    return {"width": charts.place(charts.share(done, total)) if total else "0%"}


@register.inclusion_tag("ui/radar.html")
def radar(
    axes: Sequence[charts.Axis],
    verified_label: str = "Verifikasi Kanwil",
    own_label: str = "Penilaian mandiri",
) -> dict[str, Any]:
    """The areas in percent of their weight; its table must stand beside it."""
    return {
        "radar": charts.build_radar(axes),
        "colour": charts.RADAR_COLOURS,
        "width": charts.WIDTH,
        "height": charts.HEIGHT,
        "verified_label": verified_label,
        "own_label": own_label,
    }


@register.inclusion_tag("ui/funnel.html")
def funnel(stages: Iterable[tuple[str, str, int, int, str]]) -> dict[str, Any]:
    """Stages are (label, url, reached, staying, note); the first one's reached is the whole."""
    rows = list(stages)
    whole = rows[0][2] if rows else 0
    return {
        "stages": [
            (label, url, reached, charts.build_stage(reached, staying, whole), note)
            for label, url, reached, staying, note in rows
        ]
    }


@register.inclusion_tag("ui/heat_cell.html")
def heat_cell(
    value: Figure | None, weight: Figure, floors: charts.Floors, url: str = ""
) -> dict[str, Any]:
    """A whole cell in percent of the weight; None is "belum diisi"."""
    if value is None:
        return {"level": None}
    pairs = charts.floor_pairs(floors)
    level = charts.heat_level(value, weight, pairs)
    return {
        "level": level,
        "percent": charts.whole_percent(value, weight, pairs),
        "below": pairs[0][0] if level <= 2 and pairs else "",
        "url": url,
    }


@register.inclusion_tag("ui/heat_legend.html")
def heat_legend() -> dict[str, Any]:
    return {}
