"""Evidence of an answer: links between a satker's files and the questions they support."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from assessments.errors import AssessmentLocked
from assessments.models import AnswerEvidence, Assessment
from assessments.needs import listed_documents
from assessments.services.turns import marked_keys, require_filling_open
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
    _require_own(assessment, file)
    require_filling_open(assessment, timezone.now(), question_id=question.pk)
    links = AnswerEvidence.objects.filter(assessment=assessment, question_id=question.pk)
    attached = links.filter(file=file).first()
    if attached is not None:
        return attached
    _require_room(links.count())
    return _attach(assessment, question, file, by, document)


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
    naming the question; ValueError for a foreign file. One query is read, after a return two.
    """
    _require_own(assessment, file)
    marked = marked_keys(assessment)
    links = AnswerEvidence.objects.filter(assessment=assessment)
    files: dict[int, set[UUID]] = defaultdict(set)
    for question_id, key in links.values_list("question_id", "file_id"):
        files[question_id].add(key)

    def require_open(question: QuestionRow) -> None:
        require_filling_open(assessment, timezone.now(), question_id=question.pk, marked=marked)

    with transaction.atomic():
        for question in remove:
            with _naming(question):
                require_open(question)
            if file.pk in files[question.pk]:
                _detach(assessment, question, file, by)
                files[question.pk].remove(file.pk)
        for question in add:
            with _naming(question):
                require_open(question)
                if file.pk in files[question.pk]:
                    continue
                _require_room(len(files[question.pk]))
            _attach(assessment, question, file, by)
            files[question.pk].add(file.pk)


def move_link(
    *,
    link: AnswerEvidence,
    beside: AnswerEvidence | None,
    code: str,
    new: EvidenceFile,
    by: User,
) -> None:
    """Let a link name the newer version of its file; what it was said to be stays. Where the new
    version stands beside the answer already, it is that from then on, unless it was said to be
    something itself (decision 47).

    link: with its file, of an assessment that is locked in the caller's transaction and open for
    filling. beside: the new version's own link to that question, where there is one. code: of
    the question.
    """
    before = _content(link.file) | _ticked(link.document)
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
    return _detach(assessment, question, file, by)


def _attach(
    assessment: Assessment,
    question: QuestionRow,
    file: EvidenceFile,
    by: User,
    document: str = "",
) -> AnswerEvidence:
    """The new link and its event, once everything was asked."""
    link = AnswerEvidence.objects.create(
        assessment=assessment,
        question_id=question.pk,
        file=file,
        attached_by=by,
        attached_at=timezone.now(),
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


def _detach(assessment: Assessment, question: QuestionRow, file: EvidenceFile, by: User) -> bool:
    """The link taken away, with its event; whether there was one."""
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


def _require_own(assessment: Assessment, file: EvidenceFile) -> None:
    if file.satker_id != assessment.satker_id:
        raise ValueError("the file belongs to another satker")


def _require_room(files: int) -> None:
    if files >= FILES_PER_QUESTION:
        raise EvidenceLimit(
            f"Satu pertanyaan menerima paling banyak {FILES_PER_QUESTION} berkas. "
            "Lepas berkas yang tidak diperlukan, atau gabungkan dalam satu zip."
        )


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
