"""What views share about requests and responses."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

PERSON_HEADER = "X-Person"  # whom the page of a scripted request was made for (static/js/net.js)
SCRIPT_FETCH_MODES = frozenset({"cors", "same-origin"})


def is_scripted(request: HttpRequest) -> bool:
    """Whether a script asks (autosave, upload) and not the browser for a whole page.

    A scripted request gets a fragment or a bare status, never a redirect to a page.
    """
    headers = request.headers
    return (
        headers.get("X-Requested-With", "").lower() in {"fetch", "xmlhttprequest"}
        or "HX-Request" in headers
        or headers.get("Sec-Fetch-Mode", "") in SCRIPT_FETCH_MODES
    )


def attachment(content: bytes, *, filename: str, content_type: str) -> HttpResponse:
    """A download that the browser saves and nobody in between keeps."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, filename) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
