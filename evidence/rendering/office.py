"""The text of a document or of slides: `python -m evidence.rendering.office SECONDS docx`.

Read from the file's XML as it streams by, within limits; nothing is unpacked to disk. Pictures,
headers, footnotes and what was deleted with tracked changes are left out.
"""

import posixpath
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from xml.parsers import expat

from evidence.rendering import protocol
from evidence.rendering.protocol import NoPreview, Room

CHUNK: Final = 64 * 1024  # bytes
MOST_UNPACKED: Final = 64 * 1024 * 1024  # bytes of one part
MOST_SLIDES: Final = 200
DEEPEST: Final = 256  # elements within each other

# A second version of what stands beside it, and what was moved elsewhere.
_LEFT_OUT: Final = frozenset({"Fallback", "moveFrom"})
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,  # locked by a password
    ValueError,
    LookupError,
)

Attributes = Mapping[str, str]


def main(extension: str) -> None:
    room = Room()
    try:
        with zipfile.ZipFile(sys.stdin.buffer) as archive:
            blocks = _slides(archive, room) if extension == "pptx" else _document(archive, room)
    except _FAULTS:
        raise NoPreview(protocol.DAMAGED) from None
    if not any(block["lines"] for block in blocks):
        raise NoPreview(protocol.EMPTY)
    protocol.answer({"kind": "text", "pages": 1, "blocks": blocks, "cut": room.cut})


def _document(archive: zipfile.ZipFile, room: Room) -> list[dict[str, Any]]:
    return [{"title": "", "lines": _lines(archive, _main_part(archive), room)}]


def _slides(archive: zipfile.ZipFile, room: Room) -> list[dict[str, Any]]:
    """In the order in which they are shown."""
    main_part = _main_part(archive)
    order: list[str] = []

    def note(tag: str, attributes: Attributes) -> None:
        if tag == "sldId":
            order.extend(value for name, value in attributes.items() if name.endswith(":id"))

    _walk(archive, main_part, note)
    targets = _relations(archive, main_part)
    blocks = []
    for number, key in enumerate(order, start=1):
        if room.cut or number > MOST_SLIDES:
            room.cut = True
            break
        if key in targets:
            lines = _lines(archive, targets[key][1], room)
            blocks.append({"title": f"Salindia {number}", "lines": lines})
    return blocks


def _main_part(archive: zipfile.ZipFile) -> str:
    for kind, target in _relations(archive, "").values():
        if kind.endswith("/officeDocument"):
            return target
    raise NoPreview(protocol.DAMAGED)


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """(type, part) that a part refers to, by the key it uses."""
    folder, name = posixpath.split(part)
    found: dict[str, tuple[str, str]] = {}

    def note(tag: str, attributes: Attributes) -> None:
        if tag == "Relationship":
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
            found[attributes.get("Id", "")] = (attributes.get("Type", ""), target.lstrip("/"))

    _walk(archive, posixpath.join(folder, "_rels", f"{name}.rels"), note)
    return found


def _lines(archive: zipfile.ZipFile, part: str, room: Room) -> list[str]:
    """The paragraphs of a part; a row of a table is one line."""
    text = _Text(room)
    _walk(archive, part, text.start, text.end, text.read)
    return text.lines


class _Full(Exception):
    """Nothing more fits."""


class _Text:
    """Gathers paragraphs: `p` with its `t`, rows and cells of tables as `tr` and `tc`."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.lines: list[str] = []
        self.rows: list[list[str]] = []
        self.cells: list[list[str]] = []
        self.piece: list[str] = []
        self.length = 0  # of the paragraph so far
        self.left_out = 0
        self.reading = False

    def start(self, tag: str, _: Attributes) -> None:
        if tag in _LEFT_OUT:
            self.left_out += 1
        if self.left_out:
            return
        match tag:
            case "p":
                self._close_paragraph()
            case "t":
                self.reading = True
            case "tab":
                self.piece.append(" ")
            case "br" | "cr":
                self.piece.append("\n")
            case "noBreakHyphen":
                self.piece.append("-")
            case "tr":
                self.rows.append([])
            case "tc":
                self.cells.append([])

    def end(self, tag: str) -> None:
        if tag in _LEFT_OUT:
            self.left_out -= 1
        elif not self.left_out:
            match tag:
                case "t":
                    self.reading = False
                case "p":
                    self._close_paragraph()
                case "tc" if self.cells and self.rows:
                    self.rows[-1].append(" ".join(self.cells.pop()))
                case "tr" if self.rows:
                    self._put(" | ".join(self.rows.pop()))

    def read(self, text: str) -> None:
        if self.reading and not self.left_out:
            self.piece.append(text)
            self.length += len(text)
            if self.length > self.room.characters:
                self.cells.clear()
                self._close_paragraph()

    def _close_paragraph(self) -> None:
        text = protocol.plain("".join(self.piece))
        self.piece.clear()
        self.length = 0
        self._put(text)

    def _put(self, text: str) -> None:
        if self.cells:
            if text:
                self.cells[-1].append(text)
            return
        if taken := self.room.take(text):
            self.lines.append(taken)
        if self.room.cut:
            raise _Full


def _walk(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] = lambda _: None,
    read: Callable[[str], None] = lambda _: None,
) -> None:
    """Tell the elements of a part, by their names without prefix, until nothing more fits."""
    depth = 0

    def opened(tag: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise NoPreview(protocol.TOO_LARGE)
        start(tag.rpartition(":")[2], attributes)

    def closed(tag: str) -> None:
        nonlocal depth
        depth -= 1
        end(tag.rpartition(":")[2])

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = read
    try:
        for chunk in _chunks(archive, part):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except _Full:
        return


def _chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    info = archive.getinfo(part)
    # Other methods may reserve as much memory as the file asks for.
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise NoPreview(protocol.DAMAGED)
    unpacked = 0
    with archive.open(info) as stream:
        while chunk := stream.read(CHUNK):
            unpacked += len(chunk)
            if unpacked > MOST_UNPACKED:
                raise NoPreview(protocol.TOO_LARGE)
            yield chunk


def _refuse_doctype(*_: object) -> None:
    """It may define entities without end."""
    raise NoPreview(protocol.DAMAGED)


if __name__ == "__main__":
    protocol.run(main)
