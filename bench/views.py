"""The measure: what plain Django takes for a save and for a page of the same size.

Written as Django's own documentation would: a queryset of instances, a form with widgets. The
same middleware as everywhere runs before them, so a session, a sign-in and a CSRF token are
checked here too.
"""

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from bench.forms import PlainForm
from bench.models import BareRow

ROWS = 130
QUESTIONS = 22


@require_POST
def save(request: HttpRequest, row_id: int, group: int) -> HttpResponse:
    """One UPDATE and one SELECT of 130 rows."""
    BareRow.objects.filter(pk=row_id).update(value=request.POST["value"], version=F("version") + 1)
    rows = list(BareRow.objects.filter(group=group))
    return HttpResponse(f"{len(rows)}")


@require_safe
def area(request: HttpRequest) -> HttpResponse:
    """22 groups of radio buttons with a text area; asks the database nothing."""
    forms = [PlainForm(prefix=f"q{number}") for number in range(1, QUESTIONS + 1)]
    return render(request, "bench/area.html", {"forms": forms})
