"""Who may have a preview made now: the server's threads are there for those who save, too."""

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore
from typing import Final

from django.conf import settings

from evidence import preview_store
from evidence.errors import PreviewBusy
from evidence.vault import FILE_MODE, FOLDER_MODE

logger = logging.getLogger(__name__)

AT_ONCE: Final = settings.PREVIEWS_AT_ONCE
FOLDER: Final = "giliran"  # beside the previews; a file for each person, held while one is made
LOOK_AGAIN: Final = 0.1  # seconds

# In a process of the server: threads that make one or wait, and those of them that wait.
room = BoundedSemaphore(AT_ONCE)
_waiting = BoundedSemaphore(1)


@contextmanager
def turn(person: int | None, patience: float) -> Iterator[None]:
    """Held by AT_ONCE threads of a process, and by one for each person in all of them.

    person: their key; None for nobody, who waits for nobody. patience: seconds to wait for what
    the same person is having made, as one thread of a process may; all others are told at once.
    Raises PreviewBusy.
    """
    if not room.acquire(blocking=False):
        raise PreviewBusy
    try:
        with _alone(person, patience):
            yield
    finally:
        room.release()


@contextmanager
def _alone(person: int | None, patience: float) -> Iterator[None]:
    handle = None if person is None else _opened(person)
    if handle is None:
        yield
        return
    try:
        if not _held(handle):
            _wait_for(handle, patience)
        yield
    finally:
        os.close(handle)


def _opened(person: int) -> int | None:
    """None where the disk has no room for it: what was asked for can be shown all the same."""
    path = Path(preview_store.store().path(f"{FOLDER}/{person}"))
    try:
        path.parent.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE)
    except OSError:
        logger.exception("nobody's turn at a preview can be kept")
        return None


def _wait_for(handle: int, patience: float) -> None:
    if not _waiting.acquire(blocking=False):
        raise PreviewBusy
    try:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            time.sleep(LOOK_AGAIN)
            if _held(handle):
                return
        raise PreviewBusy
    finally:
        _waiting.release()


def _held(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
