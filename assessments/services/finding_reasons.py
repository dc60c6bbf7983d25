"""Reasons for warnings: why the sheet is sent although a check warns (decision 45)."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from assessments.enums import FindingKind
from assessments.errors import ReasonRefused
from assessments.findings import Finding
from assessments.models import REASON_LENGTH, Assessment, FindingReason
from assessments.services.checks import sheet_findings
from assessments.services.turns import require_filling_open
from audit.services import record


@transaction.atomic
def give_reason(
    *, assessment: Assessment, kind: FindingKind, codes: Collection[str], reason: str, by: User
) -> int:
    """Give one reason for the warnings of a kind on these questions; a later one replaces it.

    Returns for how many. Warnings that are no longer there are left out. Raises ReasonRefused
    where none is left or the reason is empty or too long, AssessmentLocked.
    """
    locked = Assessment.objects.locked().select_related("satker", "period").get(pk=assessment.pk)
    require_filling_open(locked, timezone.now())
    if not codes:
        raise ReasonRefused("Centang dahulu pertanyaan yang diberi alasan.")
    found = [
        finding
        for finding in sheet_findings(locked)
        if finding.kind == kind and not finding.blocks and finding.question.code in codes
    ]
    if not found:
        raise ReasonRefused("Peringatan itu sudah tidak ada. Muat ulang halaman ini.")
    store_reason(locked, found, reason=reason, by=by)
    return len(found)


def store_reason(
    assessment: Assessment, findings: Sequence[Finding], *, reason: str, by: User
) -> None:
    """Write one reason for these warnings, and one audit event. Sole writer of FindingReason.

    assessment: locked in the caller's transaction. Raises ReasonRefused.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonRefused("Tulis alasannya.")
    if len(reason) > REASON_LENGTH:
        raise ReasonRefused(
            f"Alasan terlalu panjang: {len(reason)} karakter, paling banyak {REASON_LENGTH}."
        )
    now = timezone.now()
    FindingReason.objects.bulk_create(
        [
            FindingReason(
                assessment=assessment,
                question_id=finding.question.pk,
                kind=finding.kind,
                facts=finding.facts,
                reason=reason,
                by=by,
                at=now,
            )
            for finding in findings
        ],
        update_conflicts=True,
        unique_fields=["assessment", "question", "kind"],
        update_fields=["facts", "reason", "by", "at"],
    )
    told = sorted(f"{finding.question.code} {finding.kind.value}" for finding in findings)
    replaced = {
        f"{finding.question.code} {finding.kind.value}": finding.given.text
        for finding in findings
        if finding.given is not None
    }
    record(
        chain=assessment.audit_chain,
        action="alasan_temuan",
        subject=f"{len(findings)} peringatan",
        by=by,
        before=replaced or None,
        after={"reason": reason, "findings": told},
    )
