"""What comes out of the scorer: points, verdicts, and every shortfall with its figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class NodeScore:
    """Points of a node, an area or a weighted question; open questions count 0 in them."""

    points: Fraction  # 0 to weight
    weight: Fraction
    answered: int
    questions: int

    @property
    def value(self) -> Fraction:
        """Share of the weight that was earned, 0 to 1."""
        return self.points / self.weight

    @property
    def percent(self) -> Fraction:
        """Share of the weight that was earned, 0 to 100."""
        return 100 * self.points / self.weight


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A floor that is not met, in points."""

    what: str
    required: Fraction
    actual: Fraction

    @property
    def gap(self) -> Fraction:
        """Points missing, above 0; print it with print_gap."""
        return self.required - self.actual


@dataclass(frozen=True, slots=True)
class FloorStatus:
    """A floor and what stands against it, in points."""

    what: str
    required: Fraction
    actual: Fraction
    met: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """The floors of one predikat. Only figures: prerequisites are another result."""

    meets: bool
    shortfalls: tuple[Shortfall, ...]
    floors: tuple[FloorStatus, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The score of a sheet, interim while not ``complete``.

    values: value 0 to 1 of every question, None where it is open. nodes: every node and every
    question with a weight of its own. areas: pemenuhan and reform together. verdicts: by code of
    the predikat.
    """

    total: Fraction
    complete: bool
    answered: int
    questions: int
    nodes: Mapping[str, NodeScore]
    areas: Mapping[int, NodeScore]
    verdicts: Mapping[str, Verdict]
    values: Mapping[str, Fraction | None]

    def floors_of(self, what: str) -> tuple[Fraction, ...]:
        """The floors that a figure stands against: the second argument of print_points."""
        return tuple(
            status.required
            for verdict in self.verdicts.values()
            for status in verdict.floors
            if status.what == what
        )
