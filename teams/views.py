"""The team of one's own satker: who is what, and putting it together."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from teams.errors import TeamRefused
from teams.forms import TeamForm
from teams.permissions import can_change_team, can_see_team
from teams.services import people_of, set_team
from teams.team import load_team


@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest) -> HttpResponse:
    """Shown to everybody of the satker, changed by whom `can_change_team` names."""
    if not can_see_team(request.user):
        raise PermissionDenied
    satker = request.user.satker
    current = load_team(satker)
    changeable = can_change_team(request.user, current)
    if request.method == "POST" and not changeable:
        raise PermissionDenied
    people = list(people_of(satker))
    form = TeamForm(request.POST if request.method == "POST" else None, people=people, team=current)
    if form.is_valid():
        try:
            set_team(
                satker=satker,
                new=form.team,
                seen=form.cleaned_data["seen"],
                by=request.user,
            )
        except TeamRefused as refusal:
            form.add_error({"secretary": "sekretaris"}.get(refusal.field), str(refusal))
        else:
            messages.success(request, "Susunan tim tersimpan.")
            return redirect("teams:team")
    return render(
        request,
        "teams/team.html",
        {
            "team": current,
            "form": form,
            "changeable": changeable,
            "changing": changeable and (form.is_bound or "ubah" in request.GET),
            "alone": len(people) < 2,
            "head": next((each for each in people if each.role == "pimpinan"), None),
            "satker": satker,
        },
        status=422 if form.is_bound else 200,
    )
