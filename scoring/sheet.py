"""What is scored: a tree of nodes with weights, and the questions below them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Final

from scoring.rules import PENGUNGKIT
from scoring.scales import Entry, Input, Scale, inputs_of

HASIL: Final = "hasil"


@dataclass(frozen=True, slots=True)
class Item:
    """A question: its scale, and its own weight where it has one (the questions of hasil)."""

    code: str
    scale: Scale
    weight: Fraction | None = None

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The counts it asks for; empty for a choice or a number."""
        return inputs_of(self.scale)


@dataclass(frozen=True, slots=True)
class Node:
    """A component, subcomponent, area or section: a sum of children, or a group of questions.

    weight: points at most. area: 1 to 6 on the nodes that make up an area. role: ``pengungkit``
    or ``hasil`` on a component.
    """

    code: str
    weight: Fraction
    children: tuple["Node", ...] = ()
    items: tuple[Item, ...] = ()
    area: int | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the result: a node, or a question with a weight of its own."""

    code: str
    weight: Fraction
    parent: int  # position of the line it adds up into, -1 at the top
    questions: int  # questions below it


@dataclass(frozen=True, slots=True)
class Share:
    """What a question adds: value * units / Sheet.units points, into the line at ``line``."""

    code: str
    units: int
    line: int


@dataclass(frozen=True, slots=True)
class Area:
    """An area joined over the nodes that carry its number."""

    number: int
    weight: Fraction
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole form. What evaluate needs of it is worked out once, when it is made.

    Raises ValueError where weights do not add up exactly, a node is empty or mixes kinds of
    content, or a code appears twice.
    """

    components: tuple[Node, ...]
    items: tuple[Item, ...] = field(init=False)
    lines: tuple[Line, ...] = field(init=False)
    shares: tuple[Share, ...] = field(init=False)
    areas: tuple[Area, ...] = field(init=False)
    units: int = field(init=False)  # common denominator of all shares
    by_code: dict[str, Item] = field(init=False, compare=False, repr=False)
    pengungkit: str | None = field(init=False)  # code of the component with that role

    def __post_init__(self) -> None:
        _check(self.components)
        lines: list[Line] = []
        members: dict[int, list[int]] = {}
        parts: list[tuple[Item, Fraction, int]] = []
        for component in self.components:
            _lay_out(component, -1, lines, parts, members)
        units = lcm(*(share.denominator for _, share, _ in parts))
        pengungkit = [node.code for node in self.components if node.role == PENGUNGKIT]
        derived = {
            "items": tuple(item for item, _, _ in parts),
            "lines": tuple(lines),
            "shares": tuple(Share(item.code, int(w * units), line) for item, w, line in parts),
            "areas": tuple(
                Area(number, sum((lines[i].weight for i in at), Fraction(0)), tuple(at))
                for number, at in sorted(members.items())
            ),
            "units": units,
            "by_code": {item.code: item for item, _, _ in parts},
            "pengungkit": pengungkit[0] if pengungkit else None,
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    @property
    def weight(self) -> Fraction:
        """Points at most: 100 for the instruments in use."""
        return sum((node.weight for node in self.components), Fraction(0))

    def floor_name(self, code: str) -> str:
        """What a floor on this node or question names: that component by its role."""
        return PENGUNGKIT if code == self.pengungkit else code


def parse_entry(item: Item, raw: Entry) -> dict[str, str]:
    """The canonical entry for what a user typed or sent; empty fields are left out.

    Accepts option keys in any case and a decimal comma. Raises EntryError on anything that is
    not on the question's scale, and on counts that contradict each other.
    """
    return item.scale.parse(item.code, raw)


def value_of(item: Item, entry: Entry) -> Fraction | None:
    """The value 0 to 1 of an entry, None while it is open or partial. Raises EntryError."""
    return item.scale.value(item.code, entry)


def nodes_of(components: tuple[Node, ...]) -> Iterator[Node]:
    """All nodes, parents before their children."""
    for node in components:
        yield node
        yield from nodes_of(node.children)


def _check(components: tuple[Node, ...]) -> None:
    codes: set[str] = set()
    for node in nodes_of(components):
        _check_weights(node)
        for item in node.items:
            _check_new(item.code, codes)
            for each in item.inputs:
                _check_new(f"{item.code}.{each.key}", codes)
        _check_new(node.code, codes)
    if sum(node.role == PENGUNGKIT for node in components) > 1:
        raise ValueError("Lebih dari satu komponen berperan pengungkit.")
    if not components:
        raise ValueError("Instrumen tidak memuat satu komponen pun.")


def _check_new(code: str, codes: set[str]) -> None:
    if code in codes:
        raise ValueError(f"Kode {code} dipakai lebih dari sekali.")
    codes.add(code)


def _check_weights(node: Node) -> None:
    if node.weight <= 0:
        raise ValueError(f"{node.code}: bobot harus lebih dari 0.")
    if node.children and node.items:
        raise ValueError(f"{node.code}: memuat simpul dan pertanyaan sekaligus.")
    if not node.children and not node.items:
        raise ValueError(f"{node.code}: tidak memuat simpul atau pertanyaan.")
    weights = [child.weight for child in node.children]
    weights += [item.weight for item in node.items if item.weight is not None]
    if any(weight <= 0 for weight in weights):
        raise ValueError(f"{node.code}: bobot isinya harus lebih dari 0.")
    if node.items and weights and len(weights) < len(node.items):
        raise ValueError(f"{node.code}: hanya sebagian pertanyaannya yang berbobot.")
    if weights and sum(weights) != node.weight:
        raise ValueError(
            f"{node.code}: bobot isinya berjumlah {sum(weights)}, seharusnya {node.weight}."
        )


def _lay_out(
    node: Node,
    parent: int,
    lines: list[Line],
    parts: list[tuple[Item, Fraction, int]],
    members: dict[int, list[int]],
) -> None:
    """Append the node's lines and its questions' shares, parents before children."""
    here = len(lines)
    lines.append(Line(node.code, node.weight, parent, _question_count(node)))
    if node.area is not None:
        members.setdefault(node.area, []).append(here)
    for item in node.items:
        if item.weight is None:
            parts.append((item, node.weight / len(node.items), here))
        else:
            parts.append((item, item.weight, len(lines)))
            lines.append(Line(item.code, item.weight, here, 1))
    for child in node.children:
        _lay_out(child, here, lines, parts, members)


def _question_count(node: Node) -> int:
    return len(node.items) + sum(map(_question_count, node.children))
