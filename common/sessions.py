"""Sessions in the database, whose end moves along while they are used."""

import time

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from common.busy import is_busy

RENEW_SESSION_AFTER = 15 * 60  # seconds
RENEWED_AT = "_renewed_at"


class RenewedSessionMiddleware(SessionMiddleware):
    """Moves the end of a session along, at most once a quarter of an hour.

    Saving the session with every request would add a write to every page. A renewal that cannot
    be written is left to the next request: the page is ready and is shown. What a page has put
    into the session is never left out: where it cannot be kept, the answer is Django's 400, or 503
    for a busy database.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        session = request.session
        is_own = session.modified
        if _is_due(session):
            session[RENEWED_AT] = int(time.time())
        try:
            return super().process_response(request, response)
        except SessionInterrupted as interrupted:
            if not is_own:
                return response
            if is_busy(interrupted):
                raise OperationalError("database is locked") from interrupted
            raise


def _is_due(session: SessionBase) -> bool:
    if not session.accessed or SESSION_KEY not in session:
        return False
    return bool(time.time() - session.get(RENEWED_AT, 0) >= RENEW_SESSION_AFTER)
