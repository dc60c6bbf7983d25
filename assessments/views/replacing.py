"""A newer version of a file of one's own library."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from assessments.permissions import can_gather
from assessments.services.replacements import Replaced, replace_evidence
from assessments.views.brought import sources_of
from common.errors import DomainError
from evidence.errors import CannotReplace, FileRefused, Reason, WrongOffset
from evidence.models import EvidenceFile


@require_POST
def replace_file(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """The one file that comes along, in a form or in chunks, takes the older one's place."""
    files = EvidenceFile.objects.filter(satker=request.user.satker_id).select_related("replaced_by")
    old = get_object_or_404(files, pk=file_id)
    if not can_gather(request.user):
        raise PermissionDenied
    name = ""
    try:
        # Asked before the new file is stored, so that a refusal leaves nothing behind.
        if getattr(old, "replaced_by", None) is not None:
            raise CannotReplace(old.name)
        sources = sources_of(request)
        if len(sources) != 1:
            raise FileRefused(Reason.EMPTY, "pilih tepat satu berkas yang menggantikan.")
        name, source = sources[0]
        done = replace_evidence(old=old, new=source(), by=request.user)
    except DomainError as refusal:
        return _refused(request, old, name, refusal)
    messages.success(request, _told(done))
    following = reverse("assessments:library_file", args=[done.file.pk])
    if "halaman" in request.GET:
        return redirect(following)
    return render(request, "assessments/_attached.html", {"next": following})


def _told(done: Replaced) -> str:
    text = "Berkas diganti. Isi tanggal dokumen dan masa berlaku berkas yang baru."
    if done.moved:
        text += f" {done.moved} lampiran yang masih dapat diubah memakai berkas yang baru."
    if done.kept:
        text += f" {done.kept} lampiran yang sudah dikirim atau ditutup tetap memakai yang lama."
    return text


def _refused(
    request: HttpRequest, old: EvidenceFile, name: str, refusal: DomainError
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if isinstance(refusal, FileRefused) and refusal.too_large:
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    elif isinstance(refusal, WrongOffset):
        status = HTTPStatus.CONFLICT
    context = {"refused": [{"name": name, "why": str(refusal)}]}
    if "halaman" not in request.GET:
        return render(request, "assessments/_attached.html", context, status=status)
    context |= {
        "title": "Berkas belum diganti",
        "back": reverse("assessments:library_file", args=[old.pk]),
        "back_to": "Kembali ke berkas",
    }
    return render(request, "assessments/attach_refused.html", context, status=status)
