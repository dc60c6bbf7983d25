"""Whose turn it is: may the satker change this answer now, may the reviewer judge now?

Asked again under the lock by every service that writes.
"""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from assessments.enums import EDITABLE, REVIEWABLE, Status, Tier
from assessments.errors import AssessmentLocked, WrongStatus
from assessments.models import Assessment, Verification
from assessments.worksheet import QuestionRow, load_worksheet
from common.dates import print_moment


def require_filling_open(
    assessment: Assessment,
    now: datetime,
    *,
    question_id: int | None = None,
    marked: Collection[int] | None = None,
) -> None:
    """Raise AssessmentLocked unless the satker may edit at `now`.

    question_id: after a return only marked questions are open (decision 12); None asks for the
    assessment as a whole. marked: `marked_keys`, where it was read already.
    """
    if assessment.status not in EDITABLE:
        raise AssessmentLocked(
            "Penilaian ini sudah dikirim, jadi jawaban tidak dapat diubah lagi."
            if assessment.status != Status.APPROVED
            else "Penilaian ini sudah disetujui, jadi jawaban tidak dapat diubah lagi."
        )
    refusal = deadline_refusal(assessment, now)
    if refusal:
        raise AssessmentLocked(refusal)
    if question_id is None or assessment.status != Status.RETURNED:
        return
    if marked is None:
        is_marked = marked_questions(assessment).filter(question_id=question_id).exists()
    else:
        is_marked = question_id in marked
    if not is_marked:
        raise AssessmentLocked(
            "Pertanyaan ini tidak diminta untuk diperbaiki, jadi jawabannya tetap."
        )


def deadline_refusal(assessment: Assessment, now: datetime) -> str:
    """Why the satker's turn is not running at `now`; "" while it is (both ends included)."""
    zone = assessment.satker.zone
    if now < assessment.period.opens_at:
        return f"Pengisian baru dibuka {print_moment(assessment.period.opens_at, zone)}."
    if now > assessment.deadline:
        return (
            f"Pengisian ditutup {print_moment(assessment.deadline, zone)}. "
            "Perpanjangan waktu diberikan oleh ketua tim verifikasi atau admin pusat."
        )
    return ""


def require_review_open(assessment: Assessment, now: datetime) -> None:
    """Raise WrongStatus or AssessmentLocked unless a reviewer may judge at `now`."""
    if assessment.status not in REVIEWABLE:
        raise WrongStatus(assessment.status)
    if now > assessment.period.review_until:
        until = print_moment(assessment.period.review_until, assessment.satker.zone)
        raise AssessmentLocked(
            f"Masa verifikasi berakhir {until}. Perpanjangan waktu diberikan oleh admin pusat."
        )


def marked_questions(assessment: Assessment) -> QuerySet[Verification]:
    """Verifications that ask for a repair, as a queryset."""
    return repair_requests().filter(assessment=assessment)


def repair_requests() -> QuerySet[Verification]:
    """As `marked_questions`, of all sheets."""
    return Verification.objects.filter(tier=Tier.PENDAHULUAN, marked=True)


def marked_keys(assessment: Assessment) -> frozenset[int]:
    """Keys of the questions that a return asks to repair. One query after a return, else none."""
    if assessment.status != Status.RETURNED:
        return frozenset()
    return frozenset(marked_questions(assessment).values_list("question_id", flat=True))


def open_questions(assessment: Assessment) -> tuple[QuestionRow, ...]:
    """The questions that the satker may change: after a return the marked ones. One query then."""
    questions = load_worksheet(assessment.instrument_id).questions
    if assessment.status != Status.RETURNED:
        return questions
    marked = marked_keys(assessment)
    return tuple(question for question in questions if question.pk in marked)
