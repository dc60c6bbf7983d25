"""Rows for tests: the least that is valid. A test states what matters to it."""

from dataclasses import dataclass
from itertools import count

from accounts.models import Role, User
from accounts.services import create_user
from satker.models import Satker, SatkerKind
from satker.services import add_satker

PASSWORD = "jembatan-kayu-jati-27"

_numbers = count(1)


@dataclass(frozen=True)
class Tree:
    """Two Kanwil with a Kankemenag each; the first has a madrasah, the centre a unit."""

    pusat: Satker
    eselon1: Satker
    kanwil: Satker
    satker: Satker
    madrasah: Satker
    other_kanwil: Satker
    other_satker: Satker


def make_satker_tree() -> Tree:
    pusat = make_satker("pusat", kind=SatkerKind.PUSAT)
    kanwil = make_satker("33", kind=SatkerKind.KANWIL, parent=pusat)
    other_kanwil = make_satker("82", kind=SatkerKind.KANWIL, parent=pusat)
    satker = make_satker("330801", parent=kanwil)
    return Tree(
        pusat=pusat,
        eselon1=make_satker("itjen", kind=SatkerKind.ESELON1, parent=pusat),
        kanwil=kanwil,
        satker=satker,
        madrasah=make_satker("330801m1", kind=SatkerKind.MAN, parent=satker),
        other_kanwil=other_kanwil,
        other_satker=make_satker("820101", parent=other_kanwil),
    )


def make_satker(
    code: str,
    *,
    kind: str = SatkerKind.KANKEMENAG,
    parent: Satker | None = None,
    name: str | None = None,
    active: bool = True,
) -> Satker:
    """A Kanwil's code is its province's."""
    return add_satker(
        code=code,
        name=name or f"Satker {code}",
        kind=kind,
        parent=parent,
        province_code=code if kind == SatkerKind.KANWIL else "",
        active=active,
        by=None,
    )


def make_user(
    satker: Satker,
    role: str = Role.OPERATOR,
    *,
    username: str | None = None,
    name: str = "Siti Aminah",
    must_change_password: bool = False,
) -> User:
    """Signs in with PASSWORD."""
    return create_user(
        username=username or f"{role}-{satker.code}-{next(_numbers)}",
        name=name,
        role=role,
        satker=satker,
        password=PASSWORD,
        must_change_password=must_change_password,
        by=None,
    )
