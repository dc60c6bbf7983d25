"""What several views ask: the assessment one may see, the question, the area."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from assessments.cards import Place
from assessments.enums import EDITABLE, Status
from assessments.models import Assessment, AssessmentQuerySet
from assessments.permissions import can_fill, can_read_answers
from assessments.services.turns import deadline_refusal
from assessments.worksheet import QuestionRow, load_worksheet
from common.dates import print_date


def visible_assessment(
    request: HttpRequest, assessment_id: UUID, rows: AssessmentQuerySet | None = None
) -> Assessment:
    """The assessment with its satker and period; 404 where the person may not know of it."""
    rows = Assessment.objects.with_place() if rows is None else rows
    return get_object_or_404(rows.visible_to(request.user), pk=assessment_id)


def readable_assessment(
    request: HttpRequest, assessment_id: UUID, rows: AssessmentQuerySet | None = None
) -> Assessment:
    """As `visible_assessment`, and 403 where answers are not theirs to read (yet)."""
    assessment = visible_assessment(request, assessment_id, rows)
    if not can_read_answers(request.user, assessment):
        raise PermissionDenied
    return assessment


def question_or_404(assessment: Assessment, code: str) -> QuestionRow:
    question = load_worksheet(assessment.instrument_id).by_code.get(code)
    if question is None:
        raise Http404
    return question


def place_of(request: HttpRequest, assessment: Assessment, csrf: str = "") -> Place:
    base = reverse("assessments:detail", args=[assessment.pk])
    return Place(base=base, csrf=csrf, zone=assessment.satker.zone)


def lock_of(request: HttpRequest, assessment: Assessment) -> str | None:
    """None while this person may fill in; else why not, "" where it needs no saying."""
    if not can_fill(request.user, assessment):
        return ""
    if assessment.status == Status.APPROVED:
        return f"Disetujui {print_date(assessment.approved_at, assessment.satker.zone)}"
    if assessment.status not in EDITABLE:
        return f"Dikirim {print_date(assessment.submitted_at, assessment.satker.zone)}"
    return deadline_refusal(assessment, timezone.now()) or None
