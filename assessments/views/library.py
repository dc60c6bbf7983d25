"""The evidence library of one's own satker: look for files, bring some, say what they are."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import OF_A_SATKER
from assessments.addresses import question_url
from assessments.card_parts import FileRow, file_html
from assessments.cards import ACCEPT, FORMATS
from assessments.library import library_page, places_of, versions_of, years_of
from assessments.library_forms import DescriptionForm, LibraryForm
from assessments.permissions import can_fill, can_gather
from assessments.thumbnails import large_picture
from assessments.views.brought import sources_of
from assessments.views.common import question_or_404, visible_assessment
from common.dates import local
from common.errors import DomainError
from common.words import print_size
from evidence.errors import FileRefused, Reason, WrongOffset
from evidence.kinds import MAXIMUM_SIZE
from evidence.models import EvidenceFile
from evidence.quota import usage_of
from evidence.services import describe_file


@require_http_methods(["GET", "HEAD", "POST"])
def library(request: HttpRequest) -> HttpResponse:
    """GET: the satker's files. POST: bring some that support no question yet."""
    if request.user.role not in OF_A_SATKER:
        raise PermissionDenied
    if request.method == "POST":
        return _bring(request)
    satker = request.user.satker
    form = LibraryForm(request.GET, years=years_of(satker))
    page, lines = library_page(
        satker,
        today=local(timezone.now(), satker.zone).date(),
        page=request.GET.get("halaman"),
        **form.filters(),
    )
    usage = usage_of(satker)
    context = {
        "form": form,
        "page": page,
        "lines": lines,
        "usage": usage,
        "used": print_size(usage.used),
        "quota": print_size(usage.quota),
        "may_bring": can_gather(request.user),
        "formats": FORMATS,
        "accept": ACCEPT,
        "limit": print_size(MAXIMUM_SIZE),
        "zone": satker.zone,
    }
    return render(request, "assessments/library.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def library_file(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """One file: what it is, where it is attached; POST says what it is."""
    user = request.user
    own = EvidenceFile.objects.filter(satker=user.satker_id)
    if user.role not in OF_A_SATKER:
        own = own.none()
    files = own.select_related("satker", "uploaded_by", "replaces", "replaced_by")
    file = get_object_or_404(files, pk=file_id)
    if request.method == "POST" and not can_gather(user):
        raise PermissionDenied
    form = DescriptionForm(request.POST or None, instance=file)
    if request.method == "POST" and form.is_valid():
        describe_file(file=file, by=user, **form.cleaned_data)
        messages.success(request, "Keterangan berkas tersimpan.")
        return redirect("assessments:library_file", file_id)
    today = local(timezone.now(), file.satker.zone).date()
    is_last = getattr(file, "replaced_by", None) is None
    context = {
        "file": file,
        "versions": versions_of(file),
        "may_replace": can_gather(user) and is_last,
        "may_attach": can_gather(user) and is_last,
        "formats": FORMATS,
        "accept": ACCEPT,
        "limit": print_size(MAXIMUM_SIZE),
        "form": form,
        "picture": large_picture(file),
        "places": places_of(file),
        "size": print_size(file.size),
        "expired": file.is_expired(today),
        "may_describe": can_gather(user),
        "zone": file.satker.zone,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "assessments/library_file.html", context, status=status)


@require_safe
def pick_evidence(request: HttpRequest, assessment_id: UUID, code: str) -> HttpResponse:
    """The library beside a question: what is ticked is attached to it."""
    assessment = visible_assessment(request, assessment_id)
    if not can_fill(request.user, assessment):
        raise PermissionDenied
    question = question_or_404(assessment, code)
    satker = assessment.satker
    form = LibraryForm(request.GET, years=years_of(satker))
    page, lines = library_page(
        satker,
        today=local(timezone.now(), satker.zone).date(),
        page=request.GET.get("halaman"),
        beside=Q(assessment=assessment, question_id=question.pk),
        **form.filters(),
    )
    context = {
        "assessment": assessment,
        "question": question,
        "back": question_url(assessment.pk, question),
        "form": form,
        "page": page,
        "lines": lines,
    }
    return render(request, "assessments/pick_evidence.html", context)


def _bring(request: HttpRequest) -> HttpResponse:
    """As evidence of an answer is brought; each file is taken or refused by itself."""
    if not can_gather(request.user):
        raise PermissionDenied
    rows, refused, status = [], [], HTTPStatus.OK
    try:
        sources = sources_of(request)
        if not sources:
            raise FileRefused(Reason.EMPTY, "pilih sedikitnya satu berkas untuk diunggah.")
        for name, source in sources:
            try:
                rows.append(file_html(FileRow(source()), request.user.satker.zone))
            except FileRefused as refusal:
                refused.append({"name": name, "why": str(refusal)})
                status = HTTPStatus(413 if refusal.too_large else 422)
    except DomainError as refusal:
        refused.append({"name": "", "why": str(refusal)})
        status = HTTPStatus(409 if isinstance(refusal, WrongOffset) else 422)
    count = EvidenceFile.objects.filter(satker=request.user.satker_id).count()
    context = {"rows": rows, "refused": refused, "count": f"{count} berkas"}
    if "halaman" not in request.GET:
        return render(request, "assessments/_attached.html", context, status=status)
    if refused:
        context |= {"title": "Sebagian berkas belum terunggah", "back": request.path}
        return render(request, "assessments/attach_refused.html", context, status=status)
    return redirect("assessments:library")
