"""Files in chunks (decision 40): announce one, bring it piece by piece, ask how far it is.

Answers say it all in their head: `Upload-Offset`, the bytes that have arrived; `Evidence-Id`,
the file that is in the library already. A refusal is the fragment that other uploads get.
"""

from http import HTTPStatus
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from assessments.forms import OffsetForm, UploadForm
from assessments.permissions import can_gather
from evidence import resumable
from evidence.errors import FileRefused, WrongOffset
from evidence.models import EvidenceFile, Upload
from evidence.parts import MAX_CHUNK

CHUNK_TYPE = "application/octet-stream"


@require_POST
def open_upload(request: HttpRequest) -> HttpResponse:
    """201 and its address for one to be brought; 200 for a file that is there already."""
    if not can_gather(request.user):
        raise PermissionDenied
    form = UploadForm(request.POST)
    if not form.is_valid():
        return _refused(request, "Berkas tidak dapat dibaca. Pilih lagi berkasnya.")
    try:
        found = resumable.open_upload(
            satker=request.user.satker, by=request.user, **form.cleaned_data
        )
    except FileRefused as refusal:
        return _refused(request, str(refusal), 413 if refusal.too_large else 422)
    if isinstance(found, EvidenceFile):
        return HttpResponse(headers={"Evidence-Id": str(found.pk)})
    response = _offset(resumable.arrived(found), HTTPStatus.CREATED)
    response["Location"] = reverse("assessments:upload", args=[found.pk])
    return response


@require_http_methods(["GET", "HEAD", "POST", "DELETE"])
def upload(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """One's own upload: how far it is; a chunk at ?offset=; given up."""
    uploads = Upload.objects.filter(opened_by=request.user, satker=request.user.satker_id)
    found = get_object_or_404(uploads.current().select_related("file"), pk=upload_id)
    if request.method == "POST":
        return _append(request, found)
    if request.method == "DELETE" and not found.file_id:
        resumable.cancel_upload(upload=found)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return _offset(resumable.arrived(found))


def _append(request: HttpRequest, upload: Upload) -> HttpResponse:
    form = OffsetForm(request.GET)
    if request.content_type != CHUNK_TYPE or not form.is_valid():
        return _refused(request, "Bagian berkas tidak dapat dibaca. Unggah lagi.")
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_CHUNK:
        return _refused(request, "Bagian berkas terlalu besar. Muat ulang halaman.", 413)
    try:
        length = resumable.append_chunk(
            upload=upload, offset=form.cleaned_data["offset"], chunk=request.body
        )
    except WrongOffset as refusal:
        return _offset(refusal.length, HTTPStatus.CONFLICT)
    except FileRefused as refusal:
        return _refused(request, str(refusal))
    return _offset(length)


def _offset(length: int, status: int = HTTPStatus.NO_CONTENT) -> HttpResponse:
    return HttpResponse(status=status, headers={"Upload-Offset": str(length)})


def _refused(request: HttpRequest, why: str, status: int = 422) -> HttpResponse:
    context = {"refused": [{"name": "", "why": why}]}
    return render(request, "assessments/_attached.html", context, status=status)
