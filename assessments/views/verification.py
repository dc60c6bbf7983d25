"""The reviewer's pages: queue, desk, and one verdict."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import OF_A_SATKER, User
from assessments.card_parts import saved_state
from assessments.desk import LOOKS, OPEN_ONLY, build_desk, desk_url
from assessments.enums import RejectionReason, Status, Verdict
from assessments.errors import AssessmentLocked, StaleAnswer, WrongStatus
from assessments.forms import VerdictForm
from assessments.models import NOTE_LENGTH, Assessment, Verification
from assessments.permissions import REVIEWERS, can_open_desk, can_read_last_year, can_review
from assessments.queue import (
    QueueForm,
    build_row,
    group_rows,
    queue_offers,
    queue_rows,
    queue_sheets,
    queue_tabs,
    sees_queue,
)
from assessments.review import build_scores
from assessments.services.turns import require_review_open
from assessments.services.verification import (
    NewVerdict,
    SavedVerdict,
    VerdictIncomplete,
    save_verification,
)
from assessments.verdict_form import build_fields
from assessments.views.common import question_or_404, visible_assessment
from assessments.worksheet import QuestionRow, load_worksheet
from common.dates import print_date, print_moment, print_time_left
from common.errors import DomainError
from common.words import mark_differences

ROWS_ON_A_PAGE = 25


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The reviewer's own satker, what waits longest first; to TPI what was approved."""
    user = request.user
    if user.role in OF_A_SATKER:
        raise PermissionDenied
    if not sees_queue(user):
        return redirect("reports:recap")
    is_reviewer = user.role in REVIEWERS
    offers = queue_offers(user)
    form = QueueForm(request.GET, offers=offers)
    chosen = form.chosen
    sheets = queue_sheets(user, chosen)
    page = Paginator(queue_rows(sheets, chosen), ROWS_ON_A_PAGE).get_page(
        request.GET.get("halaman")
    )
    now = timezone.now()
    rows = [build_row(assessment, now) for assessment in page.object_list]
    in_groups = is_reviewer and not chosen.get("urut") and not chosen.get("status")
    context = {
        "title": "Antrean verifikasi" if is_reviewer else "Penilaian yang disetujui",
        "since_label": "Sejak" if is_reviewer else "Disetujui",
        "form": form,
        "tabs": queue_tabs(sheets, request.GET, chosen.get("status", "")) if offers else (),
        "page": page,
        "groups": group_rows(rows) if in_groups else [("", rows)],
        "filtered": bool(offers),
        "is_reviewer": is_reviewer,
    }
    return render(request, "assessments/queue.html", context)


