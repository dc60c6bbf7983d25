"""What is done after a file has come in, beside the request (decision 41)."""

import logging

from django.conf import settings
from django_tasks import task

from evidence import previews
from evidence.errors import FileLost, PreviewBusy
from evidence.models import EvidenceFile

logger = logging.getLogger(__name__)

# Without a worker, somebody who uploads is waiting for it.
CPU_TIME_WHILE_WAITING = 2  # seconds
PATIENCE_WHILE_WAITING = 1


@task()
def make_preview(file_id: str) -> None:
    """Thumbnail and first page. Done twice it is done once; what is left out is made later: where
    somebody opens the preview, or by `make_previews`."""
    file = EvidenceFile.objects.filter(pk=file_id).first()
    if file is None:
        return
    try:
        if settings.JOB_WORKER:
            previews.prepare(file)
        else:
            previews.prepare(
                file,
                seconds=CPU_TIME_WHILE_WAITING,
                patience=PATIENCE_WHILE_WAITING,
                person=file.uploaded_by_id,
            )
    except (FileLost, PreviewBusy) as reason:
        logger.warning("no preview of %s yet: %s", file.pk, type(reason).__name__)
