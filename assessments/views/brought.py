"""The files that a request brings, in whichever of three ways."""

from collections.abc import Callable
from functools import partial

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from assessments.forms import EvidenceForm
from evidence.errors import FileRefused, Reason
from evidence.models import EvidenceFile, Upload
from evidence.resumable import finish_upload
from evidence.services import store

Source = tuple[str, Callable[[], EvidenceFile]]


def sources_of(request: HttpRequest) -> list[Source]:
    """Name and file of all that comes with a request; calling for the file stores it.

    `file`: sent along, `upload`: brought in chunks, `pick`: in the satker's library already.
    Outside a transaction, and before anything is locked: disks may be slow. 404 for an upload
    or a file that is not one's own; the call raises FileRefused, WrongOffset.
    """
    user = request.user
    form = EvidenceForm(request.POST)
    if not form.is_valid():
        return [("", _unknown)]
    found: list[Source] = [
        (upload.name, partial(_store, request, upload)) for upload in request.FILES.getlist("file")
    ]
    for key in form.cleaned_data["upload"]:
        uploads = Upload.objects.filter(opened_by=user, satker=user.satker_id).current()
        upload = get_object_or_404(uploads.select_related("satker", "file"), pk=key)
        found.append((upload.name, partial(finish_upload, upload=upload, by=user)))
    for key in form.cleaned_data["pick"]:
        file = get_object_or_404(EvidenceFile, satker=user.satker_id, pk=key)
        found.append((file.name, lambda file=file: file))
    return found


def _store(request: HttpRequest, upload: UploadedFile) -> EvidenceFile:
    return store(satker=request.user.satker, upload=upload, by=request.user)


def _unknown() -> EvidenceFile:
    raise FileRefused(Reason.EMPTY, "berkas yang dipilih tidak dikenal. Muat ulang halaman.")
