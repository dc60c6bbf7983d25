"""A file of evidence looked at in the page: for whom may download it, see `services.downloads`."""

from http import HTTPStatus
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from accounts.models import OF_A_SATKER
from assessments.preview_page import questions_of
from assessments.services.downloads import ReadableFile, readable_evidence
from assessments.services.previews import has_opened, log_preview, picture_key
from common.busy import RETRY_AFTER
from common.words import print_size
from evidence import previews
from evidence.errors import PreviewBusy
from evidence.streaming import SEALED

THUMBNAIL_LIFE = 60 * 60  # seconds


@require_safe
def preview(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """A page of a file (?halaman=, from 1), with the way to the others."""
    found = _readable_or_404(request, file_id)
    user, file = request.user, found.file
    context = {
        "file": file,
        "size": print_size(file.size),
        "zone": file.satker.zone,
        "own": user.role in OF_A_SATKER,
        "places": questions_of(found, user),
        "assessment_url": found.assessment
        and reverse("assessments:detail", args=[found.assessment.pk]),
    }
    try:
        first = previews.sheet_of(file, person=user.pk)
        page = Paginator(range(first.pages), 1).get_page(request.GET.get("halaman"))
        sheet = first if page.number == 1 else previews.sheet_of(file, page.number, person=user.pk)
    except PreviewBusy as busy:
        context |= {"busy": str(busy), "again": request.get_full_path()}
        return _later(render(request, "assessments/preview.html", context))
    if request.method == "GET" and not sheet.reason:
        log_preview(found, page=page.number, by=user)
    picture = reverse("assessments:preview_picture", args=[file.pk, page.number])
    key = picture_key(user, file.pk, page.number, timezone.now())
    context |= {"page": page, "sheet": sheet, "picture": f"{picture}?kunci={key}"}
    return render(request, "assessments/preview.html", context)


@require_safe
def preview_picture(request: HttpRequest, file_id: UUID, number: int) -> HttpResponse:
    """The picture of a page. The browser keeps it and asks each time whether it still may."""
    found = _readable_or_404(request, file_id)
    try:
        sheet = previews.sheet_of(found.file, number, person=request.user.pk)
    except PreviewBusy as busy:
        return _later(HttpResponse(str(busy)))
    if sheet is None or not sheet.picture:
        raise Http404
    key, now = request.GET.get("kunci", ""), timezone.now()
    if request.method == "GET" and not has_opened(request.user, file_id, number, key, now):
        log_preview(found, page=number, by=request.user)
    response = _picture(sheet.picture, "private, no-cache")
    etag = f'"{previews.key_of(found.file)}-{number}"'
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response)


@require_safe
def thumbnail(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """A small picture of the first page, where one was made; not recorded."""
    found = _readable_or_404(request, file_id)
    picture = previews.thumbnail_of(found.file)
    if picture is None:
        raise Http404
    return _picture(picture, f"private, max-age={THUMBNAIL_LIFE}")


def _readable_or_404(request: HttpRequest, file_id: UUID) -> ReadableFile:
    found = readable_evidence(user=request.user, file_id=file_id)
    if found is None:
        raise Http404
    return found


def _later(response: HttpResponse) -> HttpResponse:
    response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def _picture(content: bytes, caching: str) -> HttpResponse:
    response = HttpResponse(content, content_type=previews.PICTURE_TYPE)
    response["Cache-Control"] = caching
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = SEALED
    response["X-Content-Type-Options"] = "nosniff"
    return response
