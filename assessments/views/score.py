"""The score explained."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.permissions import can_read_verdicts
from assessments.score_page import build_score_view
from assessments.views.common import readable_assessment


@require_safe
def score(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """From the total down to each answer: weight, points, and the arithmetic."""
    assessment = readable_assessment(request, assessment_id)
    with_reviewed = assessment.submitted_at is not None and can_read_verdicts(
        request.user, assessment
    )
    return render(
        request,
        "assessments/score.html",
        {
            "assessment": assessment,
            "view": build_score_view(assessment, with_reviewed=with_reviewed),
            "with_reviewed": with_reviewed,
        },
    )
