import logging
import os
from typing import BinaryIO

from django.http import FileResponse

from evidence import vault
from evidence.errors import FileLost
from evidence.models import EvidenceFile

logger = logging.getLogger(__name__)


SEALED = "default-src 'none'; sandbox"  # what is opened by itself loads and runs nothing


def open_stored(file: EvidenceFile) -> BinaryIO:
    """Raises FileLost (404) where the vault has no such file, or one of another size."""
    try:
        stream = vault.open_file(file.file.name)
    except FileNotFoundError:
        logger.error("evidence has no file in the vault: %s", file.pk)
        raise FileLost(file.name) from None
    size = os.fstat(stream.fileno()).st_size
    if size != file.size:
        stream.close()
        logger.error("evidence has %d bytes instead of %d: %s", size, file.size, file.pk)
        raise FileLost(file.name)
    return stream


def attachment_response(file: EvidenceFile) -> FileResponse:
    """The file for the browser to save, never to show; nobody in between keeps it.

    Who may have it is the caller's question, and the caller's to record. Raises FileLost.
    """
    stream = open_stored(file)
    response = FileResponse(
        stream, as_attachment=True, filename=file.name, content_type=file.content_type
    )
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = SEALED
    response["X-Content-Type-Options"] = "nosniff"
    return response
