"""The life of an assessment: open, submit, return, approve (the table: `steps.STEPS`)."""

import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from assessments.enums import Action, Status, Target, Tier
from assessments.errors import TransitionRefused, WrongStatus
from assessments.models import Assessment, Period, Snapshot
from assessments.services import verification
from assessments.services.checks import approval_findings, sheet_findings
from assessments.services.finding_reasons import store_reason
from assessments.services.scores import refresh_score
from assessments.services.snapshots import freeze
from assessments.services.steps import STEPS, log_step, take_step
from assessments.services.telling import tell_step
from assessments.services.turns import deadline_refusal, marked_questions, require_review_open
from audit.services import locked_chain
from common.dates import print_moment
from satker.models import Satker


@transaction.atomic
def open_assessment(*, satker: Satker, period: Period, target: Target, by: User) -> Assessment:
    """Open the sheet of a satker for a period.

    Raises TransitionRefused when it is open already, the satker is closed or has no reviewer
    (the centre itself), or the period does not run.
    """
    now = timezone.now()
    if not satker.active:
        raise TransitionRefused(f"{satker.name} tidak aktif, jadi tidak dapat membuka penilaian.")
    if satker.verifier_id is None:
        raise TransitionRefused(
            f"{satker.name} tidak mengisi penilaian; yang menilai diri adalah satker di bawahnya."
        )
    period = _locked_period(period)
    if now < period.opens_at:
        opens = print_moment(period.opens_at, satker.zone)
        raise TransitionRefused(f"Periode {period.year} baru dibuka {opens}.")
    if now > period.fill_until:
        until = print_moment(period.fill_until, satker.zone)
        raise TransitionRefused(f"Pengisian periode {period.year} ditutup {until}.")
    key = uuid.uuid4()
    assessment = Assessment(
        pk=key,
        satker=satker,
        period=period,
        instrument_id=period.instrument_id,
        target=target,
        opened_by=by,
        opened_at=now,
        audit_chain=locked_chain(f"assessment:{key}"),
    )
    try:
        with transaction.atomic():
            assessment.save(force_insert=True)
    except IntegrityError as taken:
        raise TransitionRefused(
            f"Penilaian {satker.name} tahun {period.year} sudah dibuka."
        ) from taken
    refresh_score(assessment, Tier.MANDIRI, {})
    log_step(assessment, Action.OPEN, "", by, now, "")
    return assessment


@transaction.atomic
def submit(*, assessment: Assessment, by: User, reason: str | None = None) -> Snapshot:
    """Send the sheet to its reviewer and freeze what was sent; returns the snapshot.

    A resubmission begins a new round: verdicts on what changed are asked for again.
    reason: for all warnings that have none yet. None: nobody was asked for one, and the audit
    trail says how many warnings went without (decision 45).

    Raises WrongStatus, and TransitionRefused after the deadline that applies, while errors stand
    in the way, or where a reason was asked for and is empty (its `findings`); ReasonRefused.
    """
    locked = _locked(assessment, Action.SUBMIT)
    now = timezone.now()  # under the lock: after every change that it holds
    refusal = deadline_refusal(locked, now)
    if refusal:
        raise TransitionRefused(refusal)
    unexplained = _settle_findings(locked, reason, by)
    refresh_score(locked, Tier.MANDIRI)
    is_repair = locked.status == Status.RETURNED
    if is_repair:
        locked.round += 1
    locked.submitted_by, locked.submitted_at = by, now
    snapshot = freeze(assessment=locked, action=Action.SUBMIT, by=by, at=now)
    if is_repair:
        verification.begin_round(locked, by=by, at=now)
    told: dict[str, object] = {"sha256": snapshot.sha256}
    if unexplained:
        told["peringatan_tanpa_alasan"] = unexplained
    take_step(locked, Action.SUBMIT, by, now, after=told)
    tell_step(locked, Action.SUBMIT, by, now)
    return snapshot


@transaction.atomic
def return_to_operator(*, assessment: Assessment, by: User, note: str) -> None:
    """Give the sheet back; only the marked questions open for repair.

    Raises WrongStatus, AssessmentLocked after the review deadline, TransitionRefused without a
    note, without a marked question, or when the repair deadline leaves no time.
    """
    locked = _locked(assessment, Action.RETURN)
    now = timezone.now()  # under the lock: after every change that it holds
    require_review_open(locked, now)
    if not note.strip():
        raise TransitionRefused("Tulis catatan pengembalian untuk satker.")
    if not marked_questions(locked).exists():
        raise TransitionRefused(
            "Tandai sedikitnya satu pertanyaan yang harus diperbaiki sebelum mengembalikan."
        )
    if now > locked.deadline:
        until = print_moment(locked.deadline, locked.satker.zone)
        raise TransitionRefused(
            f"Batas kirim perbaikan sudah lewat ({until}), jadi satker tidak dapat "
            "memperbaiki lagi. Perpanjang waktunya, atau setujui dengan nilai verifikasi Anda."
        )
    take_step(locked, Action.RETURN, by, now, note=note.strip())
    tell_step(locked, Action.RETURN, by, now)


@transaction.atomic
def approve(*, assessment: Assessment, by: User) -> Snapshot:
    """Accept the sheet with the reviewer's values; freezes both scores.

    Raises WrongStatus, AssessmentLocked after the review deadline, TransitionRefused while a
    question has no verdict (its `findings`).
    """
    locked = _locked(assessment, Action.APPROVE)
    now = timezone.now()  # under the lock: after every change that it holds
    require_review_open(locked, now)
    findings = approval_findings(locked)
    if findings:
        raise TransitionRefused(
            f"Belum dapat disetujui: {len(findings)} pertanyaan belum diverifikasi.", findings
        )
    refresh_score(locked, Tier.PENDAHULUAN)
    locked.approved_by, locked.approved_at = by, now
    snapshot = freeze(assessment=locked, action=Action.APPROVE, by=by, at=now)
    take_step(locked, Action.APPROVE, by, now, after={"sha256": snapshot.sha256})
    tell_step(locked, Action.APPROVE, by, now)
    return snapshot


def _settle_findings(locked: Assessment, reason: str | None, by: User) -> int:
    """How many warnings go without a reason, once no error is left. Raises TransitionRefused."""
    findings = sheet_findings(locked)
    errors = tuple(finding for finding in findings if finding.blocks)
    if errors:
        raise TransitionRefused(f"Belum dapat dikirim: {len(errors)} hal harus diperbaiki.", errors)
    asking = tuple(finding for finding in findings if finding.asks)
    if reason is None or not asking:
        return len(asking)
    if not reason.strip():
        raise TransitionRefused(
            f"Belum dapat dikirim: tulis alasan untuk {len(asking)} peringatan.", asking
        )
    store_reason(locked, asking, reason=reason, by=by)
    return 0


def _locked_period(period: Period) -> Period:
    """As stored now, so that its instrument is not exchanged while an assessment opens."""
    stored = Period.objects.select_for_update().filter(pk=period.pk).first()
    if stored is None:
        raise TransitionRefused("Periode ini sudah dihapus. Muat ulang, lalu pilih periode lain.")
    return stored


def _locked(assessment: Assessment, action: Action) -> Assessment:
    """The assessment as it stands now, locked. Raises WrongStatus where the step does not
    start from its status."""
    locked = Assessment.objects.locked().select_related("satker", "period").get(pk=assessment.pk)
    if locked.status not in STEPS[action][0]:
        raise WrongStatus(locked.status)
    return locked
