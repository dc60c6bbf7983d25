"""One answer: save it, its evidence, its history."""

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assessments.addresses import question_url
from assessments.answer_history import build_history
from assessments.answer_words import entry_words
from assessments.area_page import load_states, to_confirm_html
from assessments.card_parts import badge_of, result_html, saved_state
from assessments.cards import Refused, fill_card
from assessments.errors import AssessmentLocked, InvalidEntry, StaleAnswer
from assessments.forms import AnswerForm
from assessments.models import Answer, Assessment, AssessmentQuerySet
from assessments.permissions import can_fill
from assessments.repair_progress import load_repaired
from assessments.score_panel import saved_fragment
from assessments.services.answers import NewAnswer, SavedAnswer
from assessments.services.answers import save_answer as save
from assessments.services.turns import require_filling_open
from assessments.standing import build_standing
from assessments.views.common import (
    place_of,
    question_or_404,
    readable_assessment,
    visible_assessment,
)
from assessments.worksheet import QuestionRow, load_worksheet
from audit.errors import ChainMoved
from common.dates import print_moment
from common.errors import DomainError
from common.words import mark_differences
from scoring import print_points


@require_POST
def save_answer(request: HttpRequest, assessment_id: UUID, code: str) -> HttpResponse:
    """Store one answer. 200 a fragment with data-version, 409 both texts, 422 the reason."""
    return store_answer(request, assessment_id, code, as_page=bool(request.POST.get("halaman")))


def store_answer(
    request: HttpRequest,
    assessment_id: UUID,
    code: str,
    *,
    as_page: bool,
    refused_files: Sequence[Mapping[str, str]] = (),
) -> HttpResponse:
    """Store the posted answer; a fragment for a script, a page for the plain form.

    refused_files: name and why of each file sent along and not taken, for the page of a refusal.
    """
    store = partial(
        _store, request, assessment_id, code, as_page=as_page, refused_files=refused_files
    )
    try:
        return store(Assessment.objects.with_chain())
    except ChainMoved:
        # Somebody changed the same assessment in between: once more, and now they wait.
        with transaction.atomic():
            return store(Assessment.objects.locked())


def _store(
    request: HttpRequest,
    assessment_id: UUID,
    code: str,
    rows: AssessmentQuerySet,
    *,
    as_page: bool,
    refused_files: Sequence[Mapping[str, str]],
) -> HttpResponse:
    assessment = visible_assessment(request, assessment_id, rows.select_related("satker", "period"))
    if not can_fill(request.user, assessment):
        raise PermissionDenied
    question = question_or_404(assessment, code)
    form = AnswerForm(request.POST, question=question)
    refuse = partial(
        _refuse, request, assessment, question, as_page=as_page, refused_files=refused_files
    )
    if not form.is_valid():
        return refuse(DomainError(form.first_error), 422)
    try:
        saved = save(
            assessment=assessment,
            new=NewAnswer(
                question,
                form.fields_sent,
                form.note_sent,
                save_id=form.cleaned_data["save_id"],
                unconfirmed=form.cleaned_data["unconfirmed"],
            ),
            seen_version=form.cleaned_data["version"],
            by=request.user,
        )
    except InvalidEntry as refusal:
        return refuse(refusal, 422)
    except StaleAnswer as refusal:
        return refuse(refusal, 409)
    except AssessmentLocked as refusal:
        return refuse(refusal, 403)
    if as_page:
        return redirect(question_url(assessment.pk, question))
    return _saved_fragment(assessment, question, saved)


@require_safe
def history(request: HttpRequest, assessment_id: UUID, code: str) -> HttpResponse:
    """All saved versions of one answer, newest first."""
    assessment = readable_assessment(request, assessment_id)
    question = question_or_404(assessment, code)
    answer = Answer.objects.filter(assessment=assessment, question_id=question.pk).first()
    return render(
        request,
        "assessments/history.html",
        {
            "assessment": assessment,
            "question": question,
            "current": answer.version if answer else 0,
            "page": build_history(answer, question, request.GET.get("halaman")),
            "may_restore": _is_open(request, assessment, question),
            "zone": assessment.satker.zone,
            "back": question_url(assessment.pk, question),
        },
    )


