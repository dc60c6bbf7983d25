"""Which satker a person's recap lists, and their figures: queries whose number is fixed.

Rows are satker, whether they have opened an assessment or not; what is shown of an assessment
comes from `Assessment.objects.visible_to`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import (
    Avg,
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from accounts.models import Role, User
from assessments.enums import Status, Tier
from assessments.models import Assessment, AssessmentQuerySet, Period, Score
from assessments.permissions import can_read_verdicts
from reports.filters import NOT_STARTED, Filters
from satker.models import Satker, SatkerKind, SatkerQuerySet

ORDER_OF_LIFE: Final = (
    Status.DRAFT,
    Status.RETURNED,
    Status.SUBMITTED,
    Status.IN_REVIEW,
    Status.APPROVED,
)


@dataclass(frozen=True, slots=True)
class RecapRow:
    """One satker; assessment None: not begun. verified: None until somebody has judged, and for
    who may not read verdicts yet."""

    satker: Satker
    assessment: Assessment | None
    own: Score | None
    verified: Score | None

    @property
    def counting(self) -> Score | None:
        """The verified score where there is one, else the satker's."""
        return self.verified or self.own

    @property
    def difference(self) -> Decimal | None:
        if self.verified is None or self.own is None:
            return None
        return self.verified.total - self.own.total


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over what was sent, and over what was approved; None without any."""

    sent: int
    own: Decimal | None
    approved: int
    verified: Decimal | None
    difference: Decimal | None
    meeting_wbk: int
    started: int


class Recap:
    """The satker in a person's sight in one period, filtered."""

    def __init__(self, user: User, period: Period, filters: Filters) -> None:
        self.filters = filters
        self.user = user
        self.assessments: AssessmentQuerySet = Assessment.objects.visible_to(user).filter(
            period=period
        )
        # What is asked of a satker's assessment while satker are selected and put in order.
        self._own = self.assessments.filter(satker=OuterRef("pk"))
        self.in_sight = satker_in_sight(user, self._own)

    def before_status(self) -> SatkerQuerySet:
        """The satker that fit all filters but the status: what the stages are counted over."""
        asked = self.filters
        satker = self.in_sight
        if asked.kind:
            satker = satker.filter(kind=asked.kind)
        if asked.province:
            satker = satker.filter(province_code=asked.province)
        if asked.text:
            satker = satker.filter(Q(name__icontains=asked.text) | Q(code__icontains=asked.text))
        if asked.target:
            satker = satker.filter(Exists(self._own.filter(target=asked.target)))
        return satker

    def satker(self) -> SatkerQuerySet:
        """The satker listed, in the order asked for; without a figure stands last."""
        satker = self.before_status()
        if self.filters.status == NOT_STARTED:
            satker = satker.filter(~Exists(self._own))
        elif self.filters.status:
            satker = satker.filter(Exists(self._own.filter(status=self.filters.status)))
        return self._ordered(satker)

    def rows(self, satker: Iterable[Satker]) -> list[RecapRow]:
        """The satker with what the person may know of them. Two queries."""
        satker = list(satker)
        found = (
            self.assessments.filter(satker__in=satker) if len(satker) < 500 else self.assessments
        )
        by_satker = {each.satker_id: each for each in found}
        scores: dict[tuple[object, str], Score] = {}
        for score in Score.objects.filter(assessment__in=found):
            scores[score.assessment_id, score.tier] = score
        rows = []
        for each in satker:
            assessment = by_satker.get(each.pk)
            if assessment is None:
                rows.append(RecapRow(each, None, None, None))
                continue
            assessment.satker = each
            verified = scores.get((assessment.pk, Tier.PENDAHULUAN))
            if not can_read_verdicts(self.user, assessment):
                verified = None
            rows.append(
                RecapRow(
                    each,
                    assessment,
                    scores.get((assessment.pk, Tier.MANDIRI)),
                    verified if verified and verified.verified else None,
                )
            )
        return rows

    def stages(self) -> dict[str, int]:
        """How many satker stand at each status; `NOT_STARTED` for those without assessment."""
        satker = self.before_status()
        counts: dict[str, int] = dict.fromkeys(Status.values, 0)
        found = self.assessments.filter(satker__in=satker)
        counts |= dict(
            found.order_by()
            .values_list("status")
            .annotate(count=Count("pk"))
            .values_list("status", "count")
        )
        counts[NOT_STARTED] = satker.count() - sum(counts.values())
        return counts

    def figures(self) -> Figures:
        """Means and counts over the satker listed. One query."""
        listed = self.assessments.filter(satker__in=self.satker().order_by())
        judged = Score.objects.filter(
            assessment=OuterRef("assessment"), tier=Tier.PENDAHULUAN, verified__gt=0
        )
        own, verified = Q(tier=Tier.MANDIRI), Q(tier=Tier.PENDAHULUAN)
        sent = ~Q(assessment__status=Status.DRAFT)
        approved = Q(assessment__status=Status.APPROVED)
        counting = (verified & Q(verified__gt=0)) | (own & ~Exists(judged))
        found = Score.objects.filter(assessment__in=listed).aggregate(
            started=Count("pk", filter=own),
            sent=Count("pk", filter=own & sent),
            own_of_sent=Avg("total", filter=own & sent),
            approved=Count("pk", filter=own & approved),
            own_of_approved=Avg("total", filter=own & approved),
            verified_of_approved=Avg("total", filter=verified & approved),
            meeting_wbk=Count("pk", filter=counting & Q(wbk_shortfalls=0)),
        )
        before, after = found["own_of_approved"], found["verified_of_approved"]
        return Figures(
            started=found["started"],
            sent=found["sent"],
            own=found["own_of_sent"],
            approved=found["approved"],
            verified=after,
            difference=None if before is None or after is None else after - before,
            meeting_wbk=found["meeting_wbk"],
        )

    def _ordered(self, satker: SatkerQuerySet) -> SatkerQuerySet:
        key = self.filters.sort.removeprefix("-") or "satker"
        expression = self._sort_expression(key)
        if self.filters.sort.startswith("-"):
            return satker.order_by(expression.desc(nulls_last=True), "path")
        return satker.order_by(expression.asc(nulls_last=True), "path")

    def _sort_expression(self, key: str) -> F | Subquery | Coalesce:
        match key:
            case "status":
                rank = Case(
                    *(When(status=status, then=Value(i)) for i, status in enumerate(ORDER_OF_LIFE)),
                    output_field=IntegerField(),
                )
                return Subquery(self._own.annotate(rank=rank).values("rank")[:1])
            case "terjawab":
                return self._score(Tier.MANDIRI, F("answered"))
            case "mandiri":
                return self._score(Tier.MANDIRI, F("total"))
            case "verifikasi":
                return self._score(Tier.PENDAHULUAN, F("total"))
            case "selisih":
                own = Score.objects.filter(assessment=OuterRef("assessment"), tier=Tier.MANDIRI)
                difference = F("total") - Subquery(own.values("total")[:1])
                return self._score(Tier.PENDAHULUAN, difference)
            case "syarat":
                missing = F("wbk_shortfalls") * 100 + F("wbbm_shortfalls")
                return Coalesce(
                    self._score(Tier.PENDAHULUAN, missing), self._score(Tier.MANDIRI, missing)
                )
        return F("name")

    def _score(self, tier: Tier, figure: object) -> Subquery:
        """A figure of the satker's score at a tier; none before anybody has judged."""
        scores = Score.objects.filter(
            assessment__in=self.assessments, assessment__satker=OuterRef("pk"), tier=tier
        )
        if tier != Tier.MANDIRI:
            scores = scores.filter(verified__gt=0)
        return Subquery(scores.annotate(figure=figure).values("figure")[:1])


