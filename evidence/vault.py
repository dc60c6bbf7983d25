"""The vault: a folder of files under random names, readable by the server's account alone.

What is written here is on the disk, and not only in the system's memory, when `write` returns.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.core.files.storage import FileSystemStorage, storages

FILE_MODE = 0o600
FOLDER_MODE = 0o700


def vault() -> FileSystemStorage:
    return storages["evidence"]


def place_of(file_id: UUID) -> str:
    """Where a file lies, relative to the vault; the name the user gave never reaches the disk."""
    return f"{file_id.hex[:2]}/{file_id.hex}"


def path_of(place: str) -> Path:
    return Path(vault().path(place))


def write(place: str, chunks: Iterable[bytes]) -> str:
    """Write a new file; returns the SHA-256 of what was written. Nothing stays of a failure.

    Raises FileExistsError where there is one already, OSError where the disk refuses.
    """
    path = path_of(place)
    make_folder(path.parent)
    digest = hashlib.sha256()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
                digest.update(chunk)
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(path.parent)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return digest.hexdigest()


def open_file(place: str) -> BinaryIO:
    """Raises FileNotFoundError."""
    return path_of(place).open("rb")


def exists(place: str) -> bool:
    return path_of(place).is_file()


def remove(place: str) -> None:
    """Nothing happens where there is no such file."""
    path_of(place).unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """A folder two levels down at most, closed to other accounts."""
    if not folder.is_dir():
        folder.parent.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        folder.mkdir(FOLDER_MODE, exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    """A new name in a folder is safe only once the folder is on disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
