"""More time for one satker: given by a ketua or the centre, with a reason, and logged."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from assessments.enums import Action, Status
from assessments.errors import TransitionRefused
from assessments.models import Assessment
from assessments.services.steps import log_step
from assessments.services.telling import tell_step
from common.dates import print_moment


@transaction.atomic
def extend(*, assessment: Assessment, until: datetime, reason: str, by: User) -> None:
    """Let the satker's turn, the present or the coming one, last until then.

    Raises TransitionRefused for an approved sheet, without a reason, and for an instant that is
    not later than the present deadline or after the reviewer's own.
    """
    locked = Assessment.objects.locked().select_related("satker", "period").get(pk=assessment.pk)
    zone = locked.satker.zone
    if locked.status == Status.APPROVED:
        raise TransitionRefused("Penilaian ini sudah disetujui, jadi tidak perlu waktu lagi.")
    if not reason.strip():
        raise TransitionRefused("Tulis alasan perpanjangan.")
    now = timezone.now()
    if until <= max(now, locked.deadline):
        after = print_moment(max(now, locked.deadline), zone)
        raise TransitionRefused(f"Batas baru harus sesudah {after}.")
    if until > locked.period.review_until:
        last = print_moment(locked.period.review_until, zone)
        raise TransitionRefused(
            f"Masa verifikasi berakhir {last}; batas baru tidak boleh sesudahnya. "
            "Masa verifikasi diubah admin pusat pada periodenya."
        )
    locked.extended_until = until
    locked.save(update_fields=["extended_until"])
    note = f"Sampai {print_moment(until, zone)}. {reason.strip()}"
    told = {"extended_until": until.isoformat()}
    log_step(locked, Action.EXTEND, locked.status, by, now, note, told)
    tell_step(locked, Action.EXTEND, by, now)
