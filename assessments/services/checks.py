"""What stands in the way of a submission or an approval, question by question."""

from dataclasses import dataclass
from enum import StrEnum

import scoring
from assessments.enums import Tier
from assessments.models import AnswerEvidence, Assessment, Verification
from assessments.worksheet import Entries, QuestionRow, load_answers, load_worksheet


class Missing(StrEnum):
    ANSWER = "answer"
    EVIDENCE = "evidence"
    CONFIRMATION = "confirmation"
    VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class Finding:
    missing: Missing
    question: QuestionRow


def submission_findings(
    assessment: Assessment,
    *,
    answers: tuple[Entries, frozenset[int]] | None = None,
    with_evidence: frozenset[int] | None = None,
) -> tuple[Finding, ...]:
    """Open questions, answers above 0 without the evidence they need (decision 9), and answers
    carried over that nobody has confirmed (decision 38).

    answers (`worksheet.load_answers`), with_evidence (keys of questions that have a file): where
    just read by the caller.
    """
    worksheet = load_worksheet(assessment.instrument_id)
    entries, carried = answers or load_answers(worksheet, assessment.pk)
    if with_evidence is None:
        with_evidence = questions_with_evidence(assessment)
    findings = []
    for question in worksheet.questions:
        value = scoring.value_of(worksheet.item(question.code), entries.get(question.code, {}))
        if value is None:
            findings.append(Finding(Missing.ANSWER, question))
        elif value > 0 and question.evidence_required and question.pk not in with_evidence:
            findings.append(Finding(Missing.EVIDENCE, question))
        if question.pk in carried:
            findings.append(Finding(Missing.CONFIRMATION, question))
    return tuple(findings)


def approval_findings(assessment: Assessment) -> tuple[Finding, ...]:
    """Questions without a verdict (decision 10)."""
    worksheet = load_worksheet(assessment.instrument_id)
    judged = frozenset(
        Verification.objects.filter(assessment=assessment, tier=Tier.PENDAHULUAN)
        .exclude(verdict="")
        .values_list("question_id", flat=True)
    )
    return tuple(
        Finding(Missing.VERDICT, question)
        for question in worksheet.questions
        if question.pk not in judged
    )


def questions_with_evidence(assessment: Assessment) -> frozenset[int]:
    return frozenset(
        AnswerEvidence.objects.filter(assessment=assessment).values_list("question_id", flat=True)
    )
