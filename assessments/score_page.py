"""The page "Rincian nilai": which tiers of a score are explained to whom."""

from assessments.enums import Status, Tier
from assessments.models import Assessment, Score
from assessments.score_tree import ScoreView, build_score_tree
from assessments.worksheet import load_entries, load_worksheet


def build_score_view(assessment: Assessment, *, with_reviewed: bool) -> ScoreView:
    """One query; with the reviewers' tiers one more, and two for each that has a score."""
    worksheet = load_worksheet(assessment.instrument_id)
    tiers = [Tier.MANDIRI]
    if with_reviewed:
        scored = set(Score.objects.filter(assessment=assessment).values_list("tier", flat=True))
        tiers += [tier for tier in (Tier.PENDAHULUAN, Tier.TPI) if tier in scored]
    entries = {tier: load_entries(worksheet, assessment.pk, tier) for tier in tiers}
    # Approved is what the reviewer has found; until then the sheet is the satker's.
    decisive = tiers[-1] if assessment.status == Status.APPROVED else Tier.MANDIRI
    return build_score_tree(worksheet, entries, decisive)
