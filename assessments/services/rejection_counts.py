"""Counting the reasons for rejection of all satker together (decision 46)."""

from itertools import chain

from django.db import transaction
from django.db.models import F, Max, Q

from assessments.enums import Status, Tier
from assessments.models import FEWEST_SATKER, Period, RejectionCount, VerificationChange

YEARS = 2
_AT_ONCE = 2000


@transaction.atomic
def count_rejections() -> int:
    """Count anew, over the two latest years; returns how many counts are stored.

    A satker counts once for a reason on a question, however often it was given. Only verdicts
    that were given back to the satker, by a return or an approval, and of each round the last.
    """
    last = Period.objects.aggregate(last=Max("year"))["last"]
    RejectionCount.objects.all().delete()
    if last is None:
        return 0
    satker, years = _given(last - YEARS + 1)
    rows = [
        RejectionCount(
            instrument_code=instrument,
            question_code=question,
            reason=reason,
            satker=len(who),
            first_year=min(years[instrument]),
            last_year=max(years[instrument]),
        )
        for (instrument, question, reason), who in sorted(satker.items())
        if len(who) >= FEWEST_SATKER
    ]
    RejectionCount.objects.bulk_create(rows)
    return len(rows)


def _given(
    first_year: int,
) -> tuple[dict[tuple[str, str, str], set[int]], dict[str, set[int]]]:
    """Satker by instrument, question and reason; and the years that were counted, by instrument."""
    given_back = Q(verification__assessment__status__in=[Status.RETURNED, Status.APPROVED])
    earlier_round = Q(round__lt=F("verification__assessment__round"))
    rows = (
        VerificationChange.objects.filter(given_back | earlier_round)
        .filter(
            verification__tier=Tier.PENDAHULUAN,
            verification__assessment__period__year__gte=first_year,
        )
        .order_by("verification_id", "version")
        .values_list(
            "verification_id",
            "round",
            "reason",
            "verification__assessment__satker_id",
            "verification__assessment__period__year",
            "verification__question__code",
            "verification__assessment__instrument__code",
        )
    )
    satker: dict[tuple[str, str, str], set[int]] = {}
    years: dict[str, set[int]] = {}
    before: tuple | None = None
    for row in chain(rows.iterator(chunk_size=_AT_ONCE), [None]):
        if before is not None and (row is None or row[:2] != before[:2]):
            _, _, reason, who, year, question, instrument = before
            years.setdefault(instrument, set()).add(year)
            if reason:
                satker.setdefault((instrument, question, reason), set()).add(who)
        before = row
    return satker, years
