"""Looking at a file in the page is reading it: one audit event for each page that is opened.

The picture of a page is fetched by the browser on its own. Its address carries a key that only
who has opened the page was given, so that the picture is not recorded twice; without the key it
is, so that nothing is read without a trace (decision 48).
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User
from assessments.services.downloads import ReadableFile
from audit.services import locked_chain, record

KEY_LIFE: Final = timedelta(hours=1)  # at least; at most twice that


@transaction.atomic
def log_preview(found: ReadableFile, *, page: int, by: User) -> None:
    """One audit event, in the chain of the satker, as a download's. page: from 1."""
    record(
        chain=locked_chain(found.file.satker.audit_key),
        action="bukti_dilihat",
        subject=str(found.file.pk),
        by=by,
        after={
            "name": found.file.name,
            "sha256": found.file.sha256,
            "page": page,
            "assessment": str(found.assessment.pk) if found.assessment else None,
        },
    )


def picture_key(user: User, file_id: UUID, page: int, now: datetime) -> str:
    """Says that this person has just opened this page. The same within an hour, so that a browser
    knows a picture again."""
    return _key(user, file_id, page, _turn(now))


def has_opened(user: User, file_id: UUID, page: int, key: str, now: datetime) -> bool:
    """Whether the key was given for that page, this turn or the one before."""
    turn = _turn(now)
    return any(
        constant_time_compare(key, _key(user, file_id, page, each)) for each in (turn, turn - 1)
    )


def _turn(now: datetime) -> int:
    return int(now.timestamp() // KEY_LIFE.total_seconds())


def _key(user: User, file_id: UUID, page: int, turn: int) -> str:
    said = f"{user.pk} {file_id} {page} {turn}"
    return salted_hmac("assessments.preview", said, algorithm="sha256").hexdigest()[:32]
