"""Is the process alive, and can it work? Nobody needs to sign in to ask; neither says why not."""

import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import storages
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all."""
    return _plain("sehat", 200)


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, its tables are up to date and evidence can be written."""
    if _database_is_current() and _storage_is_writable():
        return _plain("siap", 200)
    return _plain("belum siap", 503)


def _database_is_current() -> bool:
    """The database answers and every migration is applied."""
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False


def _storage_is_writable() -> bool:
    """A file can be written where evidence lies.

    The folder itself is made with the first upload; until then its nearest existing parent
    counts.
    """
    place = Path(storages["evidence"].location)
    while not place.exists() and place != settings.BASE_DIR:
        place = place.parent
    try:
        with tempfile.NamedTemporaryFile(dir=place, prefix=".siap-"):
            return True
    except OSError:
        return False


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
