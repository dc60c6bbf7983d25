"""Downloads of the LKE, and the recap."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.models import Assessment, Period
from assessments.permissions import can_read_verdicts
from assessments.views.common import readable_assessment
from assessments.worksheet import load_worksheet
from common.http import attachment
from reports.dashboard import (
    OWN_ONLY,
    SEES_STAGES,
    build_columns,
    build_lines,
    build_progress,
    place_name,
)
from reports.document import Report, build_report
from reports.excel import render_workbook
from reports.forms import RecapForm
from reports.pdf import PdfUnavailable, render_pdf
from reports.recap import Recap, choices_for
from reports.recap_excel import render_recap

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_ON_A_PAGE = 25


@require_safe
def lke_pdf(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    assessment = readable_assessment(request, assessment_id)
    try:
        content = render_pdf(_report(request, assessment))
    except PdfUnavailable as refusal:
        context = {"assessment": assessment, "message": str(refusal)}
        return render(request, "reports/pdf_unavailable.html", context, status=503)
    return attachment(content, filename=_name(assessment, "pdf"), content_type="application/pdf")


@require_safe
def lke_xlsx(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    assessment = readable_assessment(request, assessment_id)
    content = render_workbook(_report(request, assessment))
    return attachment(content, filename=_name(assessment, "xlsx"), content_type=XLSX)


@require_safe
def recap(request: HttpRequest) -> HttpResponse:
    """The satker in sight with their progress and scores, filtered and page by page."""
    asked = _asked(request)
    if asked is None:
        return render(request, "reports/recap_empty.html")
    form, period, found = asked
    worksheet = load_worksheet(period.instrument_id)
    page = Paginator(found.satker(), ROWS_ON_A_PAGE).get_page(request.GET.get("halaman"))
    lines = build_lines(found.rows(page.object_list), worksheet, request.user)
    context = {
        "title": f"{place_name(request.user)}, {period.year}",
        "form": form,
        "period": period,
        "page": page,
        "lines": lines,
        "has_cells": any(line.cells for line in lines),
        "columns": build_columns(worksheet),
        "zone": request.user.satker.zone,
        "now": timezone.now(),
        "query": request.GET.urlencode(),
        "is_wide": request.user.role not in OWN_ONLY,
    }
    if request.user.role in SEES_STAGES:
        context["progress"] = build_progress(found.stages(), request.GET)
    if request.user.role not in OWN_ONLY:
        context["figures"] = found.figures()
    return render(request, "reports/recap.html", context)


@require_safe
def recap_xlsx(request: HttpRequest) -> HttpResponse:
    """Every satker that the same filters list."""
    asked = _asked(request)
    if asked is None:
        raise Http404
    _, period, found = asked
    worksheet = load_worksheet(period.instrument_id)
    rows = found.rows(found.satker().select_related("verifier"))
    content = render_recap(rows, build_columns(worksheet), period.year)
    return attachment(content, filename=f"Rekap-LKE-{period.year}.xlsx", content_type=XLSX)


def _report(request: HttpRequest, assessment: Assessment) -> Report:
    verdicts = can_read_verdicts(request.user, assessment)
    return build_report(assessment, with_verdicts=verdicts)


def _asked(request: HttpRequest) -> tuple[RecapForm, Period, Recap] | None:
    """The filters, their period and what they find; None while there is no period at all."""
    periods = {each.year: each for each in Period.objects.all()}
    if not periods:
        return None
    now = timezone.now()
    year = next((y for y, each in periods.items() if each.opens_at <= now), max(periods))
    kinds, provinces = choices_for(request.user)
    form = RecapForm(
        request.GET,
        years=periods,
        year=year,
        kinds=kinds,
        provinces=provinces,
        has_status=request.user.role in SEES_STAGES,
    )
    period = periods[form.chosen.get("tahun") or year]
    return form, period, Recap(request.user, period, form.filters)


def _name(assessment: Assessment, extension: str) -> str:
    return f"LKE-{assessment.period.year}-{assessment.satker.code}.{extension}"
