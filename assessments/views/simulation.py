"""What if: the simulation's page, one step of it, and the scenarios that were kept."""

from dataclasses import dataclass, field
from fractions import Fraction
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from assessments.enums import Tier
from assessments.errors import ScenarioRefused, StaleScenario
from assessments.models import SCENARIO_NAME_LENGTH, Assessment, Scenario
from assessments.services.scenarios import (
    KEPT_AT_MOST,
    delete_scenario,
    find_scenario,
    list_scenarios,
    rename_scenario,
    save_scenario,
    update_scenario,
)
from assessments.simulation import Fields, Simulation, digest_of, fields_of, lay_over, moved_since
from assessments.simulation_forms import NameForm, SimulationForm, Step, Typed, read_typed
from assessments.simulation_page import build_figures, build_rows
from assessments.views.common import readable_assessment
from assessments.views.score import asked_way
from assessments.way_page import plan_entries
from assessments.worksheet import QuestionRow, Worksheet, load_entries, load_worksheet


@dataclass(slots=True)
class _Shown:
    """What one answer of the page shows besides the figures. raw: fields as typed. moved: real
    answers that changed since the open scenario was saved. untold: questions of a plan whose
    figures are not known, and the value to reach. stale: the real answers are others than those
    on screen."""

    worksheet: Worksheet
    simulation: Simulation
    typed: Typed | None = None
    scenario: Scenario | None = None
    name: str = ""
    problem: str = ""
    moved: tuple[str, ...] = ()
    untold: tuple[tuple[QuestionRow, Fraction], ...] = ()
    stale: bool = False
    raw: Fields = field(default_factory=dict)