@require_safe
def desk(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """One question with the satker's answer, note and evidence, and the reviewer's verdict."""
    assessment = visible_assessment(request, assessment_id)
    if not can_open_desk(request.user, assessment):
        raise PermissionDenied
    code = request.GET.get("soal", "")
    question = question_or_404(assessment, code) if code else None
    return _desk_page(request, assessment, question)


@require_POST
def verify_answer(request: HttpRequest, assessment_id: UUID, code: str) -> HttpResponse:
    """Store one verdict. 200 a fragment with data-version, 409 both texts, 422 the reason."""
    rows = Assessment.objects.locked().select_related("satker", "period")
    with transaction.atomic():
        assessment = visible_assessment(request, assessment_id, rows)
        if not can_review(request.user, assessment) or assessment.submitted_at is None:
            raise PermissionDenied
        question = question_or_404(assessment, code)
        form = VerdictForm(request.POST, question=question)
        try:
            saved = _save(assessment, question, form, request.user)
        except DomainError as fault:
            saved, refusal = None, fault
    if saved is None:
        return _refuse(request, assessment, question, refusal)
    if form.cleaned_data["halaman"]:
        return _go_on(request, assessment, question, saved)
    return render(
        request, "assessments/_verdict_saved.html", _saved_context(assessment, question, saved)
    )


def _save(
    assessment: Assessment, question: QuestionRow, form: VerdictForm, by: User
) -> SavedVerdict:
    """Raises DomainError for a form that is not right, and as `save_verification`."""
    if not form.is_valid():
        name = next(iter(form.errors))
        raise VerdictIncomplete(form.first_error, "value" if name in question.field_names else name)
    return save_verification(
        assessment=assessment,
        new=NewVerdict(
            question=question,
            verdict=form.verdict_sent,
            fields=form.fields_sent,
            note=form.note_sent,
            marked=form.mark_sent,
            reason=form.reason_sent,
        ),
        seen_version=form.cleaned_data["version"],
        by=by,
    )


def _go_on(
    request: HttpRequest, assessment: Assessment, question: QuestionRow, saved: SavedVerdict
) -> HttpResponse:
    """After the plain form: the same question again, the next open one, or the decision."""
    only_open = _only_open(request)
    url = desk_url(assessment, question, only_open=only_open)
    if request.POST["halaman"] == "lanjut":
        url = _next_url(assessment, question, saved, only_open=only_open)
    return HttpResponseRedirect(url, status=303)


def _next_url(
    assessment: Assessment, question: QuestionRow, saved: SavedVerdict, *, only_open: bool
) -> str:
    following = saved.review.next_open(question)
    if following is None:
        return reverse("assessments:decide", args=[assessment.pk])
    return desk_url(assessment, following, only_open=only_open)


def _only_open(request: HttpRequest) -> bool:
    """The strip shows only what has no verdict; kept while one goes along."""
    return OPEN_ONLY in {request.GET.get("saring"), request.POST.get("saring")}


def _saved_context(
    assessment: Assessment, question: QuestionRow, saved: SavedVerdict
) -> dict[str, object]:
    """What a script swaps after a save: state, badges, figures; and where to go on."""
    row, review = saved.row, saved.review
    area = load_worksheet(assessment.instrument_id).area(question.page)
    return {
        "assessment": assessment,
        "question": question,
        "row": row,
        "state": saved_state(row.saved_at, assessment.satker.zone, timezone.now()),
        "scores": build_scores(review),
        "remaining": review.remaining,
        "look": LOOKS[row.verdict],
        "area": area,
        "area_checked": sum(bool(review.verdict_of(each)) for each in area.questions),
        "next_url": _next_url(assessment, question, saved, only_open=False),
    }


def _refuse(
    request: HttpRequest, assessment: Assessment, question: QuestionRow, refusal: DomainError
) -> HttpResponse:
    """A fragment for a script; for the plain form the desk again with what was typed."""
    match refusal:
        case StaleAnswer():
            status, state = 409, "conflict"
        case AssessmentLocked() | WrongStatus():
            status, state = 403, "locked"
        case _:
            status, state = 422, "refused"
    field = refusal.field if isinstance(refusal, VerdictIncomplete) else ""
    inputs = getattr(refusal, "inputs", ()) or (("value",) if field == "value" else ())
    problem: dict[str, object] = {
        "state": state,
        "message": str(refusal),
        "field": field or ("value" if inputs else ""),
        "inputs": inputs,
    }
    current = refusal.current if isinstance(refusal, StaleAnswer) else None
    if isinstance(current, Verification):
        problem |= _conflict(request, assessment, question, current)
    if not request.POST.get("halaman"):
        return render(
            request,
            "assessments/_verdict_refused.html",
            {"question": question} | problem,
            status=status,
        )
    return _desk_page(request, assessment, question, problem=problem, status=status)


def _conflict(
    request: HttpRequest, assessment: Assessment, question: QuestionRow, current: Verification
) -> dict[str, object]:
    """Both verdicts side by side: the one typed and the one someone else saved."""
    typed = {name: request.POST.get(name, "") for name in question.field_names}
    mine, theirs = mark_differences(request.POST.get("note", ""), current.note)
    return {
        "current": current,
        "mine": {
            "title": "Putusan Anda",
            "when": "belum tersimpan",
            "answer": _verdict_words(question, request.POST.get("verdict", ""), typed),
            "note": mine,
            "value": "saya",
        },
        "theirs": {
            "title": f"Putusan {current.saved_by.name}",
            "when": print_moment(current.saved_at, assessment.satker.zone),
            "answer": _verdict_words(question, current.verdict, current.entered),
            "note": theirs,
            "value": "tersimpan",
        },
        "theirs_fields": {
            "verdict": current.verdict,
            "note": current.note,
            "reason": current.reason,
            "mark": "1" if current.marked else "0",
            **current.entered,
        },
    }


def _verdict_words(question: QuestionRow, verdict: str, entered: Mapping[str, str]) -> str:
    """ "Kurang sesuai: B"; counts with their labels."""
    label = Verdict(verdict).label if verdict in Verdict.values else "Belum diperiksa"
    if verdict in {"", Verdict.SESUAI}:
        return label
    if question.inputs:
        counts = (f"{each.label} {entered.get(each.key) or '…'}" for each in question.inputs)
        return f"{label}: {'; '.join(counts)}"
    return f"{label}: {entered.get('value', '').replace('.', ',') or 'tanpa nilai'}"


def _desk_page(
    request: HttpRequest,
    assessment: Assessment,
    question: QuestionRow | None,
    *,
    problem: Mapping[str, object] | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    view = build_desk(
        assessment,
        question,
        only_open=_only_open(request),
        with_last_year=can_read_last_year(request.user, assessment),
    )
    fields = build_fields(
        view.question, view.stored, view.entered, typed=request.POST if problem else None
    )
    context = {
        "assessment": assessment,
        "view": view,
        "question": view.question,
        "scores": view.scores,
        "fields": fields,
        "state": saved_state(view.stored.saved_at, assessment.satker.zone)
        if view.stored and view.stored.verdict
        else "",
        "lock": _lock(request.user, assessment, now),
        "problem": problem,
        "note_length": NOTE_LENGTH,
        "reasons": RejectionReason.choices,
        "time_left": print_time_left(assessment.period.review_until, now, assessment.satker.zone),
        "zone": assessment.satker.zone,
    }
    return render(request, "assessments/desk.html", context, status=status)


def _lock(user: User, assessment: Assessment, now: datetime) -> str | None:
    """None while this person may judge; else why not."""
    if not can_review(user, assessment):
        return "Halaman ini hanya dapat Anda baca."
    match assessment.status:
        case Status.RETURNED:
            return "Dikembalikan ke satker untuk diperbaiki; putusan dibuka lagi setelah dikirim."
        case Status.APPROVED:
            on = print_date(assessment.approved_at, assessment.satker.zone)
            return f"Disetujui {on}; putusan tidak dapat diubah lagi."
    try:
        require_review_open(assessment, now)
    except DomainError as refusal:
        return str(refusal)
    return None
