"""Start page, list, overview, and the questions of an area."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import OF_A_SATKER, Role
from assessments.area_page import build_area_view
from assessments.eligibility import build_eligibility, counted_standing
from assessments.enums import EDITABLE, Status, Target, Tier
from assessments.forms import OpenForm
from assessments.models import Assessment, Period
from assessments.overview import Overview, build_overview
from assessments.permissions import (
    can_extend,
    can_fill,
    can_open,
    can_read_answers,
    can_read_verdicts,
    can_review,
    can_submit,
    can_work_in_team,
)
from assessments.services.carry_over import year_to_carry
from assessments.services.lifecycle import open_assessment
from assessments.task_pages import build_own_part
from assessments.views.comments import talk_of
from assessments.views.common import (
    lock_of,
    place_of,
    readable_assessment,
    visible_assessment,
)
from assessments.views.verification import queue
from assessments.workbook_layouts import own_layout
from assessments.worksheet import load_worksheet
from common.errors import DomainError


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The start page of the person's role."""
    match request.user.role:
        case Role.OPERATOR | Role.PIMPINAN:
            rows = Assessment.objects.visible_to(request.user).order_by("-period__year")
            newest = rows.values_list("pk", flat=True).first()
            return assessment_list(request) if newest is None else detail(request, newest)
        case Role.VERIFIKATOR | Role.KETUA:
            return queue(request)
    return redirect("reports:recap")


@require_safe
def assessment_list(request: HttpRequest) -> HttpResponse:
    """One's assessments over the years, and the periods that can be opened."""
    user = request.user
    if user.role not in OF_A_SATKER:
        return redirect("reports:recap")
    rows = list(
        Assessment.objects.visible_to(user)
        .with_place()
        .prefetch_related("scores")
        .order_by("-period__year")
    )
    taken = {row.period_id for row in rows}
    now = timezone.now()
    periods = [
        period
        for period in Period.objects.select_related("instrument").filter(
            opens_at__lte=now, fill_until__gte=now
        )
        if period.pk not in taken
    ]
    return render(
        request,
        "assessments/list.html",
        {
            "rows": [
                (
                    row,
                    _score(row, Tier.MANDIRI),
                    _score(row, Tier.PENDAHULUAN),
                    load_worksheet(row.instrument_id).floors_of("total"),
                )
                for row in rows
            ],
            "periods": periods,
            "targets": Target.choices,
            "can_open": can_open(user),
            "zone": user.satker.zone,
            "now": now,
        },
    )


@require_POST
def open_new(request: HttpRequest) -> HttpResponse:
    if not can_open(request.user):
        raise PermissionDenied
    form = OpenForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Pilih periode dan target predikat.")
        return redirect("assessments:list")
    period = get_object_or_404(Period, pk=form.cleaned_data["period"])
    try:
        assessment = open_assessment(
            satker=request.user.satker,
            period=period,
            target=Target(form.cleaned_data["target"]),
            by=request.user,
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("assessments:list")
    return redirect("assessments:area", assessment.pk, "1")


@require_safe
def detail(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """Overview: score against the floors, what is missing, areas, stages."""
    assessment = visible_assessment(request, assessment_id)
    user = request.user
    now = timezone.now()
    overview = build_overview(assessment)
    first = overview.work[0].first if overview.work else None
    fills = can_fill(user, assessment) and lock_of(request, assessment) is None
    return render(
        request,
        "assessments/detail.html",
        {
            "assessment": assessment,
            "overview": overview,
            "eligibility": build_eligibility(
                assessment, counted_standing(assessment, overview.standing, overview.verified)
            ),
            "next_page": first.page if first else "1",
            "next_anchor": f"#{first.anchor}" if first and overview.repair else "",
            "show_verified": overview.verified is not None and can_read_verdicts(user, assessment),
            "now": now,
            "zone": assessment.satker.zone,
            "can_read": can_read_answers(user, assessment),
            "own": (
                build_own_part(assessment, user, overview.open_now, now)
                if assessment.status in EDITABLE and can_work_in_team(user, assessment)
                else None
            ),
            "can_fill": fills,
            "carry_from": fills and _carry_from(assessment, overview),
            "can_submit": can_submit(user, assessment),
            "can_review": can_review(user, assessment) and assessment.submitted_at is not None,
            "is_open": assessment.status in EDITABLE,
            "can_extend": assessment.status != Status.APPROVED and can_extend(user, assessment),
            "has_layout": own_layout(assessment.instrument.code) is not None,
        },
    )


@require_safe
def area(request: HttpRequest, assessment_id: UUID, key: str) -> HttpResponse:
    """The questions of an area, to fill in or to read.

    A script that has the page asks again with how many events it knew of (If-None-Match): 304
    while nothing about the assessment has changed since.
    """
    assessment = readable_assessment(
        request, assessment_id, Assessment.objects.with_place().with_chain()
    )
    etag = f'W/"{assessment.audit_chain.count}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified()
    row = load_worksheet(assessment.instrument_id).area(key)
    if row is None:
        raise Http404
    lock = lock_of(request, assessment)
    csrf = get_token(request) if lock is None else ""
    place = place_of(request, assessment, csrf)
    talk = talk_of(request, assessment, row.questions)
    view = build_area_view(assessment, row, place=place, lock=lock, user=request.user, talk=talk)
    return render(
        request,
        "assessments/area.html",
        {
            "assessment": assessment,
            "view": view,
            "standing": view.standing,
            "here": view.standing.area(key),
            "lock": lock,
            "talk": talk,
            "now": timezone.now(),
            "zone": assessment.satker.zone,
        },
    )


def _carry_from(assessment: Assessment, overview: Overview) -> int | None:
    """The earlier year whose answers could still fill something."""
    if assessment.status != Status.DRAFT:
        return None
    return year_to_carry(assessment, overview.answered)


def _score(assessment: Assessment, tier: Tier) -> object | None:
    return next((score for score in assessment.scores.all() if score.tier == tier), None)
