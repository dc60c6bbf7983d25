"""Both tiers of one assessment side by side: what the satker entered, what the reviewer judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from assessments.enums import Tier
from assessments.models import Verification
from assessments.worksheet import Entries, QuestionRow, Worksheet, load_entries, verified_entries


@dataclass(frozen=True, slots=True)
class Judgement:
    """entered: the reviewer's own answer; {} where the satker's is taken over."""

    verdict: str
    entered: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Review:
    """own: the satker's entries by code. judged: the questions that have a verdict, by code."""

    worksheet: Worksheet
    own: Entries
    judged: Mapping[str, Judgement]

    @property
    def verified(self) -> Entries:
        """What counts after the review: where nothing is lowered, the satker's (decision 10)."""
        return verified_entries(
            self.own, ((code, each.verdict, each.entered) for code, each in self.judged.items())
        )

    @property
    def checked(self) -> int:
        return len(self.judged)

    @property
    def remaining(self) -> int:
        return len(self.worksheet.questions) - self.checked

    def verdict_of(self, question: QuestionRow) -> str:
        """The verdict; "" while there is none."""
        judgement = self.judged.get(question.code)
        return "" if judgement is None else judgement.verdict

    def next_open(self, question: QuestionRow | None = None) -> QuestionRow | None:
        """The first question without a verdict after this one, round the end of the sheet to
        the one before it; None when all have one."""
        questions = self.worksheet.questions
        start = 0 if question is None else question.position + 1
        round_trip = questions[start:] + questions[:start]
        return next((each for each in round_trip if each.code not in self.judged), None)

    def with_verdict(
        self, question: QuestionRow, verdict: str, entered: Mapping[str, str]
    ) -> "Review":
        """As it stands once this verdict is stored."""
        return Review(
            self.worksheet,
            self.own,
            {**self.judged, question.code: Judgement(verdict, entered)},
        )


@dataclass(frozen=True, slots=True)
class ReviewScores:
    """The figures of both tiers; verified and difference are None before the first verdict.

    floors: what the totals must never be printed as while they lie under them.
    """

    checked: int
    questions: int
    own: Fraction
    verified: Fraction | None
    difference: Fraction | None
    floors: tuple[Fraction, ...]

    @property
    def complete(self) -> bool:
        return self.checked == self.questions


def load_review(worksheet: Worksheet, assessment_id: UUID) -> Review:
    """Two queries."""
    judged = Verification.objects.filter(
        assessment_id=assessment_id, tier=Tier.PENDAHULUAN
    ).exclude(verdict="")
    return Review(
        worksheet=worksheet,
        own=load_entries(worksheet, assessment_id, Tier.MANDIRI),
        judged={
            worksheet.by_pk[question_id].code: Judgement(verdict, entered)
            for question_id, verdict, entered in judged.values_list(
                "question_id", "verdict", "entered"
            )
        },
    )


def build_scores(review: Review) -> ReviewScores:
    own = review.worksheet.evaluate(review.own)
    verified = review.worksheet.evaluate(review.verified).total if review.checked else None
    return ReviewScores(
        checked=review.checked,
        questions=len(review.worksheet.questions),
        own=own.total,
        verified=verified,
        difference=None if verified is None else verified - own.total,
        floors=own.floors_of("total"),
    )
