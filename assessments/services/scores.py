"""The one writer of stored scores."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from django.utils import timezone

import scoring
from assessments.enums import Tier
from assessments.models import Assessment, Score, Verification
from assessments.worksheet import HASIL, Worksheet, load_entries, load_worksheet
from common.statements import update_rows

AREAS = range(1, 7)


def refresh_score(
    assessment: Assessment,
    tier: Tier,
    entries: Mapping[str, Mapping[str, str]] | None = None,
    *,
    verified: int | None = None,
) -> scoring.Evaluation:
    """Score what is stored at a tier and keep the result; returns the full evaluation.

    entries: where the caller has just read them (`worksheet.load_entries`); verified: how many
    questions have a verdict, likewise. The caller holds the lock on the assessment.
    """
    worksheet = load_worksheet(assessment.instrument_id)
    if entries is None:
        entries = load_entries(worksheet, assessment.pk, tier)
    evaluation = worksheet.evaluate(entries)
    fields = score_fields(worksheet, evaluation)
    if tier != Tier.MANDIRI:
        fields["verified"] = _judged(assessment, tier) if verified is None else verified
    store_score(assessment, tier, fields)
    return evaluation


def store_score(assessment: Assessment, tier: Tier, fields: Mapping[str, object]) -> None:
    """Keep the score of a tier. fields: `score_fields` of what stands in this transaction."""
    fields = {**fields, "refreshed_at": timezone.now()}
    if not update_rows(Score, {"assessment_id": assessment.pk, "tier": tier}, fields):
        Score.objects.create(assessment=assessment, tier=tier, **fields)


def _judged(assessment: Assessment, tier: Tier) -> int:
    return Verification.objects.filter(assessment=assessment, tier=tier).exclude(verdict="").count()


def score_fields(worksheet: Worksheet, evaluation: scoring.Evaluation) -> dict[str, object]:
    """The columns of a Score for an evaluation; points with 12 places,
    never rounded up to a floor they lie under."""
    components = {node.role: node.code for node in worksheet.sheet.components}

    def points(code: str | None) -> Fraction:
        return evaluation.nodes[code].points if code else Fraction(0)

    def stored(points: Fraction, what: str) -> Decimal:
        return scoring.to_decimal(points, evaluation.floors_of(what))

    fields: dict[str, object] = {
        "total": stored(evaluation.total, "total"),
        "pengungkit": stored(points(components.get("pengungkit")), "pengungkit"),
        "hasil": stored(points(components.get(HASIL)), HASIL),
        "answered": evaluation.answered,
        "questions": evaluation.questions,
        "wbk_shortfalls": len(evaluation.verdicts["WBK"].shortfalls),
        "wbbm_shortfalls": len(evaluation.verdicts["WBBM"].shortfalls),
    }
    for number in AREAS:
        area = evaluation.areas.get(number)
        what = f"area{number}"
        fields[what] = stored(area.points if area else Fraction(0), what)
    return fields
