"""Predikat and their floors: what a score must reach."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

TOTAL: Final = "total"
PENGUNGKIT: Final = "pengungkit"
AREA: Final = "area"  # followed by the number: area1


@dataclass(frozen=True, slots=True)
class Floor:
    """A minimum in points; reached at exactly ``required`` (docs/decisions: exact comparison).

    what: ``total``, ``pengungkit``, ``area1`` to ``area6``, or the code of a node or of a question
    with a weight of its own.
    """

    what: str
    required: Fraction


@dataclass(frozen=True, slots=True)
class Predikat:
    """WBK or WBBM. requires: the predikat a satker must hold already, which is not scored."""

    code: str
    name: str
    floors: tuple[Floor, ...]
    requires: str | None = None


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All predikat of an instrument, the lower one first."""

    predikat: tuple[Predikat, ...]
