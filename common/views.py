"""Error pages, in templates/<status>.html, and the statement of accessibility."""

import sys
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import (
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_safe

from common.busy import RETRY_AFTER, is_busy
from common.http import is_scripted

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)

# Never shown again: they are no text of the user's, or a secret.
NOT_KEPT = (
    "csrfmiddlewaretoken", "password", "oldpassword", "version", "next",
    "save_id", "dilihat", "versi", "berkas", "batal",
)  # fmt: skip


@dataclass(frozen=True)
class KeptText:
    """One field of a refused form, so that what was typed can be copied."""

    name: str
    value: str


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What was done so that everybody can use the pages, and what was not."""
    return render(request, "common/accessibility.html")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 where the request was too large to be read."""
    if isinstance(exception, TOO_LARGE):
        return payload_too_large(request)
    return _answer(request, 400, "Permintaan tidak dapat dibaca. Muat ulang halaman.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403, "Anda tidak berwenang melakukan ini.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404, "Halaman atau data ini tidak ditemukan.")


def method_not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """405 for somebody who has opened an address that only takes what a form sends.

    allowed: the methods the address takes, as the Allow header lists them.
    """
    found = request.resolver_match
    sheet = found.kwargs.get("assessment_id") if found else None
    back = reverse("assessments:detail", args=[sheet]) if sheet else ""
    answer = _answer(request, 405, "Alamat ini bukan halaman.", back=back)
    answer["Allow"] = allowed
    return answer


def payload_too_large(request: HttpRequest) -> HttpResponse:
    return _answer(request, 413, "Isian atau berkas yang dikirim terlalu besar.")


def too_many_requests(request: HttpRequest) -> HttpResponse:
    return _answer(request, 429, "Terlalu banyak percobaan. Tunggu beberapa menit, lalu coba lagi.")


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the database was too busy: rendered without the request's context, which
    may be what failed."""
    if is_busy(sys.exception()):
        return _busy(request)
    if is_scripted(request):
        return _fragment("Terjadi gangguan pada server. Coba lagi.", 500)
    return HttpResponse(render_to_string("500.html"), status=500)


def _busy(request: HttpRequest) -> HttpResponse:
    if is_scripted(request):
        answer = _fragment("Server sedang sibuk. Tunggu beberapa detik, lalu coba lagi.", 503)
    else:
        page = render_to_string("503.html", {"kept": kept_text(request)})
        answer = HttpResponse(page, status=503)
    answer["Retry-After"] = str(RETRY_AFTER)
    return answer


def session_ended(request: HttpRequest) -> HttpResponse:
    """401 for a form or script whose sign-in has ended, with the typed text to copy."""
    if is_scripted(request):
        user = getattr(request, "user", None)
        why = "Sesi Anda telah berakhir"
        if user is not None and user.is_authenticated:
            why = "Di peramban ini sekarang masuk orang lain"
        return _fragment(f"{why}. Masuk lagi di tab lain, lalu coba sekarang.", 401)
    return render(
        request,
        "401.html",
        {"kept": kept_text(request), "login_url": _sign_in_url(request)},
        status=401,
    )


def _sign_in_url(request: HttpRequest) -> str:
    """Signing in leads back to the page that the form stood on, as far as the browser tells it."""
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure()):
        return settings.LOGIN_URL
    where = urlsplit(page)
    there = f"{where.path}?{where.query}" if where.query else where.path
    return f"{settings.LOGIN_URL}?{urlencode({'next': there})}"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is missing or old; 401 for a script that is not signed in."""
    # request.user does not exist yet where the token is checked before the session is read.
    user = getattr(request, "user", None)
    if is_scripted(request):
        if user is None or not user.is_authenticated:
            return session_ended(request)
        return _fragment("Halaman ini sudah kedaluwarsa. Muat ulang, lalu simpan lagi.", 403)
    return render(request, "403_csrf.html", {"kept": kept_text(request)}, status=403)


def kept_text(request: HttpRequest) -> list[KeptText]:
    """What the user had typed into a form that could not be saved."""
    try:
        fields = request.POST.lists()
    except (SuspiciousOperation, MultiPartParserError):
        return []
    return [
        KeptText(name, value)
        for name, values in fields
        if not name.startswith(NOT_KEPT)
        for value in values
        if value.strip()
    ]


def _answer(request: HttpRequest, status: int, message: str, **extra: str) -> HttpResponse:
    """extra: what this page shows beside the message and the menu."""
    if is_scripted(request):
        return _fragment(message, status)
    # Without the request's context, which asks who is there.
    page = render_to_string(f"{status}.html", {"message": message, "menu": _menu(request)} | extra)
    return HttpResponse(page, status=status)


def _menu(request: HttpRequest) -> str:
    """The menu of who is signed in; empty for a stranger, and where the database cannot say."""
    try:
        return render_to_string("ui/menu.html", request=request)
    except DatabaseError:
        # Nobody has read the session then, and nobody is to try again on the way out.
        request.session.accessed = False
        return ""


def _fragment(message: str, status: int) -> HttpResponse:
    """A refusal that a script puts beside the field."""
    return HttpResponse(
        render_to_string("ui/_refusal.html", {"message": message, "status": status}),
        status=status,
    )
