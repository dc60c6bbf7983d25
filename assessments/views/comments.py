"""What the people of a satker say about a question: its thread, and what can be done in it."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from assessments.addresses import question_url
from assessments.comment_page import Said, Talk, Written, load_talk, summary_html
from assessments.errors import CommentRefused
from assessments.forms import CommentForm
from assessments.mentions import unknown_names
from assessments.models import Assessment, AssessmentQuerySet, Comment
from assessments.permissions import can_talk
from assessments.services.comments import (
    reopen_comment,
    resolve_comment,
    thread_path,
    withdraw_comment,
    write_comment,
)
from assessments.views.common import question_or_404, visible_assessment
from assessments.worksheet import QuestionRow
from common.http import is_scripted

ACTS = {"selesai": resolve_comment, "buka": reopen_comment, "tarik": withdraw_comment}


def talk_of(
    request: HttpRequest, assessment: Assessment, questions: Iterable[QuestionRow]
) -> Talk | None:
    """What was said about these questions; None for who has no part in it, without a query."""
    if not can_talk(request.user, assessment):
        return None
    return load_talk(
        assessment,
        [question.pk for question in questions],
        user=request.user,
        base=reverse("assessments:detail", args=[assessment.pk]),
        csrf=get_token(request),
        now=timezone.now(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: HttpRequest, assessment_id: UUID, code: str) -> HttpResponse:
    """The whole thread; POST writes a comment. 200 a fragment for a script, 422 the reason."""
    assessment = _own_assessment(request, assessment_id)
    question = question_or_404(assessment, code)
    if request.method == "POST":
        return _write(request, assessment, question)
    talk = talk_of(request, assessment, [question])
    answered = request.GET.get("balas", "")
    written = Written(topic=_topic_of(talk, question, answered))
    return _page(request, assessment, question, talk, written)


@require_POST
@transaction.atomic
def act_on_comment(
    request: HttpRequest, assessment_id: UUID, code: str, comment_id: int, act: str
) -> HttpResponse:
    """Resolve a topic, open it again, take a comment back; a repeat changes nothing."""
    rows = Assessment.objects.locked().select_related("satker", "period")
    assessment = _own_assessment(request, assessment_id, rows)
    question = question_or_404(assessment, code)
    comments = Comment.objects.filter(assessment=assessment, question_id=question.pk)
    if act not in ACTS or comment_id > _LARGEST_KEY:
        raise Http404
    comment = get_object_or_404(comments, pk=comment_id)
    if act == "tarik" and comment.by_id != request.user.pk:
        raise PermissionDenied
    try:
        ACTS[act](assessment=assessment, question=question, comment=comment, by=request.user)
    except CommentRefused as refusal:
        if is_scripted(request):
            return _fragment_of_refusal(request, str(refusal))
        messages.error(request, str(refusal))
    if is_scripted(request):
        return _fragment(request, assessment, question)
    return redirect(thread_path(assessment.pk, code, comment.pk))


_LARGEST_KEY = 2**63 - 1


def _write(request: HttpRequest, assessment: Assessment, question: QuestionRow) -> HttpResponse:
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _refuse(request, assessment, question, form.first_error)
    try:
        comment = _store(request, assessment, question, form)
    except CommentRefused as refusal:
        return _refuse(request, assessment, question, str(refusal))
    if is_scripted(request):
        return _fragment(request, assessment, question, comment)
    for name in unknown_names(comment.text, comment.mentioned.split()):
        messages.warning(request, _nobody(name))
    return redirect(thread_path(assessment.pk, question.code, comment.pk))


@transaction.atomic
def _store(
    request: HttpRequest, assessment: Assessment, question: QuestionRow, form: CommentForm
) -> Comment:
    locked = Assessment.objects.locked().select_related("satker").get(pk=assessment.pk)
    topic = None
    if form.cleaned_data["balas"] is not None:
        comments = Comment.objects.filter(assessment=locked, question_id=question.pk)
        topic = get_object_or_404(
            comments.select_related("by", "topic__by"), pk=form.cleaned_data["balas"]
        )
    return write_comment(
        assessment=locked,
        question=question,
        text=form.cleaned_data["text"],
        by=request.user,
        topic=topic,
        save_id=form.cleaned_data["save_id"],
    )


def _nobody(name: str) -> str:
    return f"Tidak ada orang bernama @{name} di satker ini; tidak ada yang diberi kabar."


def _refuse(
    request: HttpRequest, assessment: Assessment, question: QuestionRow, error: str
) -> HttpResponse:
    if is_scripted(request):
        return _fragment_of_refusal(request, error)
    talk = talk_of(request, assessment, [question])
    topic = _topic_of(talk, question, request.POST.get("balas", ""))
    written = Written(request.POST.get("text", ""), topic, error)
    return _page(request, assessment, question, talk, written, status=422)


def _fragment(
    request: HttpRequest,
    assessment: Assessment,
    question: QuestionRow,
    written: Comment | None = None,
) -> HttpResponse:
    """What a script swaps: the thread as it is now, others' comments too. written: the comment
    just stored, of which it tells whom it names in vain."""
    talk = talk_of(request, assessment, [question])
    context = {
        "summary": summary_html(question, talk.thread(question)),
        "thread": talk.thread_html(question, short=bool(request.POST.get("sebagian"))),
    }
    if written is not None:
        names = unknown_names(written.text, written.mentioned.split())
        context["nobody"] = " ".join(_nobody(name) for name in names)
    return render(request, "assessments/_talk_answer.html", context)


def _fragment_of_refusal(request: HttpRequest, error: str) -> HttpResponse:
    return render(request, "assessments/_talk_answer.html", {"error": error}, status=422)


def _page(
    request: HttpRequest,
    assessment: Assessment,
    question: QuestionRow,
    talk: Talk,
    written: Written,
    status: int = 200,
) -> HttpResponse:
    context = {
        "assessment": assessment,
        "question": question,
        "thread": talk.thread_html(question, short=False),
        "form": talk.form_html(question, short=False, written=written),
        "people": talk.people,
        "back": question_url(assessment.pk, question),
    }
    return render(request, "assessments/thread.html", context, status=status)


def _topic_of(talk: Talk, question: QuestionRow, key: str) -> Said | None:
    """The topic that is to be answered, as the address names it; None for any other text."""
    topics = talk.thread(question).topics
    return next((each.first for each in topics if str(each.first.pk) == key), None)


def _own_assessment(
    request: HttpRequest, assessment_id: UUID, rows: AssessmentQuerySet | None = None
) -> Assessment:
    """404 where the person may not know of it, 403 for everybody but the satker's own people."""
    assessment = visible_assessment(request, assessment_id, rows)
    if not can_talk(request.user, assessment):
        raise PermissionDenied
    return assessment
