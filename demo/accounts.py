"""The accounts of the example, planned: who works where, in which role."""

from dataclasses import dataclass
from random import Random

from accounts.models import Role
from demo.lists import read_list
from satker.models import Satker, SatkerKind

CENTRE_REVIEWER = "verifikator-pusat"

_AT_THE_CENTRE = (
    ("admin", Role.ADMIN_PUSAT),
    ("pemantau", Role.PEMANTAU),
    ("tpi", Role.TPI),
    (CENTRE_REVIEWER, Role.VERIFIKATOR),
)


@dataclass(frozen=True, slots=True)
class PlannedUser:
    username: str
    name: str
    role: Role


def plan_users(rng: Random, satker: Satker) -> list[PlannedUser]:
    """The people of one satker; names are made up from common ones."""
    if satker.kind == SatkerKind.PUSAT:
        return [PlannedUser(username, made_up_name(rng), role) for username, role in _AT_THE_CENTRE]
    roles = [Role.OPERATOR, Role.PIMPINAN]
    if satker.kind == SatkerKind.KANWIL:
        roles += [Role.VERIFIKATOR, Role.KETUA]
    return [PlannedUser(f"{role.value}-{satker.code}", made_up_name(rng), role) for role in roles]


def made_up_name(rng: Random) -> str:
    names = read_list("names")
    return f"{rng.choice(names['given'])} {rng.choice(names['family'])}"
