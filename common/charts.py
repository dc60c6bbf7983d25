"""Geometry of the charts: plain arithmetic, no markup. The markup stands in templates/ui/.

Values, weights and floors are points and stay exact; what is rounded here is a place on screen or
paper, never a figure that is compared or printed. Places along a bar are percent of its width, so
that the bar stretches and its letters do not.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from scoring import Figure, print_number, to_decimal_string

Floors = Mapping[str, Figure] | Iterable[tuple[str, Figure]]

# A label flies left of its pole; on the first part of the bar there is no room for that.
ROOM_FOR_LABEL: Final = Fraction(45, 100)
MOST_FLAGS: Final = 2  # one row of labels above the bar, one below it

FAR_BELOW: Final = Fraction(10, 100)  # of the weight
VERY_HIGH: Final = Fraction(90, 100)


@dataclass(frozen=True)
class Flag:
    """A floor's flag: above the bar or hanging below it, its label left or right of the pole."""

    place: str
    label: str
    above: bool
    label_right: bool


@dataclass(frozen=True)
class Meter:
    """Places in percent of the bar, such as ``61.96%``; gap_width is empty without a gap."""

    fill: str
    gap: str
    gap_width: str
    flags: tuple[Flag, ...]


def build_meter(value: Figure, weight: Figure, floors: Floors, target: str = "") -> Meter:
    """A value against at most two floors, lowest first.

    target: the code of the floor up to which the gap is hatched; the first one if not given.

    Raises ValueError for a weight of 0 or less and for more floors than have a place.
    """
    pairs = floor_pairs(floors)
    if len(pairs) > MOST_FLAGS:
        raise ValueError(f"a meter has room for {MOST_FLAGS} floors, got {len(pairs)}")
    reached = share(value, weight)
    aims = [at for code, at in pairs if code == target] or [at for _, at in pairs[:1]]
    missing = share(aims[0], weight) - reached if aims else Fraction(0)
    return Meter(
        fill=place(reached),
        gap=place(reached),
        gap_width=place(missing) if missing > 0 else "",
        flags=tuple(
            Flag(
                place=place(share(at, weight)),
                label=f"{code} {print_number(at)}",
                above=number == 0,
                label_right=share(at, weight) < ROOM_FOR_LABEL,
            )
            for number, (code, at) in enumerate(pairs)
        ),
    )


def floor_pairs(floors: Floors) -> tuple[tuple[str, Figure], ...]:
    return tuple(floors.items() if isinstance(floors, Mapping) else floors)


def share(part: Figure, whole: Figure) -> Fraction:
    """part ÷ whole, held between 0 and 1. Raises ValueError unless whole is more than 0."""
    if whole <= 0:
        raise ValueError(f"whole must be more than 0, got {whole}")
    return min(max(Fraction(part) / Fraction(whole), Fraction(0)), Fraction(1))


def place(of: Fraction) -> str:
    """A share as a place along a bar: ``61.96%``."""
    return to_decimal_string(100 * of, 2) + "%"


@dataclass(frozen=True)
class Stage:
    """One bar of the funnel: how wide what went further is, and what stands here."""

    gone: str
    here: str


def build_stage(reached: int, staying: int, whole: int) -> Stage:
    """reached of whole came to the stage; staying of these are still there."""
    if not whole:
        return Stage(gone="0%", here="0%")
    return Stage(gone=place(share(reached - staying, whole)), here=place(share(staying, whole)))


def heat_level(value: Figure, weight: Figure, floors: Floors) -> int:
    """1 far below the first floor, 2 below it, 3 at it, 4 at the second one, 5 at 90 % and up.

    Far below: by more than a tenth of the weight. The comparisons are exact.
    """
    exact, whole = Fraction(value), Fraction(weight)
    ats = [Fraction(at) for _, at in floor_pairs(floors)]
    if ats and exact < ats[0]:
        return 1 if exact < ats[0] - FAR_BELOW * whole else 2
    if len(ats) > 1 and exact < ats[1]:
        return 3
    if exact >= VERY_HIGH * whole:
        return 5
    return 4 if len(ats) > 1 else 3


def whole_percent(value: Figure, weight: Figure, floors: Floors) -> str:
    """``64`` for 64.2 percent of the weight; below a floor never the floor's own figure."""
    hundreds = [100 * share(at, weight) for _, at in floor_pairs(floors)]
    return to_decimal_string(100 * share(value, weight), 0, hundreds)


# Radar ----------------------------------------------------------------------------------
# One drawing for screen and paper. Its colours are attributes, since the PDF engine applies no
# page CSS inside SVG; tests/common/test_charts.py holds them equal to tokens.css.