def scope_of(user: User) -> SatkerQuerySet:
    """The satker a person answers for or looks after; the centre fills no sheet."""
    satker = Satker.objects.exclude(kind=SatkerKind.PUSAT)
    match user.role:
        case Role.OPERATOR | Role.PIMPINAN:
            return satker.filter(pk=user.satker_id)
        case Role.VERIFIKATOR | Role.KETUA:
            return satker.filter(verifier_id=user.satker_id)
        case Role.PEMANTAU:
            return satker.under(user.satker)
        case Role.ADMIN_PUSAT | Role.TPI:
            return satker
    return satker.none()


def satker_in_sight(user: User, own: QuerySet[Assessment]) -> SatkerQuerySet:
    """The satker to list; `own`: the visible assessment of the outer satker.

    A closed satker is listed while it has one. Whoever sees assessments only from approval on
    (TPI) learns nothing about satker without one: they may well have begun.
    """
    if user.role == Role.TPI:
        return scope_of(user).filter(Exists(own))
    return scope_of(user).filter(Q(active=True) | Q(Exists(own)))


def choices_for(user: User) -> tuple[set[str], set[str]]:
    """The kinds and the provinces among the satker of a person's scope. One query."""
    pairs = list(scope_of(user).order_by().values_list("kind", "province_code").distinct())
    return {kind for kind, _ in pairs}, {province for _, province in pairs if province}
