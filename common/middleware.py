"""What happens to every request and answer, outermost first (order: settings.MIDDLEWARE)."""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import BadRequest
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from common.http import PERSON_HEADER, is_scripted
from common.request_id import set_request_id
from common.views import method_not_allowed, session_ended

PROXY_REQUEST_ID = re.compile(r"[0-9A-Za-z-]{8,64}")

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class RequestIdMiddleware:
    """Gives every request an id; a trusted proxy's id (X-Request-ID) is kept."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = uuid.uuid4().hex
        if settings.TRUSTED_PROXY_COUNT:
            given = request.headers.get("X-Request-ID", "")
            if PROXY_REQUEST_ID.fullmatch(given):
                request_id = given
        # On the request too: Django logs a refusal after the last middleware has returned.
        request.request_id = request_id
        set_request_id(request_id)
        try:
            response = self.get_response(request)
        finally:
            set_request_id("")
        response["X-Request-ID"] = request_id
        return response


class SecurityHeadersMiddleware:
    """The headers that neither Django nor django-csp sets; pages are not kept by caches."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response.setdefault("Cache-Control", "private, no-store")
        return response


class TextGZipMiddleware(GZipMiddleware):
    """Compresses text. Evidence, PDF and xlsx are compressed already and go out untouched."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if not response.get("Content-Type", "").startswith(("text/", "application/json")):
            return response
        return super().process_response(request, response)


class PlainCookiesMiddleware:
    """A cookie with a NUL, which its quoted form can hold, is none: PostgreSQL fails at it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        for name in [name for name, value in request.COOKIES.items() if "\0" in value]:
            del request.COOKIES[name]
        return self.get_response(request)


class StrangersFilesMiddleware:
    """Somebody who is not signed in sends no files; the fields beside them are read.

    Where a form's token is looked for, nobody has asked yet who is there, and all files of the
    request would be on the disk by then.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.content_type == "multipart/form-data" and SESSION_KEY not in request.session:
            request.upload_handlers = [NoFiles(request)]
        return self.get_response(request)


class NoFiles(FileUploadHandler):
    """Reads files past and keeps nothing of them."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Everything asks for sign-in, except views marked ``login_not_required``.

    Only a plain look at a page is sent to the sign-in page. A save whose sign-in has ended is
    answered 401 and keeps what was typed; a redirect would look like success to a script. So is
    a script whose page was made for somebody else than is signed in now: what one person typed is
    never stored in another's name.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: Sequence[Any],
        view_kwargs: Mapping[str, Any],
    ) -> HttpResponseBase | None:
        person = request.headers.get(PERSON_HEADER)
        if person and request.user.is_authenticated and person != str(request.user.pk):
            return session_ended(request)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        if request.method in {"GET", "HEAD"} and not is_scripted(request):
            return super().handle_no_permission(request, view_func)
        return session_ended(request)


class PlainQueryMiddleware:
    """Refuses an address with a NUL in its query: no page means it, and PostgreSQL would fail."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: Any) -> None:
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL in the query")


class NotAPageMiddleware:
    """A page for who opens an address that only takes what a form sends, in place of a blank one.

    A script keeps the bare status: it has no use for a page.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        opened = request.method in {"GET", "HEAD"} and not is_scripted(request)
        if opened and isinstance(response, HttpResponseNotAllowed):
            return method_not_allowed(request, response["Allow"])
        return response
