"""The team's work: my tasks, giving questions out, marking them as checked."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.addresses import question_url
from assessments.comment_state import open_mentions
from assessments.enums import EDITABLE
from assessments.errors import AssessmentLocked, HandlingRefused
from assessments.models import Assessment
from assessments.permissions import can_work_in_team
from assessments.services import handling
from assessments.services.turns import deadline_refusal, open_questions
from assessments.task_forms import ShareForm
from assessments.task_pages import build_share, build_tasks, my_sheets
from assessments.task_parts import Looker, share_url, team_line
from assessments.task_state import care_of, facts_of, load_facts, load_handlings
from assessments.views.common import question_or_404, visible_assessment
from assessments.worksheet import QuestionRow, load_worksheet
from common.dates import local
from common.http import is_scripted
from common.ui.badges import save_state
from teams.permissions import can_see_team
from teams.services import people_of
from teams.team import load_posts, load_team


@require_safe
def my_tasks(request: HttpRequest) -> HttpResponse:
    """What is open, returned, due, waiting to be checked, for the person who looks."""
    user = request.user
    if not can_see_team(user):
        raise PermissionDenied
    now = timezone.now()
    team = load_team(user.satker)
    sheets = [build_tasks(each, team, user, now) for each in my_sheets(user)]
    return render(
        request,
        "assessments/tasks.html",
        {
            "sheets": sheets,
            "mentions": open_mentions(user),
            "team": team,
            "now": now,
            "zone": user.satker.zone,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def share_out(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """The questions of an area with who has them; who leads it gives chosen ones to a person."""
    assessment = _team_assessment(request, assessment_id)
    now = timezone.now()
    worksheet = load_worksheet(assessment.instrument_id)
    team = load_team(assessment.satker)
    led = team.led_by(request.user)
    asked = request.POST.get("area") or request.GET.get("area") or next(iter(led), "1")
    area = worksheet.area(asked) or worksheet.areas[0]
    is_open = assessment.status in EDITABLE and not deadline_refusal(assessment, now)
    questions = [each for each in open_questions(assessment) if each.page == area.key]
    if request.method == "POST" and area.key not in led:
        raise PermissionDenied
    people = list(people_of(assessment.satker))
    sent = request.POST if request.method == "POST" else None
    form = ShareForm(sent, people=people, pokja=team.pokja.get(area.key), questions=questions)
    if form.is_valid():
        try:
            changed = handling.give(
                assessment=assessment,
                questions=[worksheet.by_code[code] for code in form.cleaned_data["soal"]],
                task=form.task,
                by=request.user,
            )
        except (HandlingRefused, AssessmentLocked) as refusal:
            field = getattr(refusal, "field", "")
            form.add_error(field or None, str(refusal))
        else:
            messages.success(request, _given(changed, form.task.assignee is None))
            return redirect(share_url(assessment, area))
    chosen = request.POST.getlist("soal") if sent is not None else request.GET.getlist("soal")
    return render(
        request,
        "assessments/share_out.html",
        {
            "assessment": assessment,
            "area": area,
            "areas": [
                (each, share_url(assessment, each), each.key in led) for each in worksheet.areas
            ],
            "lines": build_share(assessment, questions, chosen, now),
            "fixed": len(area.questions) - len(questions),
            "form": form,
            "may_share": is_open and area.key in led and bool(questions),
            "is_open": is_open,
            "pokja": team.pokja.get(area.key),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def check_question(request: HttpRequest, assessment_id: UUID, code: str) -> HttpResponse:
    """Who leads marks a question as checked as it was seen (`dilihat`, or `versi` and `berkas`), or
    takes the mark back (`batal=1`); the line of the card for a script, else back to it."""
    assessment = _team_assessment(request, assessment_id)
    question = question_or_404(assessment, code)
    if question.page not in load_posts(assessment.satker).led_by(request.user):
        raise PermissionDenied
    refusal = ""
    try:
        if request.POST.get("batal"):
            handling.uncheck(assessment=assessment, question=question, by=request.user)
        else:
            handling.check(
                assessment=assessment, question=question, seen=_seen(request), by=request.user
            )
    except (HandlingRefused, AssessmentLocked) as refused:
        refusal = str(refused)
    if is_scripted(request):
        return _line(request, assessment, question, refusal)
    if refusal:
        messages.error(request, refusal)
    return redirect(question_url(assessment.pk, question))


def _team_assessment(request: HttpRequest, assessment_id: UUID) -> Assessment:
    assessment = visible_assessment(request, assessment_id)
    if not can_work_in_team(request.user, assessment):
        raise PermissionDenied
    return assessment


def _seen(request: HttpRequest) -> str:
    """A script tells what stands on its page now, a button what stood there when it was made."""
    if "versi" not in request.POST:
        return request.POST.get("dilihat", "")
    version = request.POST["versi"]
    known = version.isascii() and version.isdecimal()
    files = request.POST.getlist("berkas")
    try:
        return facts_of(int(version) if known else 0, [UUID(each) for each in files])
    except ValueError:
        return ""


def _line(
    request: HttpRequest, assessment: Assessment, question: QuestionRow, refusal: str
) -> HttpResponse:
    now = timezone.now()
    zone = assessment.satker.zone
    facts = load_facts(assessment, [question.pk]).get(question.pk, facts_of(0, ()))
    row = load_handlings(assessment, [question.pk]).get(question.pk)
    care = care_of(facts, row, assessment.satker_id)
    looker = Looker(request.user, leads=True, today=local(now, zone).date(), zone=zone)
    line = team_line(assessment, question, care, looker)
    told = save_state("refused", refusal) if refusal else ""
    return HttpResponse(
        format_html('<div><div data-for="team">{}{}</div></div>', line, told),
        status=422 if refusal else 200,
    )


def _given(changed: int, taken_back: bool) -> str:
    if not changed:
        return "Tidak ada yang berubah: pembagiannya sudah begitu."
    return f"{changed} pertanyaan {'ditarik kembali' if taken_back else 'diberikan'}."