WIDTH: Final = 340
HEIGHT: Final = 292
CENTRE: Final = (170.0, 124.0)
RADIUS: Final = 90.0
LABEL_GAP: Final = 9.0
LINE_HEIGHT: Final = 13.0
SIDE_LABEL: Final = 14  # characters of a line beside the chart, then a new line begins
UPRIGHT_LABEL: Final = 30  # above and below it
GRID: Final = (Fraction(1, 4), Fraction(1, 2), Fraction(1))

RADAR_COLOURS: Final = {
    "line": "#d2dad5",
    "gold": "#9a7200",
    "info": "#1b5590",
    "brand": "#0e5a43",
    "fill": "#2f8263",
    "surface": "#ffffff",
    "text": "#17211c",
}


@dataclass(frozen=True)
class Axis:
    """One axis of the radar, in points; verified is None before there is a verified value."""

    label: str
    weight: Figure
    own: Figure
    verified: Figure | None
    floors: Floors


@dataclass(frozen=True)
class Point:
    x: str
    y: str


@dataclass(frozen=True)
class Label:
    """Lines of a label; anchor is the SVG ``text-anchor``."""

    anchor: str
    lines: tuple[tuple[Point, str], ...]


@dataclass(frozen=True)
class Ring:
    name: str
    points: str


@dataclass(frozen=True)
class Radar:
    """Polygons as SVG ``points``; verified is empty when no axis has a verified value."""

    grid: tuple[str, ...]
    spokes: tuple[Point, ...]
    rings: tuple[Ring, ...]
    own: tuple[Point, ...]
    verified: tuple[Point, ...]
    labels: tuple[Label, ...]

    @property
    def centre(self) -> Point:
        return _point(*CENTRE)

    @property
    def own_points(self) -> str:
        return _polygon(self.own)

    @property
    def verified_points(self) -> str:
        return _polygon(self.verified)


def build_radar(axes: Sequence[Axis]) -> Radar:
    """A radar of three axes or more, each in percent of its own weight, the first upwards.

    Raises ValueError for fewer axes.
    """
    if len(axes) < 3:
        raise ValueError(f"a radar needs three axes, got {len(axes)}")
    count = len(axes)
    verified = all(axis.verified is not None for axis in axes)
    return Radar(
        grid=tuple(_polygon(_points([part] * count)) for part in GRID),
        spokes=_points([Fraction(1)] * count),
        rings=_rings(axes),
        own=_points([share(axis.own, axis.weight) for axis in axes]),
        verified=_points([share(axis.verified or 0, axis.weight) for axis in axes])
        if verified
        else (),
        labels=tuple(_label(axis.label, number, count) for number, axis in enumerate(axes)),
    )


def _rings(axes: Sequence[Axis]) -> tuple[Ring, ...]:
    rings = []
    for code, _ in floor_pairs(axes[0].floors):
        shares = [share(dict(floor_pairs(axis.floors))[code], axis.weight) for axis in axes]
        same = len(set(shares)) == 1
        percent = f" {to_decimal_string(100 * shares[0], 2).replace('.', ',')}%" if same else ""
        rings.append(Ring(f"ambang {code}{percent}", _polygon(_points(shares))))
    return tuple(rings)


def _direction(number: int, count: int) -> tuple[float, float]:
    angle = 2 * math.pi * number / count
    return math.sin(angle), -math.cos(angle)


def _points(shares: Sequence[Fraction]) -> tuple[Point, ...]:
    points = []
    for number, part in enumerate(shares):
        x, y = _direction(number, len(shares))
        reach = RADIUS * float(part)
        points.append(_point(CENTRE[0] + reach * x, CENTRE[1] + reach * y))
    return tuple(points)


def _point(x: float, y: float) -> Point:
    return Point(f"{x:.1f}", f"{y:.1f}")


def _polygon(points: Iterable[Point]) -> str:
    return " ".join(f"{point.x},{point.y}" for point in points)


def _label(text: str, number: int, count: int) -> Label:
    """The label outside the end of its axis: centred above and below, else outwards."""
    x, y = _direction(number, count)
    upright = abs(x) < 0.01
    lines = _wrapped(text, UPRIGHT_LABEL if upright else SIDE_LABEL)
    left = CENTRE[0] + (RADIUS + LABEL_GAP) * x
    # Above the chart the last line touches the gap, below it the first; beside it the middle.
    end = CENTRE[1] + (RADIUS + LABEL_GAP) * y
    if upright:
        top = end - (len(lines) - 1) * LINE_HEIGHT if y < 0 else end + 8
    else:
        top = end - (len(lines) - 1) * LINE_HEIGHT / 2 + 4
    anchor = "middle" if upright else ("start" if x > 0 else "end")
    return Label(
        anchor,
        tuple((_point(left, top + row * LINE_HEIGHT), line) for row, line in enumerate(lines)),
    )


def _wrapped(text: str, length: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > length:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
