"""What the server imports: ``pmpzi.wsgi:application``."""

import codecs
import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmpzi.settings")

_django = get_wsgi_application()

REFUSED = b"Permintaan tidak dapat dibaca: teksnya harus berkode UTF-8.\n"


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django, for requests in UTF-8.

    Django decodes fields and query by whatever charset a request names, some of which fail at
    any text or give half characters, and does so before the first middleware is asked.
    """
    if _is_utf_8(environ.get("CONTENT_TYPE", "")):
        return _django(environ, start_response)
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(REFUSED))),
        ("Cache-Control", "private, no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    start_response("400 Bad Request", headers)
    return [REFUSED]


def _is_utf_8(content_type: str) -> bool:
    """Also where no charset is named, or one that Django ignores because nobody knows it."""
    _, parameters = parse_header_parameters(content_type)
    try:
        return codecs.lookup(parameters.get("charset", "utf-8")).name == "utf-8"
    except LookupError:
        return True
