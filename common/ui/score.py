"""Figures against their floors: meter, radar, funnel, heat map. Geometry: common.charts."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from django import template
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from common import charts
from common.ui.badges import icon
from scoring import Figure, print_gap, print_number, print_points

register = template.Library()

_REMEMBERED: Final = 2048


@register.simple_tag
def score_figure(value: Figure, weight: Figure, floors: charts.Floors = ()) -> SafeString:
    """The large figure and what it is out of."""
    against = [at for _, at in charts.floor_pairs(floors)]
    return format_html(
        '<p class="score-figure"><b>{}</b> <span class="muted">dari {}</span></p>',
        print_points(value, against),
        print_number(weight),
    )


@register.simple_tag
def meter(
    value: Figure,
    weight: Figure,
    floors: charts.Floors,
    target: str = "",
    name: str = "",
    small: bool = False,
) -> SafeString:
    """A value on its bar with the flags of at most two floors; small is for tables, unlabelled.

    Remembered by what it shows: a save of a note moves no bar.
    """
    return _meter(value, weight, tuple(charts.floor_pairs(floors)), target, name, small)


@lru_cache(maxsize=_REMEMBERED)
def _meter(
    value: Figure,
    weight: Figure,
    pairs: tuple[tuple[str, Figure], ...],
    target: str,
    name: str,
    small: bool,
) -> SafeString:
    return render_to_string(
        "ui/meter.html",
        {
            "meter": charts.build_meter(value, weight, pairs, target),
            "name": name,
            "points": print_points(value, [at for _, at in pairs]),
            "weight": print_number(weight),
            "floors": ", ".join(f"{code} {print_number(at)}" for code, at in pairs),
            "small": small,
        },
    )


@register.inclusion_tag("ui/meter_legend.html")
def meter_legend() -> dict[str, Any]:
    return {}


@register.simple_tag
def floor_row(
    name: str, actual: Figure, required: Figure, url: str = "", note: str = ""
) -> SafeString:
    """One floor: met, or short by how much; note says where it comes from.

    Remembered: every save shows a dozen, of which one or two differ.
    """
    return _floor_row(name, actual, required, url, note)


@lru_cache(maxsize=_REMEMBERED)
def _floor_row(name: str, actual: Figure, required: Figure, url: str, note: str) -> SafeString:
    shown = format_html('<a href="{}">{}</a>', url, name) if url else conditional_escape(name)
    figures = format_html(
        '<span>{}</span> <span class="nowrap">{} <span class="muted">/ {}</span></span>',
        shown,
        print_points(actual, [required]),
        print_number(required),
    )
    if actual >= required:
        return format_html(
            '<li class="is-met">{} {}</li>', icon("circle-check", "memenuhi"), figures
        )
    return format_html(
        '<li class="is-short">{} {}<span class="floor-gap">Kurang {}{}</span></li>',
        icon("alert", "belum memenuhi"),
        figures,
        print_gap(required, actual),
        f". {note}" if note else "",
    )


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
