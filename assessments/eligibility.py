"""Whether a satker may be proposed: the floors and the prerequisites together (decisions 5, 36)."""

from dataclasses import dataclass
from datetime import date

from assessments.enums import Status, Tier
from assessments.models import Assessment, Period
from assessments.standing import FloorLine, Standing, build_standing
from assessments.worksheet import Worksheet, load_entries, load_worksheet
from common.dates import local
from prerequisites.models import PredikatGrant, PrerequisiteValue
from prerequisites.rules import Check, Level, State, check_prerequisites
from scoring import print_gap


@dataclass(frozen=True, slots=True)
class Eligibility:
    """predikat: for which. on: the day the prerequisites are compared on. standing: the score
    that counts. values, grants: what stands in the register."""

    predikat: str
    on: date
    reviewed: bool
    standing: Standing
    checks: tuple[Check, ...]
    values: tuple[PrerequisiteValue, ...]
    grants: tuple[PredikatGrant, ...]

    @property
    def floors_met(self) -> bool:
        """On a complete sheet: an interim score promises nothing."""
        return self.standing.complete and not self.standing.short

    @property
    def unmet(self) -> tuple[Check, ...]:
        """What is entered and does not suffice, then what is not entered."""
        return tuple(
            check
            for state in (State.UNMET, State.UNKNOWN)
            for check in self.checks
            if check.state == state
        )

    @property
    def prerequisites_met(self) -> bool:
        return not self.unmet

    @property
    def eligible(self) -> bool:
        return self.floors_met and self.prerequisites_met

    @property
    def met_count(self) -> int:
        return len(self.checks) - len(self.unmet)

    @property
    def short_floors(self) -> tuple[tuple[FloorLine, str], ...]:
        """Each unmet floor with its printed gap, never "0,00"."""
        return tuple((line, print_gap(line.required, line.actual)) for line in self.standing.short)

    @property
    def levels(self) -> tuple[tuple[str, tuple[Check, ...]], ...]:
        """("Tingkat satker", its checks), the unmet ones first."""
        titles = {Level.UNIT: "Tingkat satker", Level.INSTITUTION: "Tingkat kementerian"}
        ordered = sorted(self.checks, key=lambda check: check.met)
        return tuple(
            (title, rows)
            for level, title in titles.items()
            if (rows := tuple(check for check in ordered if check.level == level))
        )


def proposal_day(period: Period) -> date:
    """The day of the period's review deadline in WIB: no proposal leaves before it
    (decision 36)."""
    return local(period.review_until).date()


def counted_standing(
    assessment: Assessment, own: Standing, reviewed: Standing | None
) -> tuple[Standing, bool]:
    """The reviewer's score once it is approved, the satker's own before; and which it is."""
    if assessment.status == Status.APPROVED and reviewed is not None:
        return reviewed, True
    return own, False


def load_standing(assessment: Assessment, predikat: str) -> tuple[Standing, bool]:
    """The score that counts against the floors of a predikat, from the stored entries."""
    worksheet = load_worksheet(assessment.instrument_id)
    own = _standing(worksheet, assessment, Tier.MANDIRI, predikat)
    if assessment.status != Status.APPROVED:
        return own, False
    return _standing(worksheet, assessment, Tier.PENDAHULUAN, predikat), True


def build_eligibility(assessment: Assessment, counted: tuple[Standing, bool]) -> Eligibility:
    """For the predikat of the standing, in two queries."""
    standing, reviewed = counted
    year, satker = assessment.period.year, assessment.satker
    values = tuple(
        PrerequisiteValue.objects.that_count_for(satker, year).select_related("saved_by")
    )
    grants = tuple(PredikatGrant.objects.filter(satker=satker).select_related("saved_by"))
    on = proposal_day(assessment.period)
    return Eligibility(
        predikat=standing.target,
        on=on,
        reviewed=reviewed,
        standing=standing,
        checks=check_prerequisites(
            predikat=standing.target,
            year=year,
            on=on,
            values={row.code: row.value for row in values},
            grants=grants,
            requires=_required(load_worksheet(assessment.instrument_id), standing.target),
        ),
        values=values,
        grants=grants,
    )


def _standing(worksheet: Worksheet, assessment: Assessment, tier: Tier, predikat: str) -> Standing:
    entries = load_entries(worksheet, assessment.pk, tier)
    return build_standing(worksheet, worksheet.evaluate(entries), predikat)


def _required(worksheet: Worksheet, predikat: str) -> str | None:
    """The predikat that the instrument's own rule asks to be held."""
    return next(each.requires for each in worksheet.rules.predikat if each.code == predikat)