def _is_open(request: HttpRequest, assessment: Assessment, question: QuestionRow) -> bool:
    """Whether this person may change the answer now."""
    if not can_fill(request.user, assessment):
        return False
    try:
        require_filling_open(assessment, timezone.now(), question_id=question.pk)
    except AssessmentLocked:
        return False
    return True


def _saved_fragment(
    assessment: Assessment, question: QuestionRow, saved: SavedAnswer
) -> HttpResponse:
    """What a script swaps after a save: state, badge, percentage, score, progress."""
    worksheet = load_worksheet(assessment.instrument_id)
    standing = build_standing(worksheet, saved.evaluation, assessment.target)
    now = timezone.now()
    points = saved.evaluation.nodes[question.section.code].points
    repaired = load_repaired(worksheet, assessment)
    return HttpResponse(
        saved_fragment(
            version=saved.version,
            moved=assessment.audit_chain.count,
            code=question.code,
            section=question.section.anchor,
            state=saved_state(saved.saved_at or now, assessment.satker.zone, now),
            badge=badge_of(worksheet, question, saved.entered),
            result=result_html(worksheet, question, saved.entered) if question.inputs else "",
            standing=standing,
            here=standing.area(question.page),
            section_points=print_points(points),
            carried=to_confirm_html(worksheet.area(question.page), saved.carried),
            counted=(repaired[question.page].done, repaired[question.page].total)
            if repaired
            else None,
        )
    )


def _refuse(
    request: HttpRequest,
    assessment: Assessment,
    question: QuestionRow,
    refusal: DomainError,
    status: int,
    *,
    as_page: bool,
    refused_files: Sequence[Mapping[str, str]],
) -> HttpResponse:
    """A fragment for a script; for the plain form a page that keeps what was typed."""
    context: dict[str, object] = {
        "question": question,
        "message": str(refusal),
        "inputs": _faulty(question, refusal),
        "state": {409: "conflict", 422: "refused"}.get(status, "locked"),
        "assessment": assessment,
        "zone": assessment.satker.zone,
    }
    if isinstance(refusal, StaleAnswer) and isinstance(refusal.current, Answer):
        context |= _conflict(request, assessment, question, refusal.current)
    if not as_page:
        return render(request, "assessments/_refused.html", context, status=status)
    worksheet = load_worksheet(assessment.instrument_id)
    _, states = load_states(worksheet, assessment, (question,), editable=True, user=request.user)
    typed = Refused(
        fields={name: request.POST.get(name, "") for name in question.field_names},
        note=request.POST.get("note", ""),
        message=str(refusal),
        inputs=tuple(getattr(refusal, "inputs", ())),
        state=str(context["state"]),
    )
    context["card"] = fill_card(
        worksheet,
        question,
        states[question.pk],
        place_of(request, assessment, get_token(request)),
        refused=typed,
    )
    context["back"] = question_url(assessment.pk, question)
    context["refused_files"] = refused_files
    return render(request, "assessments/refused.html", context, status=status)


def _faulty(question: QuestionRow, refusal: DomainError) -> Sequence[str]:
    """Names of the fields that hold what was refused; a number is the only one of its question."""
    if isinstance(refusal, InvalidEntry) and not question.options and not question.inputs:
        return ("value",)
    return getattr(refusal, "inputs", ())


def _conflict(
    request: HttpRequest, assessment: Assessment, question: QuestionRow, current: Answer
) -> dict[str, object]:
    """Both answers side by side: the one typed and the one someone else saved."""
    typed = {name: request.POST.get(name, "") for name in question.field_names}
    mine, theirs = mark_differences(request.POST.get("note", ""), current.note)
    return {
        "current": current,
        "version": current.version,
        "who": current.saved_by.name,
        "mine": {
            "title": "Jawaban Anda",
            "when": "belum tersimpan",
            "answer": entry_words(question, typed),
            "note": mine,
            "value": "saya",
        },
        "theirs": {
            "title": f"Jawaban {current.saved_by.name}",
            "when": print_moment(current.saved_at, assessment.satker.zone),
            "answer": entry_words(question, current.entered),
            "note": theirs,
            "value": "tersimpan",
        },
        "theirs_fields": {**current.entered, "note": current.note},
    }
