"""What one sees of a file of evidence without downloading it (decision 48).

Every file is looked into by a program of its own (`evidence.rendering`) with limits on memory,
CPU time and output, never by the server itself. A page of a PDF is drawn when it is asked for; the
first one, and the thumbnail, when the file has come in (`evidence.jobs`).
"""

import json
import logging
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.conf import settings

from evidence import preview_store
from evidence.errors import PreviewBusy
from evidence.kinds import KINDS
from evidence.models import EvidenceFile
from evidence.preview_turns import turn
from evidence.rendering import protocol
from evidence.streaming import open_stored

logger = logging.getLogger(__name__)

CPU_TIME = 10  # seconds for one page
WALL = 3  # times the CPU time, on a machine that is busy
PATIENCE = 5  # seconds to wait for another page that the same person is having made

MOST_PAGES = 1_000_000  # no file that is taken in has more
PICTURE_TYPE = "image/webp"

# The program in `evidence.rendering`, and what it is told.
_PROGRAMS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "PDF": ("pdf", ()),
    "JPG": ("image", ()),
    "JPEG": ("image", ()),
    "PNG": ("image", ()),
    "DOCX": ("office", ("docx",)),
    "PPTX": ("office", ("pptx",)),
    "XLSX": ("workbook", ()),
    "ZIP": ("archive", ()),
}
# What of them makes another preview of the same bytes.
_KINDS = {
    extension: "".join(arguments) or program
    for extension, (program, arguments) in _PROGRAMS.items()
}
_KIND_OF_TYPE = {KINDS[name.lower()].content_type: kind for name, kind in _KINDS.items()}
WITH_THUMBNAIL = frozenset({"PDF", "JPG", "JPEG", "PNG"})

# Ended from outside: the server stops, or the system ran out of memory.
_STOPPED = frozenset({signal.SIGINT, signal.SIGKILL, signal.SIGTERM})

_REASONS: Mapping[int, str] = {
    protocol.DAMAGED: "Isinya rusak atau tidak lengkap.",
    protocol.LOCKED: "Berkas ini terkunci kata sandi.",
    protocol.TOO_LARGE: "Isinya terlalu besar atau terlalu rumit untuk ditampilkan di halaman.",
    protocol.EMPTY: "Tidak ada teks di dalamnya.",
}


