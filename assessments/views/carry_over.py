"""Last year's answers: what carrying them over would do, and doing it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from assessments.carry_page import build_carry_page
from assessments.errors import AssessmentLocked, CarryRefused
from assessments.models import Assessment
from assessments.permissions import can_fill
from assessments.services.carry_over import build_plan
from assessments.services.carry_over import carry_over as carry
from assessments.views.common import lock_of, visible_assessment
from common.errors import DomainError


@require_http_methods(["GET", "HEAD", "POST"])
def carry_over(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """Preview of what last year's answers would fill; a POST stores all of it or nothing."""
    assessment = visible_assessment(request, assessment_id)
    if not can_fill(request.user, assessment):
        raise PermissionDenied
    if request.method == "POST":
        return _carry(request, assessment)
    if lock := lock_of(request, assessment):
        return _page(request, assessment, lock=lock)
    try:
        page = build_carry_page(assessment, build_plan(assessment))
    except CarryRefused as refusal:
        return _page(request, assessment, refusal=refusal)
    return _page(request, assessment, page=page)


def _carry(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    rows = Assessment.objects.locked().select_related("satker", "period")
    try:
        with transaction.atomic():
            carried = carry(assessment=rows.get(pk=assessment.pk), by=request.user)
    except AssessmentLocked as refusal:
        return _page(request, assessment, 403, lock=str(refusal))
    except DomainError as refusal:
        return _page(request, assessment, 422, refusal=refusal)
    if carried.answers:
        messages.success(
            request,
            f"{carried.answers} jawaban dan {carried.files} lampiran dibawa dari {carried.year}. "
            "Periksa, lalu konfirmasi satu per satu.",
        )
    else:
        messages.info(request, "Tidak ada jawaban yang dibawa: semuanya sudah diisi tahun ini.")
    return redirect("assessments:detail", assessment.pk)


def _page(
    request: HttpRequest,
    assessment: Assessment,
    status: int = 200,
    *,
    page: object = None,
    lock: str = "",
    refusal: DomainError | None = None,
) -> HttpResponse:
    context = {"assessment": assessment, "page": page, "lock": lock, "refusal": refusal}
    return render(request, "assessments/carry_over.html", context, status=status)
