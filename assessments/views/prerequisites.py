"""Whether the satker may be proposed, and the register of its prerequisites."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from assessments.eligibility import build_eligibility, load_standing
from assessments.models import Assessment
from assessments.permissions import can_enter_prerequisites
from assessments.views.common import readable_assessment
from assessments.worksheet import load_worksheet
from common.dates import print_date
from prerequisites.permissions import can_keep_register
from prerequisites.register_page import build_register
from prerequisites.rules import FIRST_YEAR, INSTITUTION_ITEMS, UNIT_ITEMS
from prerequisites.views import sent_value, today

_TIER = {False: "nilai mandiri", True: "nilai verifikasi"}


@require_http_methods(["GET", "HEAD", "POST"])
def prerequisites(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """`?predikat=` asks for another one than the target."""
    assessment = readable_assessment(request, assessment_id)
    may_enter = can_enter_prerequisites(request.user, assessment)
    year = assessment.period.year
    known = [each.code for each in load_worksheet(assessment.instrument_id).rules.predikat]
    asked = request.GET.get("predikat", "")
    predikat = asked if asked in known else assessment.target
    refused = None
    if request.method == "POST":
        with transaction.atomic():
            # Asked under the lock: the assessment may have been approved a moment ago. Without
            # its chain, which `anchor_audit` locks in another order than the satker's.
            rows = Assessment.objects.select_for_update(of=("self",), no_key=True)
            locked = rows.select_related("satker").get(pk=assessment.pk)
            if not can_enter_prerequisites(request.user, locked):
                raise PermissionDenied
            refused = sent_value(request, UNIT_ITEMS, satker=assessment.satker, year=year)
        if refused is None:
            messages.success(request, "Isian prasyarat tersimpan.")
            address = reverse("assessments:prerequisites", args=[assessment.pk])
            return redirect(f"{address}?predikat={predikat}")
    view = build_eligibility(assessment, load_standing(assessment, predikat))
    own = [row for row in view.values if row.satker_id is not None]
    shared = [row for row in view.values if row.satker_id is None]
    return render(
        request,
        "assessments/prerequisites.html",
        {
            "assessment": assessment,
            "view": view,
            "predikat_choices": known,
            "asks_register": year >= FIRST_YEAR,
            "unit": build_register(
                UNIT_ITEMS, own, today=today(), editable=may_enter, refused=refused
            ),
            "institution": build_register(INSTITUTION_ITEMS, shared, today=today(), editable=False),
            "grants": [(row, row.is_held(view.on)) for row in view.grants],
            "keeps_register": can_keep_register(request.user),
            "refused": refused,
            "action": f"{request.path}?predikat={predikat}",
            "tier_note": f"menurut {_TIER[view.reviewed]}",
            "day_note": f"dibandingkan pada {print_date(view.on)}",
        },
        status=200 if refused is None else 422,
    )
