"""What the check before sending finds, and reasons for its warnings."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assessments.enums import EDITABLE, FindingKind
from assessments.findings_forms import FindingsForm, ReasonForm
from assessments.findings_page import RefusedReason, build_findings_page, findings_url
from assessments.models import REASON_LENGTH, Assessment
from assessments.permissions import can_explain, can_submit, can_work_in_team
from assessments.services.finding_reasons import give_reason
from assessments.services.turns import deadline_refusal
from assessments.views.common import readable_assessment
from assessments.worksheet import load_worksheet
from common.errors import DomainError


@require_http_methods(["GET", "HEAD", "POST"])
def findings(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """Errors and warnings with links; a POST gives warnings a reason."""
    assessment = readable_assessment(request, assessment_id)
    if request.method != "POST":
        return _page(request, assessment)
    if not can_explain(request.user, assessment):
        raise PermissionDenied
    worksheet = load_worksheet(assessment.instrument_id)
    form = ReasonForm(request.POST, codes=worksheet.by_code)
    if not form.is_valid():
        return _page(request, assessment, _refused(request, form.first_error))
    try:
        count = give_reason(
            assessment=assessment,
            kind=FindingKind(form.cleaned_data["kind"]),
            codes=form.cleaned_data["codes"],
            reason=form.cleaned_data["reason"],
            by=request.user,
        )
    except DomainError as refusal:
        return _page(request, assessment, _refused(request, str(refusal)))
    messages.success(request, f"Alasan tersimpan untuk {count} peringatan.")
    chosen = _filter(request, assessment).chosen
    # The form was sent to its group; what is told now stands at the top.
    return HttpResponseRedirect(f"{findings_url(assessment, **chosen)}#isi", status=303)


def _filter(request: HttpRequest, assessment: Assessment) -> FindingsForm:
    return FindingsForm(request.GET, areas=load_worksheet(assessment.instrument_id).areas)


def _refused(request: HttpRequest, message: str) -> RefusedReason:
    return RefusedReason(
        kind=request.POST.get("kind", ""),
        codes=frozenset(request.POST.getlist("codes")),
        text=request.POST.get("reason", ""),
        message=message,
    )


def _page(
    request: HttpRequest, assessment: Assessment, refused: RefusedReason | None = None
) -> HttpResponse:
    form = _filter(request, assessment)
    checks = can_work_in_team(request.user, assessment)
    page = build_findings_page(assessment, form.chosen, refused, checks=checks)
    is_open = assessment.status in EDITABLE
    closed = deadline_refusal(assessment, timezone.now()) if is_open else ""
    told = refused is not None and not any(group.problem for group in page.groups)
    return render(
        request,
        "assessments/findings.html",
        {
            "assessment": assessment,
            "page": page,
            "form": form,
            "filtered": any(form.chosen.values()),
            "here": findings_url(assessment, **form.chosen),
            "everything": findings_url(assessment),
            "problem": refused.message if refused and told else "",
            "closed": closed,
            "is_open": is_open,
            "can_explain": can_explain(request.user, assessment) and not closed,
            "can_submit": can_submit(request.user, assessment),
            "reason_length": REASON_LENGTH,
            "now": timezone.now(),
            "zone": assessment.satker.zone,
        },
        status=200 if refused is None else 422,
    )
