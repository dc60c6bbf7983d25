"""The page for operators that imports a filled workbook: upload, preview, confirmation."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from assessments.errors import AssessmentLocked, WorkbookDraftGone, WorkbookToDecide
from assessments.import_page import build_done, build_import_page
from assessments.models import Assessment, WorkbookImport
from assessments.permissions import can_fill
from assessments.services.workbook_drafts import (
    build_preview,
    discard_draft,
    find_draft,
    import_draft,
    keep_draft,
)
from assessments.services.workbook_plan import WorkbookNotImported
from assessments.views.common import lock_of, visible_assessment
from assessments.workbook_forms import ImportForm, Step, StepForm, UploadForm
from assessments.workbook_layouts import own_layout
from assessments.workbooks import read_workbook
from assessments.worksheet import load_worksheet
from common.errors import DomainError
from common.xlsx import MAXIMUM_SIZE, WorkbookRefused

Context = dict[str, object]


@require_http_methods(["GET", "HEAD", "POST"])
def import_workbook(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """Upload a filled workbook, look at what it would change, import all of it or nothing."""
    assessment = visible_assessment(request, assessment_id)
    if not can_fill(request.user, assessment):
        raise PermissionDenied
    if request.method != "POST":
        return _show(request, assessment)
    match StepForm(request.POST).step:
        case Step.DISCARD:
            discard_draft(assessment=assessment, by=request.user)
            return redirect("assessments:import_workbook", assessment.pk)
        case Step.IMPORT:
            return _import(request, assessment)
    return _upload(request, assessment)


def _show(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    if lock_of(request, assessment):
        return _page(request, assessment, {})
    done = _done(request, assessment)
    if done is not None:
        return _page(request, assessment, {"done": done, **build_done(assessment, done)})
    draft = find_draft(assessment, request.user)
    if draft is None:
        return _page(request, assessment, {})
    return _preview(request, assessment, draft, {})


def _upload(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _refuse(request, assessment, form.errors["berkas"][0])
    upload = form.cleaned_data["berkas"]
    if upload.size > MAXIMUM_SIZE:
        message = "Berkas melebihi 20 MB. Hapus lembar dan gambar yang tidak diperlukan."
        return _refuse(request, assessment, message, 413)
    content = upload.read()
    try:
        reading = read_workbook(content)
        keep_draft(
            assessment=assessment,
            reading=reading,
            name=upload.name,
            content=content,
            by=request.user,
        )
    except WorkbookNotImported as refusal:
        context: Context = {"faults": refusal.faults, "name": upload.name, "sheet": reading.sheet}
        return _refuse(request, assessment, str(refusal), context=context)
    except WorkbookRefused as refusal:
        return _refuse(request, assessment, str(refusal), context={"name": upload.name})
    except AssessmentLocked as refusal:
        return _refuse(request, assessment, str(refusal), 403)
    return redirect("assessments:import_workbook", assessment.pk)


def _import(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    codes = load_worksheet(assessment.instrument_id).by_code
    form = ImportForm(request.POST, codes=codes)
    if not form.is_valid():
        return _again(request, assessment, form, DomainError("Periksa lagi pilihan Anda."), 422)
    rows = Assessment.objects.locked().select_related("satker", "period", "instrument")
    try:
        with transaction.atomic():
            done = import_draft(
                assessment=rows.get(pk=assessment.pk),
                draft_id=form.cleaned_data["pratinjau"],
                seen=form.seen,
                choices=form.choices,
                by=request.user,
            )
    except WorkbookToDecide as refusal:
        return _again(request, assessment, form, refusal, 409 if refusal.moved else 422)
    except WorkbookNotImported as refusal:
        return _refuse(request, assessment, str(refusal), context={"faults": refusal.faults})
    except AssessmentLocked as refusal:
        return _refuse(request, assessment, str(refusal), 403)
    except WorkbookDraftGone as refusal:
        return _refuse(request, assessment, str(refusal))
    page = reverse("assessments:import_workbook", args=[assessment.pk])
    return redirect(f"{page}?selesai={done.pk}")


def _again(
    request: HttpRequest,
    assessment: Assessment,
    form: ImportForm,
    refusal: DomainError,
    status: int,
) -> HttpResponse:
    """The preview once more, as things stand now, with the choices that were made."""
    draft = find_draft(assessment, request.user)
    if draft is None:
        return _refuse(request, assessment, str(WorkbookDraftGone()))
    moved = refusal.moved if isinstance(refusal, WorkbookToDecide) else frozenset()
    context: Context = {"problem": str(refusal), "choices": form.choices, "moved": moved}
    return _preview(request, assessment, draft, context, status)


def _preview(
    request: HttpRequest,
    assessment: Assessment,
    draft: WorkbookImport,
    context: Context,
    status: int = 200,
) -> HttpResponse:
    try:
        preview = build_preview(assessment, draft)
    except (WorkbookDraftGone, WorkbookNotImported) as refusal:
        return _refuse(request, assessment, str(refusal))
    if preview.plan.faults:
        faults: Context = {"faults": preview.plan.faults, "name": draft.name}
        return _refuse(request, assessment, "", context=faults)
    page = build_import_page(
        assessment,
        load_worksheet(assessment.instrument_id),
        preview,
        moved=context.get("moved", ()),
        choices=context.get("choices"),
    )
    return _page(request, assessment, context | {"page": page}, status)


def _refuse(
    request: HttpRequest,
    assessment: Assessment,
    message: str,
    status: int = 422,
    context: Context | None = None,
) -> HttpResponse:
    return _page(request, assessment, (context or {}) | {"refused": message}, status)


def _page(
    request: HttpRequest, assessment: Assessment, context: Context, status: int = 200
) -> HttpResponse:
    common: Context = {
        "assessment": assessment,
        "zone": assessment.satker.zone,
        "lock": lock_of(request, assessment),
        "layout": own_layout(assessment.instrument.code),
        "waiting": "page" not in context and find_draft(assessment, request.user),
    }
    return render(request, "assessments/import.html", common | context, status=status)


def _done(request: HttpRequest, assessment: Assessment) -> WorkbookImport | None:
    """What was imported a moment ago, from the address that the confirmation leads to."""
    try:
        pk = UUID(request.GET.get("selesai", ""))
    except ValueError:
        return None
    return WorkbookImport.objects.filter(
        pk=pk, assessment=assessment, uploaded_by=request.user, imported_at__isnull=False
    ).first()