@dataclass(frozen=True, slots=True)
class Block:
    """A document, a slide or a sheet: lines, or rows of cells with their number."""

    title: str
    lines: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[int, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a preview. kind: page (of a PDF), image, text, table or names (in an archive);
    "" where there is none. pages: how many there are, at least 1; reason: why there is nothing
    to see, "" else; width, height: of the picture, in pixels; text: what a page of a PDF says.
    cut: more is in the file than is shown."""

    kind: str = ""
    pages: int = 1
    reason: str = ""
    picture: bytes = b""
    width: int = 0
    height: int = 0
    text: str = ""
    blocks: tuple[Block, ...] = ()
    cut: bool = False


def key_of(file: EvidenceFile) -> str:
    """By what its preview is known: the same content, read in the same way."""
    return preview_store.key_of(file.sha256, _KINDS[file.extension])


def sheet_of(file: EvidenceFile, number: int = 1, *, person: int | None = None) -> Sheet | None:
    """A page, from 1; made now if it was not kept. None where there is no such page.

    person: the key of who looks at it, who has one made at a time.

    Raises FileLost; PreviewBusy when too many are being made.
    """
    if not 1 <= number <= MOST_PAGES:
        return None
    kept = preview_store.sheet_of(key_of(file), number)
    if kept is None:
        first = preview_store.sheet_of(key_of(file), 1)
        if first is not None and number > _read(first).pages:
            return None
        kept = _make(file, number, CPU_TIME, PATIENCE, person)
    return _read(kept) if kept else None


def prepare(
    file: EvidenceFile,
    *,
    seconds: int = CPU_TIME,
    patience: int = PATIENCE,
    person: int | None = None,
) -> bool:
    """Make thumbnail and first page, unless it was done; returns whether something was done.

    seconds: of CPU; a file that takes longer than CPU_TIME never gets a preview, one that takes
    longer than fewer seconds is left for later. person: who waits for it, if anybody does.
    Raises FileLost and PreviewBusy.
    """
    key = key_of(file)
    if preview_store.is_prepared(key):
        return False
    _make(file, 1, seconds, patience, person)
    return preview_store.is_prepared(key)


def unprepared() -> Iterator[EvidenceFile]:
    """One file of each content, and of each kind it is taken for, that nothing is known of yet."""
    contents = EvidenceFile.objects.order_by("sha256").values_list("sha256", "content_type")
    for sha256, content_type in contents.distinct().iterator():
        if not preview_store.is_prepared(preview_store.key_of(sha256, _KIND_OF_TYPE[content_type])):
            same = EvidenceFile.objects.filter(sha256=sha256, content_type=content_type)
            if file := same.order_by("pk").first():
                yield file


def thumbnail_of(file: EvidenceFile) -> bytes | None:
    return preview_store.thumbnail_of(key_of(file)) or None


def has_thumbnail(file: EvidenceFile) -> bool:
    return file.extension in WITH_THUMBNAIL and preview_store.has_thumbnail(key_of(file))


def _make(
    file: EvidenceFile, number: int, seconds: int, patience: int, person: int | None
) -> bytes | None:
    """Run the program and keep what it answers; None for no such page, and where it was given
    less than CPU_TIME and needed more."""
    if number != 1 and file.extension != "PDF":
        return None
    code, answer = protocol.TOO_LARGE, b""
    if not preview_store.is_heavy(key_of(file)):
        with turn(person, patience):
            code, answer = _draw(file, number, seconds)
    if code == protocol.NO_SUCH_PAGE or (code < 0 and seconds < CPU_TIME):
        return None
    content, thumbnail = _parts(answer) if code == protocol.DONE else (_refusal(file, code), b"")
    if code > 0 and code not in _REASONS:
        return content  # a fault of the program or of the server, which may be mended
    preview_store.keep_sheet(key_of(file), number, content)
    if number == 1:
        preview_store.keep_thumbnail(key_of(file), thumbnail)
    return content


def _draw(file: EvidenceFile, number: int, seconds: int) -> tuple[int, bytes]:
    """As `_run`. What ran out of all its time once is not begun with any other page."""
    key = key_of(file)
    if preview_store.is_heavy(key):  # as was found while this thread waited
        return protocol.TOO_LARGE, b""
    program, arguments = _PROGRAMS[file.extension]
    with open_stored(file) as stream:
        arguments = (str(number),) if program == "pdf" else arguments
        code, answer = _run(program, arguments, stream, seconds)
    if -code == signal.SIGXCPU and seconds >= CPU_TIME:
        preview_store.mark_heavy(key)
    return code, answer


def _run(
    program: str, arguments: Iterable[str], stream: BinaryIO, seconds: int
) -> tuple[int, bytes]:
    """Exit code, below 0 where a limit or a fault ended it, and answer. Raises PreviewBusy."""
    try:
        # A file and no pipe, so that the limit on what it writes holds.
        with tempfile.TemporaryFile() as target:
            module = f"evidence.rendering.{program}"
            ended = subprocess.run(  # noqa: S603 (our own interpreter and our own program)
                [sys.executable, "-E", "-s", "-m", module, str(seconds), *arguments],
                cwd=settings.BASE_DIR,
                stdin=stream,
                stdout=target,
                stderr=subprocess.DEVNULL,
                env={},
                timeout=WALL * seconds,
                check=False,
            )
            if -ended.returncode in _STOPPED:
                raise PreviewBusy
            target.seek(0)
            return ended.returncode, target.read(protocol.MOST_WRITTEN)
    except subprocess.TimeoutExpired:
        raise PreviewBusy from None


def _refusal(file: EvidenceFile, code: int) -> bytes:
    if code not in _REASONS:
        # Below 0: ended for want of memory or time, or by a fault of a library.
        logger.warning("no preview of %s: its program ended with %d", file.pk, code)
        code = protocol.TOO_LARGE
    return json.dumps({"reason": code}).encode() + b"\n"


def _parts(answer: bytes) -> tuple[bytes, bytes]:
    """What is kept of the page, and the thumbnail."""
    line, _, pictures = answer.partition(b"\n")
    page = sum(json.loads(line)["lengths"][:1])
    return line + b"\n" + pictures[:page], pictures[page:]


def _read(content: bytes) -> Sheet:
    line, _, picture = content.partition(b"\n")
    said: dict[str, Any] = json.loads(line)
    if code := said.get("reason"):
        return Sheet(reason=_REASONS[code])
    return Sheet(
        kind=said["kind"],
        pages=said["pages"],
        picture=picture,
        width=said.get("width", 0),
        height=said.get("height", 0),
        text=said.get("text", ""),
        blocks=tuple(_block(block) for block in said.get("blocks", ())),
        cut=said.get("cut", False),
    )


def _block(said: Mapping[str, Any]) -> Block:
    return Block(
        title=said["title"],
        lines=tuple(said.get("lines", ())),
        columns=tuple(said.get("columns", ())),
        rows=tuple((row, tuple(cells)) for row, cells in said.get("rows", ())),
    )
