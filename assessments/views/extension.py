"""More time for one satker."""

from datetime import datetime, time
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from assessments.errors import TransitionRefused
from assessments.forms import ExtensionForm
from assessments.permissions import can_extend
from assessments.services.extensions import extend
from assessments.views.common import visible_assessment
from common.dates import ZONES, print_moment

END_OF_DAY = time(23, 59, 59)


@require_http_methods(["GET", "HEAD", "POST"])
def extend_deadline(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    assessment = visible_assessment(request, assessment_id)
    if not can_extend(request.user, assessment):
        raise PermissionDenied
    form = ExtensionForm(request.POST if request.method == "POST" else None)
    zone = assessment.satker.zone
    if form.is_valid():
        until = datetime.combine(form.cleaned_data["sampai"], END_OF_DAY, ZONES[zone])
        reason = form.cleaned_data["reason"]
        try:
            extend(assessment=assessment, until=until, reason=reason, by=request.user)
        except TransitionRefused as refusal:
            form.add_error("sampai", str(refusal))
        else:
            messages.success(request, f"Waktu diperpanjang sampai {print_moment(until, zone)}.")
            return redirect("assessments:detail", assessment.pk)
    return render(
        request,
        "assessments/extend.html",
        {"assessment": assessment, "form": form, "zone": zone},
        status=422 if form.errors else 200,
    )
