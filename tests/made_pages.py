"""Pages made for tests, each with one thing to show: what happens around it is looked at."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from pmpzi.urls import handler400, handler403, handler404, handler429, handler500  # noqa: F401

LONG_TEXT = "Penilaian mandiri zona integritas. " * 100


@login_not_required
def public(request):
    return HttpResponse(LONG_TEXT)


def private(request):
    return HttpResponse(request.POST.get("note", "-"))


@login_not_required
def picture(request):
    return HttpResponse(LONG_TEXT, content_type="application/pdf")


@login_not_required
def cached(request):
    return HttpResponse("-", headers={"Cache-Control": "max-age=60"})


@login_not_required
def forbidden(request):
    raise PermissionDenied


@login_not_required
def missing(request):
    raise Http404


@login_not_required
def broken(request):
    raise RuntimeError("kesalahan buatan")


@login_not_required
def busy(request):
    raise OperationalError("database is locked")


@login_not_required
@require_POST
def sent(request):
    return HttpResponse("-")


def noted(request):
    request.session["catatan"] = "1"
    return HttpResponse("-")


urlpatterns = [
    path("publik", public),
    path("pribadi", private),
    path("gambar", picture),
    path("simpan", cached),
    path("terlarang", forbidden),
    path("hilang", missing),
    path("rusak", broken),
    path("sibuk", busy),
    path("dicatat", noted),
    path("kirim", sent),
]
