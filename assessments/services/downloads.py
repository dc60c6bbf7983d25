"""Who may have an evidence file, and the trace that a download leaves.

The file belongs to a satker and may support many answers, also of other years; one readable
answer is enough.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from accounts.models import OF_A_SATKER, User
from assessments.models import AnswerEvidence, Assessment
from assessments.permissions import can_read_answers
from audit.services import locked_chain, record
from evidence.models import EvidenceFile


@dataclass(frozen=True, slots=True)
class ReadableFile:
    """assessment: the one that gives the right; None for one's own satker's loose file."""

    file: EvidenceFile
    assessment: Assessment | None


def readable_evidence(*, user: User, file_id: UUID) -> ReadableFile | None:
    """The file, where the person may read it; None as if it did not exist otherwise."""
    file = EvidenceFile.objects.select_related("satker").filter(pk=file_id).first()
    if file is None:
        return None
    links = AnswerEvidence.objects.filter(file=file).values("assessment")
    assessments = Assessment.objects.visible_to(user).filter(pk__in=links).with_place()
    for assessment in assessments.order_by("-period__year"):
        if can_read_answers(user, assessment):
            return ReadableFile(file, assessment)
    own = user.role in OF_A_SATKER and file.satker_id == user.satker_id
    return ReadableFile(file, None) if own else None


@transaction.atomic
def log_download(found: ReadableFile, *, by: User) -> None:
    """One audit event, in the chain of the satker: a download never holds up a save."""
    record(
        chain=locked_chain(found.file.satker.audit_key),
        action="bukti_diunduh",
        subject=str(found.file.pk),
        by=by,
        after={
            "name": found.file.name,
            "sha256": found.file.sha256,
            "assessment": str(found.assessment.pk) if found.assessment else None,
        },
    )
