"""The reviewer's pages: queue, desk, and one verdict."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role
from assessments.cards import answer_html
from assessments.desk import (
    DeskView,
    both_standings,
    build_desk,
    desk_url,
    first_open,
    load_verdicts,
)
from assessments.enums import Tier
from assessments.errors import AssessmentLocked, InvalidEntry, StaleAnswer, WrongStatus
from assessments.forms import VerdictForm
from assessments.models import Assessment
from assessments.permissions import REVIEWERS, can_review, can_verify
from assessments.queue import QueueForm, period_years, queue_rows, waiting_count
from assessments.services.verification import NewVerdict, VerdictIncomplete, save_verification
from assessments.verdict_form import VerdictFields, build_fields
from assessments.views.common import question_or_404, visible_assessment
from assessments.worksheet import QuestionRow, load_entries, load_worksheet
from common.dates import print_clock, print_time_left
from common.errors import DomainError
from common.words import mark_differences

ROWS_PER_PAGE = 25


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The reviewer's own satker, what waits longest first."""
    user = request.user
    if user.role not in {*REVIEWERS, Role.TPI}:
        return redirect("reports:recap")
    form = QueueForm(request.GET, years=period_years())
    filters = form.cleaned_data if form.is_valid() else {}
    rows = queue_rows(user, filters, request.GET.get("urut", "giliran"))
    return render(
        request,
        "assessments/queue.html",
        {
            "form": form,
            "page": Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("halaman")),
            "filtered": any(filters.values()),
            "queue_count": waiting_count(user) if user.role in REVIEWERS else None,
            "is_reviewer": user.role in REVIEWERS,
            "now": timezone.now(),
        },
    )


@require_safe
def desk(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """One question with the satker's answer, note and evidence, and the reviewer's verdict."""
    assessment = visible_assessment(request, assessment_id)
    if not can_review(request.user, assessment) or assessment.submitted_at is None:
        raise PermissionDenied
    code = request.GET.get("soal", "")
    question = question_or_404(assessment, code) if code else None
    only_open = request.GET.get("saring") == "terbuka"
    view = build_desk(assessment, question, only_open=only_open)
    fields = build_fields(view.question, view.verdict)
    return _desk_page(request, assessment, view, fields, only_open=only_open)


@require_POST
def verify_answer(request: HttpRequest, assessment_id: UUID, code: str) -> HttpResponse:
    """Store one verdict. 200 a fragment with data-version, 409 both texts, 422 the reason."""
    rows = Assessment.objects.locked().select_related("satker__verifier", "period")
    with transaction.atomic():
        assessment = visible_assessment(request, assessment_id, rows)
        if not can_review(request.user, assessment) or assessment.submitted_at is None:
            raise PermissionDenied
        question = question_or_404(assessment, code)
        form = VerdictForm(request.POST, question=question)
        if not form.is_valid():
            return _refuse(request, assessment, question, DomainError(form.first_error), 422)
        try:
            saved = save_verification(
                assessment=assessment,
                new=NewVerdict(
                    question=question,
                    verdict=form.verdict_sent,
                    fields=form.fields_sent,
                    note=form.note_sent,
                    marked=form.mark_sent,
                ),
                seen_version=form.cleaned_data["version"],
                by=request.user,
            )
        except (InvalidEntry, VerdictIncomplete) as refusal:
            return _refuse(request, assessment, question, refusal, 422)
        except StaleAnswer as refusal:
            return _refuse(request, assessment, question, refusal, 409)
        except (AssessmentLocked, WrongStatus) as refusal:
            return _refuse(request, assessment, question, refusal, 403)
    worksheet = load_worksheet(assessment.instrument_id)
    judged = load_verdicts(worksheet, assessment)
    following = first_open(worksheet, judged, after=question)
    if form.cleaned_data["halaman"]:
        goes_on = request.POST["halaman"] == "lanjut"
        target = following if goes_on and following else question
        return redirect(desk_url(assessment, target))
    entries = load_entries(worksheet, assessment.pk, Tier.MANDIRI)
    own, reviewed = both_standings(worksheet, assessment, entries, judged)
    return render(
        request,
        "assessments/_verdict_saved.html",
        {
            "assessment": assessment,
            "question": question,
            "row": saved.row,
            "saved_text": f"Tersimpan {print_clock(saved.row.saved_at, assessment.satker.zone)}",
            "checked": len(judged),
            "own": own,
            "reviewed": reviewed,
            "difference": reviewed.total.points - own.total.points,
            "zone": assessment.satker.zone,
        },
    )


def _desk_page(
    request: HttpRequest,
    assessment: Assessment,
    view: DeskView,
    fields: VerdictFields,
    *,
    only_open: bool = False,
    problem: str = "",
    theirs: object = None,
    status: int = 200,
) -> HttpResponse:
    worksheet = load_worksheet(assessment.instrument_id)
    context = {
        "assessment": assessment,
        "view": view,
        "question": view.question,
        "fields": fields,
        "answer": answer_html(worksheet, view.question, view.entered),
        "earlier_answer": (
            answer_html(worksheet, view.question, view.earlier.entered) if view.earlier else ""
        ),
        "can_verify": can_verify(request.user, assessment),
        "only_open": only_open,
        "problem": problem,
        "theirs": theirs,
        "time_left": print_time_left(
            assessment.period.review_until, timezone.now(), assessment.satker.zone
        ),
        "zone": assessment.satker.zone,
    }
    if view.earlier and view.answer:
        context["earlier_note"], context["note"] = mark_differences(
            view.earlier.note, view.answer.note
        )
    return render(request, "assessments/desk.html", context, status=status)


def _refuse(
    request: HttpRequest,
    assessment: Assessment,
    question: QuestionRow,
    refusal: DomainError,
    status: int,
) -> HttpResponse:
    """A fragment for a script; for the plain form the desk again with what was typed."""
    current = refusal.current if isinstance(refusal, StaleAnswer) else None
    if not request.POST.get("halaman"):
        context = {
            "question": question,
            "message": str(refusal),
            "state": {409: "conflict", 422: "refused"}.get(status, "locked"),
            "current": current,
            "zone": assessment.satker.zone,
        }
        return render(request, "assessments/_verdict_refused.html", context, status=status)
    view = build_desk(assessment, question, only_open=False)
    fields = build_fields(question, view.verdict, typed=request.POST)
    return _desk_page(
        request,
        assessment,
        view,
        fields,
        problem=str(refusal),
        theirs=current,
        status=status,
    )