@require_http_methods(["GET", "HEAD", "POST"])
def simulate(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """Try other answers: nothing of the sheet changes, whatever is posted here."""
    assessment = readable_assessment(request, assessment_id)
    worksheet = load_worksheet(assessment.instrument_id)
    real = load_entries(worksheet, assessment.pk, Tier.MANDIRI)
    if request.method == "POST":
        return _act(request, assessment, worksheet, real)
    sent = SimulationForm(request.GET)
    if "skenario" in request.GET:
        scenario = _scenario_or_404(request, assessment, sent.sent("skenario"))
        shown = _Shown(
            worksheet,
            lay_over(worksheet, real, fields_of(worksheet, scenario.entries)),
            scenario=scenario,
            moved=moved_since(worksheet, assessment.pk, real, scenario.saved_at),
        )
    elif "jalan" in request.GET:
        wish, _ = asked_way(request, assessment, worksheet)
        planned, untold = plan_entries(worksheet, real, wish)
        fields = fields_of(worksheet, planned)
        shown = _Shown(worksheet, lay_over(worksheet, real, fields), untold=untold)
    else:
        shown = _Shown(worksheet, lay_over(worksheet, real, {}))
    return _page(request, assessment, shown)


@require_POST
def simulation_step(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """The figures for the entries that were sent; a fragment for the script. Writes nothing.
    200, or 422 where an entry is not on its scale (the others are computed all the same)."""
    assessment = readable_assessment(request, assessment_id)
    worksheet = load_worksheet(assessment.instrument_id)
    real = load_entries(worksheet, assessment.pk, Tier.MANDIRI)
    typed = read_typed(worksheet, request.POST)
    simulation = lay_over(worksheet, real, typed.fields)
    figures = build_figures(worksheet, simulation, assessment.target, typed.faults)
    stale = SimulationForm(request.POST).sent("dasar") not in {None, digest_of(real)}
    context = {"figures": figures, "stale": stale, "unknown": typed.unknown}
    refused = bool(figures.faults or typed.unknown)
    return HttpResponse(
        render_to_string("assessments/_simulation_step.html", context),
        status=422 if refused else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def scenario(request: HttpRequest, assessment_id: UUID, scenario_id: UUID) -> HttpResponse:
    """Give a kept scenario another name, or throw it away."""
    assessment = readable_assessment(request, assessment_id)
    found = _scenario_or_404(request, assessment, scenario_id)
    context: dict[str, object] = {
        "assessment": assessment,
        "scenario": found,
        "name": found.name,
        "name_length": SCENARIO_NAME_LENGTH,
        "zone": assessment.satker.zone,
    }
    if request.method != "POST":
        return render(request, "assessments/scenario.html", context)
    if SimulationForm(request.POST).step == Step.DELETE:
        delete_scenario(scenario=found, by=request.user)
        messages.success(request, f"Skenario “{found.name}” dihapus. LKE tidak berubah.")
        return redirect("assessments:simulate", assessment.pk)
    form = NameForm(request.POST)
    problem = form.problem
    if not problem:
        try:
            rename_scenario(scenario=found, name=form.cleaned_data["nama"], by=request.user)
        except ScenarioRefused as refusal:
            problem = str(refusal)
        else:
            messages.success(request, "Nama skenario diganti.")
            return redirect(_url(assessment, found))
    context |= {"problem": problem, "name": _printable(request.POST.get("nama", ""))}
    return render(request, "assessments/scenario.html", context, status=422)


def _act(
    request: HttpRequest, assessment: Assessment, worksheet: Worksheet, real: Fields
) -> HttpResponse:
    """Compute, or keep what was typed under a name; a refusal keeps everything on screen."""
    sent = SimulationForm(request.POST)
    typed = read_typed(worksheet, request.POST)
    opened = sent.sent("skenario")
    shown = _Shown(
        worksheet,
        lay_over(worksheet, dict(real), typed.fields),
        typed=typed,
        raw=typed.raw,
        scenario=find_scenario(assessment, opened, request.user) if opened else None,
        name=_printable(request.POST.get("nama", "")),
        stale=sent.sent("dasar") not in {None, digest_of(dict(real))},
    )
    refused = bool(typed.faults or typed.unknown or shown.simulation.faults)
    if sent.step not in {Step.SAVE, Step.UPDATE}:
        return _page(request, assessment, shown, status=422 if refused else 200)
    if refused:
        shown.problem = "Skenario belum disimpan. Perbaiki isian yang ditandai, lalu simpan lagi."
        return _page(request, assessment, shown, status=422)
    if shown.stale:
        shown.problem = (
            "Skenario belum disimpan: jawaban di LKE berubah sejak halaman ini dibuka. Periksa "
            "tanda “Diubah”, lalu simpan lagi."
        )
        return _page(request, assessment, shown, status=409)
    try:
        kept = _keep(request, assessment, shown, sent)
    except StaleScenario as refusal:
        shown.problem = str(refusal)
        return _page(request, assessment, shown, status=409)
    except ScenarioRefused as refusal:
        shown.problem = str(refusal)
        return _page(request, assessment, shown, status=422)
    messages.success(request, f"Skenario “{kept.name}” disimpan. LKE tidak berubah.")
    return redirect(_url(assessment, kept))


def _keep(
    request: HttpRequest, assessment: Assessment, shown: _Shown, sent: SimulationForm
) -> Scenario:
    """Raises ScenarioRefused, StaleScenario."""
    fields = shown.typed.fields if shown.typed else {}
    if sent.step == Step.UPDATE:
        if shown.scenario is None:
            raise StaleScenario("Skenario ini sudah tidak ada. Simpan isian Anda dengan nama baru.")
        update_scenario(
            scenario=shown.scenario,
            seen_version=sent.sent("versi") or 0,
            fields=fields,
            by=request.user,
        )
        return shown.scenario
    form = NameForm(request.POST)
    if form.problem:
        raise ScenarioRefused(form.problem)
    return save_scenario(
        assessment=assessment, name=form.cleaned_data["nama"], fields=fields, by=request.user
    )


def _page(
    request: HttpRequest, assessment: Assessment, shown: _Shown, status: int = 200
) -> HttpResponse:
    typed_faults = shown.typed.faults if shown.typed else ()
    figures = build_figures(shown.worksheet, shown.simulation, assessment.target, typed_faults)
    return render(
        request,
        "assessments/simulation.html",
        {
            "assessment": assessment,
            "shown": shown,
            "figures": figures,
            "areas": build_rows(
                shown.worksheet,
                shown.simulation,
                figures,
                shown.raw,
                unfold=[question for question, _ in shown.untold],
            ),
            "fault_lines": [
                (each.question.anchor, f"{each.question.code}: {each.message}")
                for each in figures.faults
            ],
            "unknown": shown.typed.unknown if shown.typed else 0,
            "scenarios": list_scenarios(assessment, request.user),
            "most": KEPT_AT_MOST,
            "name_length": SCENARIO_NAME_LENGTH,
            "digest": digest_of(shown.simulation.real),
            "zone": assessment.satker.zone,
        },
        status=status,
    )


def _scenario_or_404(
    request: HttpRequest, assessment: Assessment, scenario_id: UUID | None
) -> Scenario:
    found = find_scenario(assessment, scenario_id, request.user) if scenario_id else None
    if found is None:
        raise Http404
    return found


def _url(assessment: Assessment, kept: Scenario) -> str:
    return f"{reverse('assessments:simulate', args=[assessment.pk])}?skenario={kept.pk}"


def _printable(text: str) -> str:
    return text.encode(errors="replace").decode()
