"""Files on their way: one part each on the disk, beside the vault, and its length is how far it is.

What `append` has answered for is on the disk. One writer at a time: a second one is refused
at once, so that no thread of the server waits.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from evidence import vault
from evidence.errors import WrongOffset

FOLDER = "unggahan"  # no two hexadecimal digits, so it never meets the folders of the vault
MAX_CHUNK = 1024 * 1024  # bytes


def path_of(upload_id: UUID) -> Path:
    return vault.path_of(f"{FOLDER}/{upload_id.hex}")


def length_of(upload_id: UUID) -> int:
    """Bytes that have arrived."""
    try:
        return path_of(upload_id).stat().st_size
    except FileNotFoundError:
        return 0


def append(upload_id: UUID, *, offset: int, chunk: bytes) -> int:
    """Write a chunk where it belongs; returns the length then. A repeat changes nothing.

    Raises WrongOffset for a gap, for bytes other than those that are there, and while another
    request is writing; OSError where the disk refuses, and nothing of the chunk stays.
    """
    with opened(upload_id) as file:
        length = os.fstat(file.fileno()).st_size
        if offset > length:
            raise WrongOffset(length)
        file.seek(offset)
        present = file.read(len(chunk))
        if present != chunk[: len(present)]:
            raise WrongOffset(length)
        rest = chunk[len(present) :]
        if not rest:
            return length
        written = 0
        try:
            while written < len(rest):
                written += file.write(rest[written:])
            os.fsync(file.fileno())
        except OSError:
            os.ftruncate(file.fileno(), length)
            raise
        return length + written


@contextmanager
def opened(upload_id: UUID) -> Iterator[BinaryIO]:
    """The part, for reading and writing, held against others; made where there is none.

    Raises WrongOffset while somebody else holds it.
    """
    path = path_of(upload_id)
    vault.make_folder(path.parent)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, vault.FILE_MODE)
    # Unbuffered: what is not written has failed when it is written, not later.
    with os.fdopen(handle, "r+b", buffering=0) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WrongOffset(os.fstat(file.fileno()).st_size) from None
        yield file


def remove(upload_id: UUID) -> None:
    path_of(upload_id).unlink(missing_ok=True)


def parts_before(moment: datetime) -> Iterator[UUID]:
    """Parts last written before that moment."""
    folder = vault.path_of(FOLDER)
    if not folder.is_dir():
        return
    for entry in sorted(os.scandir(folder), key=lambda each: each.name):
        try:
            upload_id = UUID(hex=entry.name)
        except ValueError:
            continue
        if datetime.fromtimestamp(entry.stat(follow_symlinks=False).st_mtime, UTC) < moment:
            yield upload_id
