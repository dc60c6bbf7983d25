"""How far each satker of the example has come, and how well it does."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from assessments.enums import Target
from demo.sheets import Aim


class Fate(StrEnum):
    """Where an assessment stands today."""

    NOT_OPENED = "belum dibuka"
    BEGUN = "draf, baru dimulai"
    HALF = "draf, separuh terisi"
    NEARLY = "draf, hampir lengkap"
    READY = "draf, siap dikirim"
    SUBMITTED = "dikirim"
    RESUBMITTED = "dikirim kembali sesudah perbaikan"
    IN_REVIEW = "sedang diverifikasi"
    REVIEWED = "diverifikasi, siap diputuskan"
    RETURNED = "dikembalikan"
    REPAIRING = "dikembalikan, sedang diperbaiki"
    APPROVED = "disetujui"
    APPROVED_AFTER_RETURN = "disetujui sesudah perbaikan"


DRAFTS = frozenset({Fate.BEGUN, Fate.HALF, Fate.NEARLY, Fate.READY})


@dataclass(frozen=True, slots=True)
class Lot:
    """What falls to one satker."""

    fate: Fate
    aim: Aim
    target: Target


# The first satker of every reviewer, so that a small example shows everything.
_FIRST = (
    (Fate.NEARLY, Aim.WBK),
    (Fate.SUBMITTED, Aim.JUST_SHORT),
    (Fate.RETURNED, Aim.MIDDLE),
    (Fate.APPROVED, Aim.WBK),
    (Fate.IN_REVIEW, Aim.WBK),
    (Fate.READY, Aim.JUST_SHORT),
    (Fate.RESUBMITTED, Aim.MIDDLE),
    (Fate.APPROVED_AFTER_RETURN, Aim.WBBM),
    (Fate.HALF, Aim.MIDDLE),
    (Fate.REVIEWED, Aim.WBK),
    (Fate.NOT_OPENED, Aim.LOW),
    (Fate.REPAIRING, Aim.LOW),
    (Fate.BEGUN, Aim.MIDDLE),
)

_FATE_WEIGHTS = {
    Fate.NOT_OPENED: 8,
    Fate.BEGUN: 8,
    Fate.HALF: 14,
    Fate.NEARLY: 8,
    Fate.READY: 4,
    Fate.SUBMITTED: 12,
    Fate.RESUBMITTED: 4,
    Fate.IN_REVIEW: 7,
    Fate.REVIEWED: 4,
    Fate.RETURNED: 5,
    Fate.REPAIRING: 3,
    Fate.APPROVED: 15,
    Fate.APPROVED_AFTER_RETURN: 8,
}
_AIM_WEIGHTS = {Aim.LOW: 18, Aim.MIDDLE: 30, Aim.JUST_SHORT: 20, Aim.WBK: 24, Aim.WBBM: 8}
_ONE_IN_TARGETS_WBBM = 12


def draw_lot(rng: Random, position: int) -> Lot:
    """position: the how-manieth satker of its reviewer, from 0."""
    if position < len(_FIRST):
        fate, aim = _FIRST[position]
    else:
        fate = rng.choices(list(_FATE_WEIGHTS), list(_FATE_WEIGHTS.values()))[0]
        aim = rng.choices(list(_AIM_WEIGHTS), list(_AIM_WEIGHTS.values()))[0]
    is_ambitious = aim == Aim.WBBM or (position > 0 and not rng.randrange(_ONE_IN_TARGETS_WBBM))
    return Lot(fate, aim, Target.WBBM if is_ambitious else Target.WBK)
