"""The stored rows behind a report: six queries, however long the sheet."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from assessments.enums import Tier
from assessments.models import (
    Answer,
    AnswerEvidence,
    Assessment,
    Snapshot,
    Transition,
    Verification,
)
from assessments.worksheet import Entries, Worksheet, load_worksheet, verified_entries

TIER = Tier.PENDAHULUAN


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything stored about one assessment; mappings go by the question's code."""

    assessment: Assessment
    worksheet: Worksheet
    answers: Mapping[str, Answer]
    evidence: Mapping[str, list[AnswerEvidence]]
    verifications: Mapping[str, Verification]
    snapshots: tuple[Snapshot, ...]
    transitions: tuple[Transition, ...]

    @property
    def own_entries(self) -> Entries:
        return {code: answer.entered for code, answer in self.answers.items()}

    @property
    def counting_entries(self) -> Entries:
        """The satker's answers, and over them what the reviewer entered (decision 10)."""
        rows = self.verifications.items()
        return verified_entries(
            self.own_entries, ((code, row.verdict, row.entered) for code, row in rows)
        )

    @property
    def judged(self) -> int:
        """How many questions have a verdict."""
        return sum(1 for row in self.verifications.values() if row.verdict)


def load_rows(assessment_id: UUID, *, with_verdicts: bool = True) -> Rows:
    """Read an assessment for a report. Raises Assessment.DoesNotExist.

    with_verdicts: False leaves out what the reviewer has entered.
    """
    assessment = Assessment.objects.select_related(
        "satker__verifier", "period", "instrument", "submitted_by", "approved_by"
    ).get(pk=assessment_id)
    worksheet = load_worksheet(assessment.instrument_id)
    by_pk = worksheet.by_pk
    evidence: dict[str, list[AnswerEvidence]] = {}
    for link in AnswerEvidence.objects.filter(assessment=assessment).select_related("file"):
        evidence.setdefault(by_pk[link.question_id].code, []).append(link)
    return Rows(
        assessment=assessment,
        worksheet=worksheet,
        answers={
            by_pk[row.question_id].code: row for row in Answer.objects.filter(assessment=assessment)
        },
        evidence=evidence,
        verifications={
            by_pk[row.question_id].code: row for row in _verifications(assessment, with_verdicts)
        },
        snapshots=tuple(Snapshot.objects.filter(assessment=assessment).select_related("by")),
        transitions=tuple(Transition.objects.filter(assessment=assessment).select_related("by")),
    )


def _verifications(assessment: Assessment, with_verdicts: bool) -> QuerySet[Verification]:
    if not with_verdicts:
        return Verification.objects.none()
    rows = Verification.objects.filter(assessment=assessment, tier=TIER)
    return rows.select_related("saved_by")
