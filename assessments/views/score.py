"""The score explained, and the way from there to a predikat."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.forms import WayForm
from assessments.models import Assessment
from assessments.permissions import can_read_verdicts
from assessments.score_page import build_score_view
from assessments.views.common import readable_assessment
from assessments.way_page import Wish, build_way
from assessments.worksheet import Worksheet, load_worksheet


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
        },
    )


@require_safe
def way(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """The smallest set of improvements that meets all floors at once."""
    assessment = readable_assessment(request, assessment_id)
    worksheet = load_worksheet(assessment.instrument_id)
    wish, refused = asked_way(request, assessment, worksheet)
    return render(
        request,
        "assessments/way.html",
        {
            "assessment": assessment,
            "wish": wish,
            "view": build_way(assessment, wish),
            "worksheet": worksheet,
            "objectives": WayForm.base_fields["tujuan"].choices,
            "areas": range(1, 7),
            "refused": refused,
        },
    )


def asked_way(
    request: HttpRequest, assessment: Assessment, worksheet: Worksheet
) -> tuple[Wish, bool]:
    """The wish in the address, and whether some of it made no sense and was left out."""
    form = WayForm(request.GET, codes=list(worksheet.by_code))
    asked = form.cleaned_data if form.is_valid() else {}
    wish = Wish(
        predikat=asked.get("predikat") or assessment.target,
        objective=asked.get("tujuan") or "soal",
        area=asked.get("area") or 0,
        pinned=frozenset(asked.get("tetap") or ()),
    )
    return wish, not form.is_valid()
