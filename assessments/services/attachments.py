"""Evidence of an answer: links between a satker's files and the questions they support."""

from django.utils import timezone

from accounts.models import User
from assessments.models import AnswerEvidence, Assessment
from assessments.services.turns import require_filling_open
from assessments.worksheet import QuestionRow
from audit.services import record
from common.errors import DomainError
from evidence.models import EvidenceFile


class EvidenceLimit(DomainError):
    """More files than one question may have."""


FILES_PER_QUESTION = 20


def attach_evidence(
    *, assessment: Assessment, question: QuestionRow, file: EvidenceFile, by: User
) -> AnswerEvidence:
    """Put a stored file of the same satker beside an answer; a repeat changes nothing.

    assessment: locked in the caller's transaction. The answer's version does not move.
    Raises AssessmentLocked as `save_answer`, EvidenceLimit, ValueError for a foreign file.
    """
    if file.satker_id != assessment.satker_id:
        raise ValueError("the file belongs to another satker")
    now = timezone.now()
    require_filling_open(assessment, now, question_id=question.pk)
    links = AnswerEvidence.objects.filter(assessment=assessment, question_id=question.pk)
    attached = links.filter(file=file).first()
    if attached is not None:
        return attached
    if links.count() >= FILES_PER_QUESTION:
        raise EvidenceLimit(
            f"Satu pertanyaan menerima paling banyak {FILES_PER_QUESTION} berkas. "
            "Lepas berkas yang tidak diperlukan, atau gabungkan dalam satu zip."
        )
    link = AnswerEvidence.objects.create(
        assessment=assessment,
        question_id=question.pk,
        file=file,
        attached_by=by,
        attached_at=now,
    )
    record(
        chain=assessment.audit_chain,
        action="bukti_dilampirkan",
        subject=question.code,
        by=by,
        after=_content(file),
    )
    return link


def detach_evidence(
    *, assessment: Assessment, question: QuestionRow, file: EvidenceFile, by: User
) -> bool:
    """Take a file from an answer; it stays in the satker's vault and in what was submitted.

    assessment: locked in the caller's transaction. Returns whether it was attached.
    """
    require_filling_open(assessment, timezone.now(), question_id=question.pk)
    deleted, _ = AnswerEvidence.objects.filter(
        assessment=assessment, question_id=question.pk, file=file
    ).delete()
    if deleted:
        record(
            chain=assessment.audit_chain,
            action="bukti_dilepas",
            subject=question.code,
            by=by,
            before=_content(file),
        )
    return bool(deleted)


def _content(file: EvidenceFile) -> dict[str, object]:
    return {"id": str(file.pk), "name": file.name, "sha256": file.sha256, "size": file.size}
