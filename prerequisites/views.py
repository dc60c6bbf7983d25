"""The centre's pages: the institution's values of a year, and the predikat of a satker."""

from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from common.dates import local
from prerequisites.errors import PrerequisiteRefused
from prerequisites.forms import FIRST_YEAR, GrantForm, ValueForm, YearForm
from prerequisites.models import PredikatGrant, PrerequisiteValue
from prerequisites.permissions import can_keep_register
from prerequisites.register_page import build_register
from prerequisites.rules import INSTITUTION_ITEMS, Item
from prerequisites.services import save_grant, save_value
from satker.models import Satker

SATKER_SHOWN = 20


def today() -> date:
    """The day at the centre: decrees and documents are dated by no satker's clock."""
    return local(timezone.now()).date()


@require_http_methods(["GET", "HEAD", "POST"])
def institution(request: HttpRequest) -> HttpResponse:
    """The values that hold for every satker in a year, and the way to a satker's predikat."""
    if not can_keep_register(request.user):
        raise PermissionDenied
    asked = YearForm(request.GET)
    asked.is_valid()
    year = asked.cleaned_data.get("tahun") or today().year
    search = asked.cleaned_data.get("cari") or ""
    refused = None
    if request.method == "POST":
        if "tahun" in asked.errors:  # never into a year that was not meant
            raise Http404
        refused = sent_value(request, INSTITUTION_ITEMS, satker=None, year=year)
        if refused is None:
            messages.success(request, "Isian tersimpan.")
            return redirect(f"{reverse('prerequisites:institution')}?tahun={year}")
    found = (
        Satker.objects.filter(Q(name__icontains=search) | Q(code__iexact=search))[:SATKER_SHOWN]
        if search
        else ()
    )
    return render(
        request,
        "prerequisites/institution.html",
        {
            "year": year,
            "heading": f"Tingkat kementerian, tahun {year}",
            "action": f"{request.path}?tahun={year}",
            "years": range(today().year + 1, max(FIRST_YEAR, today().year - 6), -1),
            "rows": build_register(
                INSTITUTION_ITEMS,
                PrerequisiteValue.objects.of_institution(year).select_related("saved_by"),
                today=today(),
                editable=True,
                refused=refused,
            ),
            "refused": refused,
            "search": search,
            "found": list(found),
            "searched": bool(search),
        },
        status=200 if refused is None else 422,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def grants(request: HttpRequest, satker_id: int) -> HttpResponse:
    """A satker's predikat over the years; `?ubah=` puts one of them into the form."""
    if not can_keep_register(request.user):
        raise PermissionDenied
    satker = get_object_or_404(Satker, pk=satker_id)
    rows = list(PredikatGrant.objects.filter(satker=satker).select_related("saved_by"))
    wanted = request.GET.get("ubah", "")
    changed = next((row for row in rows if str(row.pk) == wanted), None)
    if wanted and changed is None:
        raise Http404
    sent = request.POST if request.method == "POST" else None
    form = GrantForm(sent, today=today(), grant=changed)
    if form.is_valid():
        try:
            grant = save_grant(
                satker=satker,
                decree=form.decree,
                grant_id=changed.pk if changed else None,
                seen_version=form.cleaned_data["version"],
                by=request.user,
            )
        except PrerequisiteRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, f"{grant} tersimpan.")
            return redirect("prerequisites:grants", satker.pk)
    return render(
        request,
        "prerequisites/grants.html",
        {
            "satker": satker,
            "rows": [(row, row.is_held(today())) for row in rows],
            "form": form,
            "changed": changed,
        },
        status=422 if form.is_bound else 200,
    )


def sent_value(
    request: HttpRequest, items: Sequence[Item], *, satker: Satker | None, year: int
) -> ValueForm | None:
    """Store the value that was sent; the form that says why not, where it was not taken.

    404 where the prerequisite that is named is not one of items.
    """
    item = next((item for item in items if item.code == request.POST.get("kode")), None)
    if item is None:
        raise Http404
    form = ValueForm(request.POST, item=item, today=today())
    if not form.is_valid():
        return form
    try:
        save_value(
            item=item,
            satker=satker,
            year=year,
            new=form.new_value,
            seen_version=form.cleaned_data["version"],
            by=request.user,
        )
    except PrerequisiteRefused as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return form
    return None
