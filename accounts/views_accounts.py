"""The pages where a ketua, or the centre, manages accounts."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.directory import directory_form, find_accounts
from accounts.errors import UserRefused
from accounts.forms import AccountForm, NewAccountForm
from accounts.models import User
from accounts.reach import accounts_in_reach, can_manage_accounts, satker_in_reach

ROWS_ON_A_PAGE = 50
MOST_OFFERED = 400  # satker in the list to pick from; the centre has ten times as many


@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    _require_manager(request)
    form = directory_form(request.user, request.GET)
    chosen = form.chosen
    page = Paginator(find_accounts(request.user, chosen), ROWS_ON_A_PAGE).get_page(
        request.GET.get("halaman")
    )
    return render(
        request, "accounts/list.html", {"form": form, "page": page, "filtered": bool(chosen)}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new_account(request: HttpRequest) -> HttpResponse:
    """Make an account; the password made up for it is on the answer, and nowhere else."""
    _require_manager(request)
    initial = {"satker": request.GET.get("satker", "")[:20], "role": User.Role.OPERATOR}
    form = NewAccountForm(
        request.POST if request.method == "POST" else None, manager=request.user, initial=initial
    )
    if form.is_valid():
        password = services.temporary_password()
        try:
            user = services.create_user(**form.cleaned_data, password=password, by=request.user)
        except UserRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return _told(request, user, password, is_new=True)
    offered = satker_in_reach(request.user).order_by("code")[: MOST_OFFERED + 1]
    return render(
        request,
        "accounts/new.html",
        {"form": form, "offered": offered if len(offered) <= MOST_OFFERED else ()},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, user_id: int) -> HttpResponse:
    """One account: its name, role and address can be corrected."""
    user = _account(request, user_id)
    data = request.POST if request.method == "POST" else None
    initial = {"name": user.name, "role": user.role, "email": user.email}
    form = AccountForm(data, manager=request.user, initial=initial)
    if form.is_valid():
        try:
            services.correct_account(user=user, **form.cleaned_data, by=request.user)
        except UserRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, f"Akun {user.username} disimpan.")
            return redirect("people:account", user.pk)
    status = 422 if form.errors else 200
    return render(request, "accounts/account.html", {"form": form, "person": user}, status=status)


@require_POST
def give_password(request: HttpRequest, user_id: int) -> HttpResponse:
    """Another temporary password, told once on the answer; ends the person's sessions."""
    user = _account(request, user_id)
    try:
        password = services.give_temporary_password(user=user, by=request.user)
    except UserRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("people:account", user.pk)
    return _told(request, user, password, is_new=False)


@require_POST
def set_active(request: HttpRequest, user_id: int) -> HttpResponse:
    """Close an account (aktif=0), which ends its sessions, or open it (aktif=1)."""
    user = _account(request, user_id)
    active = request.POST.get("aktif") == "1"
    try:
        services.set_active(user=user, active=active, by=request.user)
    except UserRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Akun {user.username} {'dibuka' if active else 'ditutup'}.")
    return redirect("people:account", user.pk)


def _told(request: HttpRequest, user: User, password: str, *, is_new: bool) -> HttpResponse:
    """Straight from the act: what is told once is neither stored nor part of an address."""
    context = {"person": user, "password": password, "is_new": is_new}
    return render(request, "accounts/password_given.html", context)


def _require_manager(request: HttpRequest) -> None:
    if not can_manage_accounts(request.user):
        raise PermissionDenied


def _account(request: HttpRequest, user_id: int) -> User:
    """404 for whoever is out of reach."""
    _require_manager(request)
    return get_object_or_404(accounts_in_reach(request.user), pk=user_id)
