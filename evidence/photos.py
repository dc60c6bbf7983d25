"""Where a photograph was taken does not go into the vault.

The place is overwritten where it stands, byte for byte, so that the picture, its orientation and
everything else in the file stay as they were. Cameras write it as Exif (EXIF 2.32, 4.6.6, the
"GPS IFD") and some as XMP; a file may hold more pictures with their own: a thumbnail, those of the
Multi-Picture Format, and what a maker puts after the end. There a photograph that moves has its
film, which tells the place as ISO 6709, annex H: "-06.1751+106.8272/".
"""

import hashlib
import mmap
import re
import struct
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile

from evidence.errors import FileRefused, Reason

JPEG = "image/jpeg"
APP1 = b"\xff\xe1"
GPS_IFD = 0x8825
ENTRY = 12  # bytes
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
MOST_STEPS = 20_000
"""Headers, directories, entries and written places looked at in one file: some 30 ms. A picture has
about a hundred."""

# Looked for everywhere and not from marker to marker, so that no picture within another is missed.
_EXIF = re.compile(rb"Exif\0\0(?=II\*\0|MM\0\*)")
_XMP = re.compile(rb"""exif:GPS\w{1,40}(?:\s*=\s*["']|>)([^"'<]{1,400})""")
_FILM = re.compile(rb"[+-]\d{1,6}\.\d{1,12}[+-]\d{1,7}\.\d{1,12}")
_BEGIN_OF_FILM = b"ftyp"


@contextmanager
def without_place(upload: UploadedFile) -> Iterator[UploadedFile | None]:
    """A copy of a JPEG that tells no place; None where the file tells none. Same size.

    Raises FileRefused for more metadata than can be looked through.
    """
    with tempfile.TemporaryFile() as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        upload.seek(0)
        with mmap.mmap(copy.fileno(), 0) as content:
            spans = _places(content)
            for start, end, blank in spans or ():
                content[start:end] = blank * (end - start)
        if spans is None:
            raise FileRefused(
                Reason.TOO_MANY_ENTRIES,
                "keterangan foto di dalam berkas ini terlalu banyak untuk diperiksa, sehingga "
                "lokasinya tidak dapat dihapus. Simpan ulang fotonya sebagai .jpg dari aplikasi "
                "foto, lalu unggah lagi.",
            )
        copy.seek(0)
        clean = UploadedFile(copy, upload.name, upload.content_type, upload.size)
        yield clean if spans else None


def sha256_of(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


Span = tuple[int, int, bytes]


class _TooMuch(Exception):
    """More than MOST_STEPS."""


class _Steps:
    """Counts what is looked at, so that no file takes more time than its bytes are worth."""

    def __init__(self) -> None:
        self._left = MOST_STEPS

    def take(self) -> None:
        if not self._left:
            raise _TooMuch
        self._left -= 1


def _places(content: mmap.mmap) -> list[Span] | None:
    """What tells a place and by what it is overwritten; None for more than MOST_STEPS."""
    steps = _Steps()
    try:
        return [
            *_exif_places(content, steps),
            *_written_places(_XMP.finditer(content), 1, steps),
            *_written_places(_in_film(content), 0, steps),
        ]
    except _TooMuch:
        return None


def _in_film(content: mmap.mmap) -> Iterator[re.Match[bytes]]:
    """As ISO 6709 writes them and as programs do that do not pad; binary ones are not known."""
    begin = content.find(_BEGIN_OF_FILM)
    return iter(()) if begin < 0 else _FILM.finditer(content, begin)


def _written_places(
    matches: Iterable[re.Match[bytes]], group: int, steps: _Steps
) -> Iterator[Span]:
    for found in matches:
        steps.take()
        if found[group].strip():
            yield *found.span(group), b" "


def _exif_places(content: mmap.mmap, steps: _Steps) -> Iterator[Span]:
    spans: list[tuple[int, int]] = []
    for found in _EXIF.finditer(content):
        steps.take()
        marker = found.start() - 4
        if marker >= 0 and content[marker : marker + 2] == APP1:
            length = int.from_bytes(content[marker + 2 : marker + 4], "big")
            end = min(marker + 2 + length, len(content))
            order = "<" if content[found.end()] == ord("I") else ">"
            spans.extend(_gps_spans(_Tiff(content, found.end(), end, order), steps))
    for start, end in _merged(spans):
        if content[start:end].strip(b"\0"):
            yield start, end, b"\0"


def _merged(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The same places, none of them twice."""
    done = 0
    for start, end in sorted(spans):
        if end > done:
            yield max(start, done), end
            done = end


@dataclass(frozen=True, slots=True)
class _Tiff:
    """A TIFF structure within a file, from start to end; offsets count from its start.

    order: of bytes, "<" or ">".
    """

    content: mmap.mmap
    start: int
    end: int
    order: str

    def read(self, form: str, at: int) -> tuple[int, ...]:
        """Raises struct.error beyond its end."""
        if self.start + at + struct.calcsize(self.order + form) > self.end:
            raise struct.error
        return struct.unpack_from(self.order + form, self.content, self.start + at)

    def entries(self, at: int, steps: _Steps) -> Iterator[tuple[int, int, int, int]]:
        """Tag, type, count, and value or where it lies, of a directory, as far as it is there."""
        steps.take()
        try:
            (count,) = self.read("H", at)
            for number in range(count):
                entry = self.read("HHLL", at + 2 + ENTRY * number)
                steps.take()
                yield entry
        except struct.error:
            return

    def following(self, at: int) -> int:
        """The directory after this one; 0 for none."""
        try:
            (count,) = self.read("H", at)
            return self.read("L", at + 2 + ENTRY * count)[0]
        except struct.error:
            return 0


def _gps_spans(tiff: _Tiff, steps: _Steps) -> Iterator[tuple[int, int]]:
    """The GPS directories of a TIFF structure with all they point to, from the count on.

    A directory that says it has no entries is whole, so the file stays readable. Each is gone
    through once, however many point to it.
    """
    seen: set[int] = set()
    places: set[int] = set()
    try:
        (at,) = tiff.read("L", 4)
    except struct.error:
        return
    while at and at not in seen:
        seen.add(at)
        places.update(value for tag, _, _, value in tiff.entries(at, steps) if tag == GPS_IFD)
        at = tiff.following(at)
    for place in places:
        yield from _directory_spans(tiff, place, steps)


def _directory_spans(tiff: _Tiff, at: int, steps: _Steps) -> Iterator[tuple[int, int]]:
    start, end = tiff.start, tiff.end
    entries = list(tiff.entries(at, steps))
    for _, kind, count, value in entries:
        length = SIZES.get(kind, 1) * count
        if length > 4 and start + value < end:
            yield start + value, min(start + value + length, end)
    if start + at + 2 <= end:
        yield start + at, start + at + 2 + ENTRY * len(entries)
