"""ZIP files and the Office formats that are ZIP files. Nothing is ever unpacked to disk."""

import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import IO
from xml.parsers import expat

from evidence import kinds
from evidence.errors import FileRefused, Reason

# The directory is held in memory, in about 15 times its size. This is some 16,000 entries.
MAX_DIRECTORY = 2 * 1024 * 1024  # bytes
MAX_CONTENT_TYPES = 1024 * 1024  # bytes; a workbook of 500 sheets needs a tenth of it

_OFFICE = "application/vnd.openxmlformats-officedocument"
MAIN_PARTS: Mapping[str, str] = {
    f"{_OFFICE}.wordprocessingml.document.main+xml": "docx",
    f"{_OFFICE}.spreadsheetml.sheet.main+xml": "xlsx",
    f"{_OFFICE}.presentationml.presentation.main+xml": "pptx",
}
CONTENT_TYPES = "[Content_Types].xml"
MACRO_TYPES = ("macroenabled", "macrosheet", "vbaproject", "vbadata")
MACRO_PARTS = ("vbaproject", "vbadata")
# ".bin" is what Office itself calls embedded objects and printer settings.
PROGRAM_PARTS = kinds.PROGRAMS - {"bin"}

END = struct.Struct("<4s4H2LH")
END_SIGNATURE = b"PK\x05\x06"
END64_LOCATOR_SIGNATURE = b"PK\x06\x07"
END64_LOCATOR = 20  # bytes
LONGEST_COMMENT = 65535  # bytes
ENCRYPTED = 0x1

ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    ValueError,
    NotImplementedError,
    EOFError,
)


def check_zip(file: IO[bytes], size: int) -> None:
    """A sealed attachment: only its directory is read. Raises FileRefused."""
    _read_directory(file, "zip", size).close()


def check_office(file: IO[bytes], extension: str, size: int) -> None:
    """An Office file of just this kind, without macros and programs. Raises FileRefused."""
    with _read_directory(file, extension, size) as archive:
        entries = {info.filename.lower(): info for info in archive.infolist()}
        if len(entries) < len(archive.infolist()):
            raise kinds.damaged(extension)  # two parts of one name: each reader sees another
        content_types = entries.get(CONTENT_TYPES.lower())
        if content_types is None:
            raise kinds.other_content(extension, "zip")
        types = _read_content_types(archive, content_types, extension)
    if _has_macros(types, entries):
        raise kinds.with_macros(extension)
    if any(PurePosixPath(name).suffix[1:] in PROGRAM_PARTS for name in entries):
        raise kinds.program()
    actual = _kind_of(types, entries)
    if actual != extension:
        raise kinds.other_content(extension, actual)


def _read_directory(file: IO[bytes], extension: str, size: int) -> zipfile.ZipFile:
    """The archive with its directory read: bounded in memory, all entries within the file."""
    start = _directory_start(file, extension, size)
    try:
        archive = zipfile.ZipFile(file)
    except ZIP_ERRORS:
        raise kinds.damaged(extension) from None
    entries = archive.infolist()
    if not entries:
        raise FileRefused(Reason.EMPTY, "arsip ini kosong. Periksa isinya, lalu unggah lagi.")
    if any(entry.header_offset + entry.compress_size > start for entry in entries):
        raise kinds.damaged(extension)
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise kinds.locked(extension)
    return archive


def _directory_start(file: IO[bytes], extension: str, size: int) -> int:
    """Where the directory begins; it is found as `zipfile` finds it, but before it is read.

    Refuses a directory over MAX_DIRECTORY, bytes between it and its end record or after that,
    and ZIP64, which no file of 20 MB needs.
    """
    file.seek(max(0, size - END.size - LONGEST_COMMENT))
    tail = file.read()
    position = len(tail) - END.size
    if not (tail[position:].startswith(END_SIGNATURE) and tail.endswith(b"\0\0")):
        position = tail.rfind(END_SIGNATURE)
    if position < 0 or len(tail) < position + END.size:
        raise kinds.damaged(extension)
    if tail[max(0, position - END64_LOCATOR) :].startswith(END64_LOCATOR_SIGNATURE):
        raise kinds.damaged(extension)
    *_, length, start, comment = END.unpack_from(tail, position)
    if length > MAX_DIRECTORY:
        raise FileRefused(
            Reason.TOO_MANY_ENTRIES,
            "arsip memuat terlalu banyak berkas. Pecah menjadi beberapa arsip, lalu unggah lagi.",
        )
    if position + END.size + comment != len(tail) or start + length != size - len(tail) + position:
        raise kinds.damaged(extension)
    return start


class _ContentTypes:
    """What `[Content_Types].xml` says: the type of each extension and of single parts."""

    def __init__(self) -> None:
        self.of_extension: dict[str, str] = {}
        self.of_part: dict[str, str] = {}

    def start_element(self, tag: str, attributes: dict[str, str]) -> None:
        content_type = attributes.get("ContentType", "").lower()
        match tag.rpartition(":")[2]:
            case "Default":
                self.of_extension[attributes.get("Extension", "").lower()] = content_type
            case "Override":
                part = attributes.get("PartName", "").lower().lstrip("/")
                self.of_part[part] = content_type

    def start_doctype(self, *_: object) -> None:
        raise ValueError("a document type may define entities without end")


def _read_content_types(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, extension: str
) -> _ContentTypes:
    types = _ContentTypes()
    parser = expat.ParserCreate()
    parser.StartElementHandler = types.start_element
    parser.StartDoctypeDeclHandler = types.start_doctype
    try:
        # Other methods may reserve as much memory as the file asks for.
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise ValueError("a compression that Office does not use")
        with archive.open(info) as part:
            text = part.read(MAX_CONTENT_TYPES + 1)
        if len(text) > MAX_CONTENT_TYPES:
            raise ValueError("no Office file has so many parts")
        parser.Parse(text, True)
    except (*ZIP_ERRORS, expat.ExpatError, LookupError):
        raise kinds.damaged(extension) from None
    return types


def _has_macros(types: _ContentTypes, entries: Mapping[str, zipfile.ZipInfo]) -> bool:
    named = [*types.of_extension.values(), *types.of_part.values()]
    return any(word in name for name in named for word in MACRO_TYPES) or any(
        PurePosixPath(entry).name.startswith(MACRO_PARTS) for entry in entries
    )


def _kind_of(types: _ContentTypes, entries: Mapping[str, zipfile.ZipInfo]) -> str:
    """The extension that fits the main part; "zip" where there is none, or more than one kind."""
    found = {MAIN_PARTS.get(name, "") for part, name in types.of_part.items() if part in entries}
    present = {PurePosixPath(entry).suffix[1:] for entry in entries if entry not in types.of_part}
    found |= {
        MAIN_PARTS.get(name, "") for part, name in types.of_extension.items() if part in present
    }
    found.discard("")
    return found.pop() if len(found) == 1 else "zip"
