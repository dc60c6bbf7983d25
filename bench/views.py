"""The measure: what Django itself takes for a save and for a page of the same size.

The same middleware as everywhere runs before them, so a session, a sign-in and a CSRF token are
checked here too.
"""

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from bench.models import BareRow

ROWS = 130
QUESTIONS = 22
OPTIONS = "ABCD"


@require_POST
def save(request: HttpRequest, row_id: int, group: int) -> HttpResponse:
    """One UPDATE and one SELECT of 130 rows."""
    BareRow.objects.filter(pk=row_id).update(value=request.POST["value"], version=F("version") + 1)
    rows = BareRow.objects.filter(group=group).values_list("pk", "value", "version")
    return HttpResponse(f"{sum(version for _, _, version in rows)}")


@require_safe
def area(request: HttpRequest) -> HttpResponse:
    """22 groups of radio buttons with a text area, through a template; asks the database
    nothing."""
    questions = [
        {
            "code": f"A.I.5.{number}",
            "text": f"Pertanyaan nomor {number} tentang pengawasan di satuan kerja",
            "options": [{"key": key, "text": f"Arti pilihan {key}"} for key in OPTIONS],
        }
        for number in range(1, QUESTIONS + 1)
    ]
    return render(request, "bench/area.html", {"questions": questions})
