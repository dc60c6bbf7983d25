"""Download of an assessment as a workbook of the official layout."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from assessments.views.common import readable_assessment
from common.http import attachment
from reports.official import render_official
from reports.views import XLSX


@require_safe
def lke_official(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    assessment = readable_assessment(request, assessment_id)

    def link(file_id: UUID) -> str:
        return request.build_absolute_uri(reverse("assessments:download_evidence", args=[file_id]))

    content = render_official(assessment, link=link)
    if content is None:
        raise Http404
    name = f"LKE-resmi-{assessment.period.year}-{assessment.satker.code}.xlsx"
    return attachment(content, filename=name, content_type=XLSX)
