from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse

from common.http import is_scripted

OPEN_PAGES = frozenset({"password_change", "account_change_password", "logout", "account_logout"})


class PasswordChangeRequiredMiddleware:
    """Whoever still has a password given by someone else chooses an own one before all else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        # Public pages do not ask who is there, so neither is the session read for them.
        if not getattr(view_func, "login_required", True):
            return None
        if not request.user.is_authenticated or not request.user.must_change_password:
            return None
        if request.resolver_match is not None and request.resolver_match.view_name in OPEN_PAGES:
            return None
        if is_scripted(request):
            return _refusal()
        target = reverse("password_change")
        if request.method in {"GET", "HEAD"}:
            target += "?" + urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
        return redirect(target)


def _refusal() -> HttpResponse:
    message = "Ganti kata sandi Anda dahulu, lalu simpan lagi."
    context = {"message": message, "status": 403}
    return HttpResponse(render_to_string("ui/_refusal.html", context), status=403)
