"""Evidence of an answer: attach, detach, download."""

from collections.abc import Collection
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assessments.addresses import question_url
from assessments.area_page import build_file_rows
from assessments.card_parts import file_count, file_html
from assessments.errors import AssessmentLocked
from assessments.forms import DocumentForm
from assessments.models import AnswerEvidence, Assessment
from assessments.need_parts import needs_html
from assessments.permissions import can_fill
from assessments.services.attachments import attach_evidence as attach
from assessments.services.attachments import detach_evidence as detach
from assessments.services.attachments import tick_document as tick
from assessments.services.downloads import log_download, readable_evidence
from assessments.services.turns import require_filling_open
from assessments.views.answers import store_answer
from assessments.views.brought import sources_of
from assessments.views.common import question_or_404, visible_assessment
from assessments.worksheet import QuestionRow
from common.errors import DomainError
from evidence.errors import FileRefused, Reason, WrongOffset
from evidence.models import EvidenceFile
from evidence.streaming import attachment_response


@require_POST
def attach_evidence(request: HttpRequest, assessment_id: UUID, code: str) -> HttpResponse:
    """Attach what was sent, what came in chunks and what is in the library; each file is taken or
    refused by itself."""
    assessment = visible_assessment(request, assessment_id)
    if not can_fill(request.user, assessment):
        raise PermissionDenied
    question = question_or_404(assessment, code)
    sources = sources_of(request)
    taken: list[UUID] = []
    refused: list[dict[str, str]] = []
    status = 200
    try:
        require_filling_open(assessment, timezone.now(), question_id=question.pk)
        if not sources:
            raise FileRefused(Reason.EMPTY, "pilih sedikitnya satu berkas untuk diunggah.")
        for name, source in sources:
            try:
                taken.append(_attach(request, assessment, question, source()))
            except FileRefused as refusal:
                refused.append({"name": name, "why": str(refusal)})
                status = 413 if refusal.too_large else 422
    except AssessmentLocked as refusal:
        refused.append({"name": "", "why": str(refusal)})
        status = 403
    except WrongOffset as refusal:
        refused.append({"name": "", "why": str(refusal)})
        status = 409
    except DomainError as refusal:
        refused.append({"name": "", "why": str(refusal)})
        status = 422
    context = _context(assessment, question, taken) | {"refused": refused}
    if "halaman" not in request.GET:
        return render(request, "assessments/_attached.html", context, status=status)
    return _page(request, context | {"title": "Sebagian bukti belum terunggah"}, status)


@require_POST
def detach_evidence(
    request: HttpRequest, assessment_id: UUID, code: str, file_id: UUID
) -> HttpResponse:
    rows = Assessment.objects.locked().select_related("satker", "period")
    with transaction.atomic():
        assessment = visible_assessment(request, assessment_id, rows)
        if not can_fill(request.user, assessment):
            raise PermissionDenied
        question = question_or_404(assessment, code)
        link = get_object_or_404(
            AnswerEvidence.objects.select_related("file"),
            assessment=assessment,
            question_id=question.pk,
            file_id=file_id,
        )
        refused = []
        status = 200
        try:
            detach(assessment=assessment, question=question, file=link.file, by=request.user)
        except AssessmentLocked as refusal:
            refused = [{"name": link.file.name, "why": str(refusal)}]
            status = 403
        context = _context(assessment, question, []) | {"refused": refused}
    if "halaman" not in request.GET:
        return render(request, "assessments/_attached.html", context, status=status)
    return _page(request, context | {"title": "Bukti belum dilepas"}, status)


@require_POST
def tick_document(
    request: HttpRequest, assessment_id: UUID, code: str, file_id: UUID
) -> HttpResponse:
    """Say which document of the question's list an attached file is."""
    rows = Assessment.objects.locked().select_related("satker", "period")
    with transaction.atomic():
        assessment = visible_assessment(request, assessment_id, rows)
        if not can_fill(request.user, assessment):
            raise PermissionDenied
        question = question_or_404(assessment, code)
        link = get_object_or_404(
            AnswerEvidence.objects.select_related("file"),
            assessment=assessment,
            question_id=question.pk,
            file_id=file_id,
        )
        link.assessment = assessment
        form = DocumentForm(request.POST, question=question, file_id=file_id)
        refused, status = [], 200
        if form.is_valid():
            try:
                tick(link=link, question=question, document=form.document, by=request.user)
            except AssessmentLocked as refusal:
                refused, status = [{"name": link.file.name, "why": str(refusal)}], 403
        else:
            refused, status = [{"name": link.file.name, "why": form.first_error}], 422
        context = _context(assessment, question, [file_id]) | {"refused": refused}
    if "halaman" not in request.GET:
        return render(request, "assessments/_attached.html", context, status=status)
    return _page(request, context | {"title": "Dokumen belum ditandai"}, status)


@require_safe
def download_evidence(request: HttpRequest, file_id: UUID) -> HttpResponseBase:
    """The file as an attachment, where the person may read an answer it supports."""
    found = readable_evidence(user=request.user, file_id=file_id)
    if found is None:
        raise Http404
    response = attachment_response(found.file)
    if request.method == "GET":
        log_download(found, by=request.user)
    return response


def _page(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    """For the plain form: back to the question, or what was refused and why.

    Without script the whole form comes along, and going on would lose what was typed beside the
    file; so it is saved too, and a refusal of it comes first, since its page keeps the text.
    """
    assessment, question = context["assessment"], context["question"]
    if "version" in request.POST:
        answer = store_answer(
            request,
            assessment.pk,
            question.code,
            as_page=True,
            refused_files=context["refused"],
        )
        if answer.status_code != HTTPStatus.FOUND:
            return answer
    if context["refused"]:
        return render(request, "assessments/attach_refused.html", context, status=status)
    return redirect(context["back"])


def _attach(
    request: HttpRequest, assessment: Assessment, question: QuestionRow, file: EvidenceFile
) -> UUID:
    with transaction.atomic():
        locked = Assessment.objects.locked().select_related("satker", "period")
        attach(
            assessment=locked.get(pk=assessment.pk), question=question, file=file, by=request.user
        )
    return file.pk


def _context(
    assessment: Assessment, question: QuestionRow, shown: Collection[UUID]
) -> dict[str, Any]:
    """What the fragment and the page say of the evidence as it is now. shown: files with a row."""
    rows = AnswerEvidence.objects.filter(assessment=assessment, question_id=question.pk)
    links = [(row.file, row.document) for row in rows.select_related("file")]
    by_file = {
        row.file.pk: row for row in build_file_rows(assessment, question, links, editable=True)
    }
    rows = [by_file[key] for key in dict.fromkeys(shown) if key in by_file]
    return {
        "assessment": assessment,
        "question": question,
        "rows": [file_html(row, assessment.satker.zone) for row in rows],
        "needs": needs_html(question, ((document, file) for file, document in links)),
        "count": file_count(len(links)),
        "back": question_url(assessment.pk, question),
    }
