"""One file of the library attached to several questions at once."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from assessments.attach_page import assessment_to_fill, build_attach_view
from assessments.library_forms import QuestionFilterForm, QuestionsForm
from assessments.models import Assessment
from assessments.permissions import can_gather
from assessments.services.attachments import attach_to_many as attach
from assessments.worksheet import load_worksheet
from common.errors import DomainError
from evidence.models import EvidenceFile


@require_http_methods(["GET", "HEAD", "POST"])
def attach_to_many(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """GET: the open questions, those with the file ticked. POST: as ticked, all or nothing."""
    files = EvidenceFile.objects.filter(satker=request.user.satker_id, replaced_by__isnull=True)
    file = get_object_or_404(files, pk=file_id)
    if not can_gather(request.user):
        raise PermissionDenied
    assessment = assessment_to_fill(request.user.satker)
    error = ""
    if request.method == "POST" and assessment is not None:
        error = _attach(request, assessment, file)
        if not error:
            return redirect("assessments:library_file", file_id)
    context = {"file": file, "assessment": assessment, "error": error}
    if assessment is not None:
        areas = load_worksheet(assessment.instrument_id).areas
        form = QuestionFilterForm(request.GET, areas=areas)
        view = build_attach_view(assessment, file, **form.filters())
        typed = set(request.POST.getlist("soal")) if error else None
        context |= {"form": form, "view": view, "typed": typed}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return render(request, "assessments/attach_many.html", context, status=status)


def _attach(request: HttpRequest, assessment: Assessment, file: EvidenceFile) -> str:
    """Why nothing was changed; "" once it is done."""
    worksheet = load_worksheet(assessment.instrument_id)
    form = QuestionsForm(request.POST, questions=worksheet.by_code)
    if not form.is_valid():
        return form.first_error
    try:
        with transaction.atomic():
            locked = Assessment.objects.locked().select_related("satker", "period")
            attach(
                assessment=locked.get(pk=assessment.pk),
                file=file,
                add=form.added,
                remove=form.removed,
                by=request.user,
            )
    except DomainError as refusal:
        return str(refusal)
    told = [
        f"{len(codes)} pertanyaan {done}"
        for codes, done in ((form.added, "dilampiri"), (form.removed, "dilepas"))
        if codes
    ]
    messages.success(
        request, f"Tersimpan: {', '.join(told)}." if told else "Tidak ada yang berubah."
    )
    return ""
