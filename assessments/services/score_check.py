"""Are the stored scores those that the stored answers come to?"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

import scoring
from assessments.enums import Tier
from assessments.models import Answer, Assessment, Score, Verification
from assessments.services.scores import score_fields
from assessments.worksheet import Entries, Worksheet, load_worksheet, verified_entries

_ASSESSMENTS_AT_ONCE = 200

Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored score that is not the computed one, field by field (stored, computed).

    Of a score that should be there and is not, or the other way round, one side is None
    throughout. fault: why the answers cannot be scored at all, else "".
    """

    satker: str
    year: int
    tier: str
    fields: Mapping[str, tuple[object, object]]
    fault: str = ""


@dataclass(slots=True)
class Count:
    assessments: int = 0
    scores: int = 0


@dataclass(slots=True)
class _Content:
    """What one assessment's scores follow from, and the scores."""

    worksheet: Worksheet
    answers: Entries
    judged: dict[str, list[tuple[str, str, Mapping[str, str]]]]  # as `verified_entries` takes it
    stored: dict[str, Fields]


def find_differences(count: Count) -> Iterator[Difference]:
    """Every stored score that differs, in memory that does not grow; `count` is kept up.

    Users may go on saving meanwhile: what seems to differ is looked at again under the
    assessment's lock.
    """
    last: UUID | None = None
    while True:
        rows = Assessment.objects.order_by("pk").select_related("satker", "period")
        page = list((rows.filter(pk__gt=last) if last else rows)[:_ASSESSMENTS_AT_ONCE])
        if not page:
            return
        contents = _load(page)
        for assessment in page:
            content = contents[assessment.pk]
            count.assessments += 1
            count.scores += len(content.stored)
            if any(_compare(assessment, content)):
                yield from _compare_locked(assessment)
        last = page[-1].pk


def _compare_locked(assessment: Assessment) -> list[Difference]:
    with transaction.atomic():
        locked = Assessment.objects.locked().select_related("satker", "period")
        assessment = locked.get(pk=assessment.pk)
        return list(_compare(assessment, _load([assessment])[assessment.pk]))


def _load(page: list[Assessment]) -> dict[UUID, _Content]:
    """Three queries for all of them."""
    contents = {
        assessment.pk: _Content(load_worksheet(assessment.instrument_id), {}, defaultdict(list), {})
        for assessment in page
    }
    answers = Answer.objects.filter(assessment__in=contents)
    for key, question, entered in answers.values_list("assessment_id", "question_id", "entered"):
        content = contents[key]
        content.answers[_code(content.worksheet, question)] = entered
    verifications = Verification.objects.filter(assessment__in=contents)
    for key, tier, question, verdict, entered in verifications.values_list(
        "assessment_id", "tier", "question_id", "verdict", "entered"
    ):
        content = contents[key]
        content.judged[tier].append((_code(content.worksheet, question), verdict, entered))
    for score in Score.objects.filter(assessment__in=contents):
        contents[score.assessment_id].stored[score.tier] = {
            field.name: getattr(score, field.name)
            for field in Score._meta.concrete_fields
            if field.name not in {"id", "assessment", "tier", "refreshed_at"}
        }
    return contents


def _code(worksheet: Worksheet, question: int) -> str:
    """The question's code; of one that stands in another instrument, something to name it by."""
    row = worksheet.by_pk.get(question)
    return row.code if row else f"pertanyaan nomor {question}"


def _compare(assessment: Assessment, content: _Content) -> Iterator[Difference]:
    place = assessment.satker.code, assessment.period.year
    for tier in sorted({Tier.MANDIRI.value, *content.judged, *content.stored}):
        judged = content.judged.get(tier, [])
        entries = verified_entries(content.answers, judged)
        try:
            evaluation = content.worksheet.evaluate(entries)
        except (scoring.EntryError, ValueError) as error:
            yield Difference(*place, tier, {}, str(error))
            continue
        computed = score_fields(content.worksheet, evaluation)
        computed["verified"] = sum(bool(verdict) for _, verdict, _ in judged)
        stored = content.stored.get(tier, {})
        fields = {
            name: (stored.get(name), computed.get(name))
            for name in computed.keys() | stored.keys()
            if stored.get(name) != computed.get(name)
        }
        if fields:
            yield Difference(*place, tier, fields)
