"""The reviewer's verdicts, values and notes; never the satker's answers (decision 10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from assessments.enums import Action, Status, Tier, Verdict
from assessments.errors import StaleAnswer
from assessments.models import Assessment, Verification, VerificationChange
from assessments.review import Review, load_review
from assessments.services.scores import refresh_score
from assessments.services.snapshots import changed_questions, submissions
from assessments.services.steps import take_step
from assessments.services.turns import require_review_open
from assessments.worksheet import QuestionRow, Worksheet, is_answered, load_worksheet, merged_entry
from audit.services import record
from common.errors import DomainError

TIER = Tier.PENDAHULUAN


class VerdictIncomplete(DomainError):
    """A verdict below "sesuai" without the reviewer's own answer or note.

    field: "verdict", "value" or "note".
    """

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class NewVerdict:
    """What the reviewer sent; None, or a field left out, keeps what is stored."""

    question: QuestionRow
    verdict: Verdict | None
    fields: Mapping[str, str]
    note: str | None
    marked: bool | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SavedVerdict:
    """What stands after a save. changed: whether it stored anything."""

    row: Verification
    changed: bool
    review: Review


def save_verification(
    *, assessment: Assessment, new: NewVerdict, seen_version: int, by: User
) -> SavedVerdict:
    """Store one verdict and bring the verified score up to date.

    assessment: locked in the caller's transaction. "Sesuai" takes over the satker's answer; the
    other two need the reviewer's own answer and a note, and mark the question for repair unless
    the reviewer says otherwise. The first verdict of a round moves the sheet to "Diverifikasi".

    Raises WrongStatus, AssessmentLocked, VerdictIncomplete, InvalidEntry, StaleAnswer;
    none changes anything.
    """
    now = timezone.now()
    require_review_open(assessment, now)
    worksheet = load_worksheet(assessment.instrument_id)
    stored = (
        Verification.objects.select_related("saved_by")
        .filter(assessment=assessment, question_id=new.question.pk, tier=TIER)
        .first()
    )
    row = stored or Verification(
        assessment=assessment, question_id=new.question.pk, tier=TIER, version=0
    )
    before = _content(row) if stored else None
    _merge(worksheet, row, new)
    review = load_review(worksheet, assessment.pk)
    if before == _content(row):
        return SavedVerdict(row, False, review)
    if stored and stored.version != seen_version:
        raise StaleAnswer(
            Verification.objects.select_related("saved_by").get(
                assessment=assessment, question_id=new.question.pk, tier=TIER
            )
        )
    if row.verdict != Verdict.SESUAI and not is_answered(worksheet, new.question.code, row.entered):
        raise VerdictIncomplete("Pilih nilai menurut Anda untuk pertanyaan ini.", "value")
    _store(assessment, row, new.question.code, before, by, now)
    if assessment.status == Status.SUBMITTED:
        take_step(assessment, Action.BEGIN_REVIEW, by, now)
    review = review.with_verdict(new.question, row.verdict, row.entered)
    refresh_score(assessment, TIER, review.verified, verified=review.checked)
    return SavedVerdict(row, True, review)


def begin_round(assessment: Assessment, *, by: User, at: datetime) -> None:
    """After a resubmission: nothing is marked any more, and what changed is judged anew.

    assessment: locked, its new round's snapshot stored. Earlier verdicts stay in the history.
    """
    worksheet = load_worksheet(assessment.instrument_id)
    *_, before, after = submissions(assessment)
    changed = {worksheet.by_code[code].pk for code in changed_questions(before, after)}
    rows = Verification.objects.filter(assessment=assessment, tier=TIER).order_by("pk")
    for row in rows:
        if not row.marked and row.question_id not in changed:
            continue
        previous = _content(row)
        row.marked = False
        if row.question_id in changed:
            row.verdict, row.entered, row.reason = "", {}, ""
        _store(assessment, row, worksheet.by_pk[row.question_id].code, previous, by, at)
    refresh_score(assessment, TIER)


def _merge(worksheet: Worksheet, row: Verification, new: NewVerdict) -> None:
    """Lay what was sent over what is stored. Raises VerdictIncomplete, InvalidEntry."""
    if new.verdict is not None:
        row.verdict = new.verdict
    if not row.verdict:
        raise VerdictIncomplete("Pilih sesuai, kurang sesuai, atau tidak sesuai.", "verdict")
    if new.note is not None:
        row.note = new.note
    if row.verdict == Verdict.SESUAI:
        row.entered, row.marked, row.reason = {}, False, ""
        return
    if new.reason is not None:
        row.reason = new.reason
    if new.fields:
        row.entered = merged_entry(worksheet, new.question.code, row.entered, new.fields)
    if not row.note.strip():
        raise VerdictIncomplete("Tulis catatan: apa yang kurang dan apa yang diminta.", "note")
    if new.marked is not None:
        row.marked = new.marked
    elif new.verdict is not None:
        row.marked = True


def _store(
    assessment: Assessment,
    row: Verification,
    code: str,
    before: Mapping[str, object] | None,
    by: User,
    at: datetime,
) -> None:
    """Write the verdict, its history row and its audit event."""
    row.version += 1
    row.round = assessment.round
    row.saved_by, row.saved_at = by, at
    row.save()
    VerificationChange.objects.create(
        verification=row,
        version=row.version,
        verdict=row.verdict,
        entered=row.entered,
        note=row.note,
        reason=row.reason,
        marked=row.marked,
        round=row.round,
        by=by,
        at=at,
    )
    record(
        chain=assessment.audit_chain,
        action="verifikasi",
        subject=code,
        by=by,
        before=before,
        after=_content(row),
    )


def _content(row: Verification) -> dict[str, object]:
    return {
        "verdict": str(row.verdict),
        "entered": dict(row.entered),
        "note": row.note,
        "reason": str(row.reason),
        "marked": row.marked,
    }
