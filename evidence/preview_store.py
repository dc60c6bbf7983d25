"""Where previews lie: beside the vault, named by the hash of what they show and by what it was read
as: the same bytes show something else as a docx than as a zip.

"kecil" holds a thumbnail for each content, an empty file where there can be none; it stays as long
as a row names that content, and so does "berat": an empty file for a content of which a page took
too long, so that its other pages are not tried. "halaman" holds what was looked at last, within a
size. All of it can be deleted at any time and is made again.
"""

import contextlib
import logging
import os
import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages

from evidence.models import EvidenceFile
from evidence.vault import FOLDER_MODE

logger = logging.getLogger(__name__)

THUMBNAILS = "kecil"
SHEETS = "halaman"
HEAVY = "berat"
FOLDERS = 256  # of either, by the first two digits of the hash

CHUNK_ROWS = 500
_DRAFT = ".baru-"  # how what is being written is named
# Those of old, that do not say what they were read as, show nobody anything any more.
_NAME = re.compile(r"([0-9a-f]{64})(-[a-z]{1,20})?(?:-[0-9]{1,9})?")


def store() -> FileSystemStorage:
    return storages["previews"]


def key_of(sha256: str, kind: str) -> str:
    """By what a preview is known. kind: what it was read as, in letters from a to z."""
    return f"{sha256}-{kind}"


def thumbnail_of(key: str) -> bytes | None:
    """None where none was made yet, empty where there can be none."""
    return _read(_thumbnail_path(key))


def has_thumbnail(key: str) -> bool:
    try:
        return _thumbnail_path(key).stat().st_size > 0
    except (FileNotFoundError, NotADirectoryError):
        return False


def is_prepared(key: str) -> bool:
    """Whether it is known what its thumbnail is, or that it has none."""
    return _thumbnail_path(key).is_file()


def keep_thumbnail(key: str, picture: bytes) -> None:
    _write(_thumbnail_path(key), picture)


def sheet_of(key: str, number: int) -> bytes | None:
    """What was kept of a page; looking at it makes it the last one to go."""
    path = _sheet_path(key, number)
    content = _read(path)
    if content is not None:
        with contextlib.suppress(OSError):
            os.utime(path)
    return content


def keep_sheet(key: str, number: int, content: bytes) -> None:
    """Keep a page, and let go those of its folder that were not looked at for longest."""
    path = _sheet_path(key, number)
    if _write(path, content):
        _trim(path.parent, settings.PREVIEW_CACHE // FOLDERS)


def is_heavy(key: str) -> bool:
    return _heavy_path(key).is_file()


def mark_heavy(key: str) -> None:
    _write(_heavy_path(key), b"")


def unnamed(*, before: datetime) -> Iterator[Path]:
    """Files of contents that no row names any more, and what was begun before that moment and
    never finished."""
    for kind in (THUMBNAILS, SHEETS, HEAVY):
        root = Path(store().path(kind))
        for folder in sorted(root.iterdir()) if root.is_dir() else ():
            if folder.is_dir():
                yield from _unnamed_in(folder)
                yield from _drafts_in(folder, before)


def remove_unnamed(*, before: datetime, remove: bool) -> int:
    """How many there are; they are removed where asked."""
    count = 0
    for path in unnamed(before=before):
        count += 1
        if remove:
            path.unlink(missing_ok=True)
    return count


def _unnamed_in(folder: Path) -> Iterator[Path]:
    found: dict[str, list[Path]] = {}
    for path in folder.iterdir():
        if name := _NAME.fullmatch(path.name):
            if name[2]:
                found.setdefault(name[1], []).append(path)
            else:
                yield path
    hashes = sorted(found)
    for start in range(0, len(hashes), CHUNK_ROWS):
        some = hashes[start : start + CHUNK_ROWS]
        rows = EvidenceFile.objects.filter(sha256__in=some)
        named = set(rows.values_list("sha256", flat=True).distinct())
        yield from (path for sha256 in some if sha256 not in named for path in found[sha256])


def _drafts_in(folder: Path, before: datetime) -> Iterator[Path]:
    for path in folder.glob(f"{_DRAFT}*"):
        with contextlib.suppress(FileNotFoundError):  # finished meanwhile
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                yield path


def _thumbnail_path(key: str) -> Path:
    return Path(store().path(f"{THUMBNAILS}/{key[:2]}/{key}"))


def _sheet_path(key: str, number: int) -> Path:
    return Path(store().path(f"{SHEETS}/{key[:2]}/{key}-{number}"))


def _heavy_path(key: str) -> Path:
    return Path(store().path(f"{HEAVY}/{key[:2]}/{key}"))


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _write(path: Path, content: bytes) -> bool:
    """Whole or not at all, mode 0600; returns which. A full disk is logged and no more: what was
    asked for can be shown all the same, and made again."""
    try:
        for folder in reversed((path.parent, *path.parent.parents[:2])):
            folder.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=_DRAFT)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError:
        logger.exception("a preview could not be kept")
        return False
    return True


def _trim(folder: Path, limit: int) -> None:
    """The newest one stays, whatever its size."""
    files: list[tuple[float, int, str]] = []
    for entry in os.scandir(folder):
        with contextlib.suppress(FileNotFoundError):  # let go by another process
            status = entry.stat(follow_symlinks=False)
            files.append((status.st_mtime, status.st_size, entry.path))
    files.sort(reverse=True)
    kept = 0
    for place, (_, size, path) in enumerate(files):
        kept += size
        if kept > limit and place:
            Path(path).unlink(missing_ok=True)
