"""Evidence of an answer: links between a satker's files and the questions they support."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from assessments.errors import AssessmentLocked
from assessments.models import AnswerEvidence, Assessment
from assessments.needs import listed_documents
from assessments.services.turns import require_filling_open
from assessments.worksheet import QuestionRow
from audit.services import record
from common.errors import DomainError
from evidence.models import EvidenceFile


class EvidenceLimit(DomainError):
    """More files than one question may have."""


FILES_PER_QUESTION = 20


def attach_evidence(
    *,
    assessment: Assessment,
    question: QuestionRow,
    file: EvidenceFile,
    by: User,
    document: str = "",
) -> AnswerEvidence:
    """Put a stored file of the same satker beside an answer; a repeat changes nothing.

    assessment: locked in the caller's transaction. The answer's version does not move.
    document: the item of the question's list that the file is.
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
        document=document,
    )
    record(
        chain=assessment.audit_chain,
        action="bukti_dilampirkan",
        subject=question.code,
        by=by,
        after=_content(file) | _ticked(document),
    )
    return link


def tick_document(
    *, link: AnswerEvidence, question: QuestionRow, document: str, by: User
) -> AnswerEvidence:
    """Say which item of the question's list an attached file is, "" for none (decision 47).

    link: with its file, of an assessment that is locked in the caller's transaction. A repeat
    changes nothing. Raises AssessmentLocked; ValueError for an item that is not on the list.
    """
    if document and document not in listed_documents(question):
        raise ValueError("no such document on the question's list")
    require_filling_open(link.assessment, timezone.now(), question_id=question.pk)
    if link.document == document:
        return link
    before, link.document = link.document, document
    link.save(update_fields=["document"])
    record(
        chain=link.assessment.audit_chain,
        action="bukti_ditandai",
        subject=question.code,
        by=by,
        before=_content(link.file) | {"document": before},
        after=_content(link.file) | {"document": document},
    )
    return link


def attach_to_many(
    *,
    assessment: Assessment,
    file: EvidenceFile,
    add: Iterable[QuestionRow],
    remove: Iterable[QuestionRow],
    by: User,
) -> None:
    """Attach one file to several questions and take it from others, all or nothing.

    assessment: locked in the caller's transaction. Raises AssessmentLocked, EvidenceLimit, both
    naming the question.
    """
    with transaction.atomic():
        for question in remove:
            with _naming(question):
                detach_evidence(assessment=assessment, question=question, file=file, by=by)
        for question in add:
            with _naming(question):
                attach_evidence(assessment=assessment, question=question, file=file, by=by)


def move_link(*, link: AnswerEvidence, code: str, new: EvidenceFile, by: User) -> None:
    """Let a link name the newer version of its file; what it was said to be stays. Where the new
    version stands beside the answer already, it is that from then on, unless it was said to be
    something itself (decision 47).

    link: with its file, of an assessment that is locked in the caller's transaction and open for
    filling. code: of its question.
    """
    before = _content(link.file) | _ticked(link.document)
    beside = AnswerEvidence.objects.filter(
        assessment=link.assessment, question_id=link.question_id, file=new
    ).first()
    if beside is None:
        link.file, link.attached_by, link.attached_at = new, by, timezone.now()
        link.save(update_fields=["file", "attached_by", "attached_at"])
    else:
        link.delete()
        if link.document and not beside.document:
            beside.document = link.document
            beside.save(update_fields=["document"])
    record(
        chain=link.assessment.audit_chain,
        action="bukti_diganti",
        subject=code,
        by=by,
        before=before,
        after=_content(new) | _ticked((beside or link).document),
    )


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


@contextmanager
def _naming(question: QuestionRow) -> Iterator[None]:
    """A refusal says which question it is about."""
    try:
        yield
    except (AssessmentLocked, EvidenceLimit) as refusal:
        raise type(refusal)(f"{question.code}: {refusal}") from refusal


def _content(file: EvidenceFile) -> dict[str, object]:
    return {"id": str(file.pk), "name": file.name, "sha256": file.sha256, "size": file.size}


def _ticked(document: str) -> dict[str, object]:
    return {"document": document} if document else {}
