"""Submit, receipt, return, approve."""

import json
from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.enums import EDITABLE, Action
from assessments.errors import TransitionRefused
from assessments.forms import ReturnForm, SubmitForm
from assessments.models import REASON_LENGTH, Assessment
from assessments.overview import build_overview, build_todos
from assessments.permissions import can_review, can_submit, can_verify
from assessments.repair_progress import unchanged_repairs
from assessments.services import lifecycle
from assessments.services.checks import approval_findings
from assessments.services.steps import was_last_step
from assessments.services.turns import deadline_refusal, marked_questions
from assessments.views.common import readable_assessment, visible_assessment
from assessments.worksheet import load_worksheet
from common.errors import DomainError


@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """The head checks, states responsibility, and sends."""
    assessment = readable_assessment(request, assessment_id)
    if request.method == "POST":
        if was_last_step(assessment, Action.SUBMIT, request.user):
            return redirect("assessments:receipt", assessment.pk)
        if not can_submit(request.user, assessment):
            raise PermissionDenied
        form = SubmitForm(request.POST)
        if form.is_valid():
            try:
                lifecycle.submit(assessment=assessment, by=request.user, reason=form.reason_sent)
            except DomainError as refusal:
                if was_last_step(assessment, Action.SUBMIT, request.user):
                    return redirect("assessments:receipt", assessment.pk)
                findings = getattr(refusal, "findings", ())
                return _submit_page(request, assessment, str(refusal), findings, 422)
            messages.success(request, f"Penilaian terkirim ke {assessment.satker.verifier.name}.")
            return redirect("assessments:receipt", assessment.pk)
        return _submit_page(request, assessment, next(iter(form.errors.values()))[0], None, 422)
    return _submit_page(request, assessment, "", None, 200)


@require_safe
def receipt(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """The receipt of the latest submission, with the hash of what was frozen."""
    assessment = readable_assessment(request, assessment_id)
    snapshot = (
        assessment.snapshots.filter(action=Action.SUBMIT)
        .select_related("by")
        .order_by("round")
        .last()
    )
    if snapshot is None:
        raise Http404
    content = json.loads(snapshot.content)
    return render(
        request,
        "assessments/receipt.html",
        {
            "assessment": assessment,
            "snapshot": snapshot,
            "content": content,
            "total": Decimal(content["scores"]["mandiri"]["total"]),
            "floors": load_worksheet(assessment.instrument_id).floors_of("total"),
            "files": sum(len(a.get("evidence", [])) for a in content["answers"].values()),
            "zone": assessment.satker.zone,
        },
    )


@require_POST
def return_assessment(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    assessment = visible_assessment(request, assessment_id)
    if not can_review(request.user, assessment) or assessment.submitted_at is None:
        raise PermissionDenied
    form = ReturnForm(request.POST)
    if form.is_valid():
        try:
            lifecycle.return_to_operator(
                assessment=assessment, by=request.user, note=form.cleaned_data["note"]
            )
        except DomainError as refusal:
            if was_last_step(assessment, Action.RETURN, request.user):
                return redirect("assessments:queue")
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Penilaian dikembalikan ke {assessment.satker.name}.")
            return redirect("assessments:queue")
    return render(
        request,
        "assessments/decide.html",
        decision_context(assessment, form) | {"problem": ""},
        status=422,
    )


@require_POST
def approve(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    assessment = visible_assessment(request, assessment_id)
    if not can_review(request.user, assessment) or assessment.submitted_at is None:
        raise PermissionDenied
    try:
        lifecycle.approve(assessment=assessment, by=request.user)
    except DomainError as refusal:
        if was_last_step(assessment, Action.APPROVE, request.user):
            return redirect("assessments:queue")
        findings = refusal.findings if isinstance(refusal, TransitionRefused) else ()
        context = decision_context(assessment, ReturnForm())
        context |= {"problem": str(refusal), "todos": build_todos(findings)}
        return render(request, "assessments/decide.html", context, status=422)
    messages.success(request, f"Penilaian {assessment.satker.name} disetujui.")
    return redirect("assessments:queue")


@require_safe
def decide(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """Return or approve: what is marked, what is still open, both scores."""
    assessment = visible_assessment(request, assessment_id)
    if not can_verify(request.user, assessment):
        raise PermissionDenied
    context = decision_context(assessment, ReturnForm())
    return render(request, "assessments/decide.html", context | {"problem": ""})


def decision_context(assessment: Assessment, form: ReturnForm) -> dict[str, object]:
    worksheet = load_worksheet(assessment.instrument_id)
    marked = [
        (worksheet.by_pk[row.question_id], row)
        for row in marked_questions(assessment).select_related("saved_by")
    ]
    return {
        "assessment": assessment,
        "form": form,
        "overview": build_overview(assessment),
        "marked": sorted(marked, key=lambda pair: pair[0].position),
        "todos": build_todos(approval_findings(assessment)),
        "zone": assessment.satker.zone,
        "now": timezone.now(),
    }


def _submit_page(
    request: HttpRequest, assessment: Assessment, problem: str, findings: object, status: int
) -> HttpResponse:
    overview = build_overview(assessment, warnings=True)
    todos = overview.todos if findings is None else build_todos(findings)
    return render(
        request,
        "assessments/submit.html",
        {
            "assessment": assessment,
            "overview": overview,
            "todos": todos,
            "problem": problem,
            "unchanged": unchanged_repairs(load_worksheet(assessment.instrument_id), assessment),
            "typed": request.POST.get("alasan", ""),
            "reason_length": REASON_LENGTH,
            "closed": (
                deadline_refusal(assessment, timezone.now())
                if assessment.status in EDITABLE
                else ""
            ),
            "can_submit": can_submit(request.user, assessment),
            "zone": assessment.satker.zone,
            "now": timezone.now(),
        },
        status=status,
    )
