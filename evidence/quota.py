"""How much a satker may keep: the setting EVIDENCE_QUOTA, one figure for all."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Sum

from common.words import print_size
from evidence.errors import FileRefused, Reason
from evidence.models import EvidenceFile, Upload
from satker.models import Satker


@dataclass(frozen=True, slots=True)
class Usage:
    """In bytes. used: stored, and announced by uploads that are under way."""

    used: int
    quota: int

    @property
    def percent(self) -> int:
        """0 to 100, rounded up: what is nearly full never looks emptier than it is."""
        return min(100, -(-self.used * 100 // self.quota))

    @property
    def left(self) -> int:
        return max(0, self.quota - self.used)


def usage_of(satker: Satker) -> Usage:
    stored = EvidenceFile.objects.filter(satker=satker).aggregate(sum=Sum("size"))["sum"] or 0
    coming = Upload.objects.filter(satker=satker).current().unfinished()
    return Usage(stored + (coming.aggregate(sum=Sum("size"))["sum"] or 0), settings.EVIDENCE_QUOTA)


def require_room(satker: Satker, size: int) -> None:
    """Asked before a file is announced or stored, at last with the satker's chain locked, so that
    two at the same moment do not take the same room.

    Raises FileRefused.
    """
    usage = usage_of(satker)
    if size > usage.left:
        raise FileRefused(
            Reason.NO_ROOM,
            f"kuota bukti dukung satker {print_size(usage.quota)}, sisa {print_size(usage.left)}, "
            f"berkas ini {print_size(size)}. Kecilkan berkas, pakai berkas yang sudah ada di "
            "pustaka, atau hubungi admin pusat.",
        )
