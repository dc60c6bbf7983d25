"""Where a photograph was taken does not go into the vault.

The place is overwritten where it stands, byte for byte, so that the picture, its orientation and
everything else in the file stay as they were. Cameras write it as Exif (EXIF 2.32, 4.6.6, the
"GPS IFD") and some as XMP; a file may hold a second, smaller picture with its own.
"""

import hashlib
import mmap
import re
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.files.uploadedfile import UploadedFile

JPEG = "image/jpeg"
GPS_IFD = 0x8825
ENTRY = 12  # bytes
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
MOST_ENTRIES = 1000
LONGEST_SEGMENT = 65535  # bytes; Exif lies within one

_EXIF = re.compile(rb"Exif\0\0(?=II\*\0|MM\0\*)")
_XMP = re.compile(rb"""exif:GPS\w{1,40}(?:\s*=\s*["']|>)([^"'<]{1,400})""")


@contextmanager
def without_place(upload: UploadedFile) -> Iterator[UploadedFile | None]:
    """A copy of a JPEG that tells no place; None where the file tells none. Same size."""
    with tempfile.TemporaryFile() as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        upload.seek(0)
        with mmap.mmap(copy.fileno(), 0) as content:
            spans = {*_exif_places(content), *_xmp_places(content)}
            for start, end, blank in spans:
                content[start:end] = blank * (end - start)
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


def _xmp_places(content: mmap.mmap) -> Iterator[Span]:
    for found in _XMP.finditer(content):
        if found[1].strip():
            yield found.start(1), found.end(1), b" "


def _exif_places(content: mmap.mmap) -> Iterator[Span]:
    for found in _EXIF.finditer(content):
        start = found.end()
        tiff = content[start : start + LONGEST_SEGMENT]
        for first, last in _gps_spans(tiff):
            if any(tiff[first:last]):
                yield start + first, start + last, b"\0"


def _gps_spans(tiff: bytes) -> Iterator[tuple[int, int]]:
    """The GPS directories of a TIFF structure with all they point to, from the count on.

    A directory that says it has no entries is whole, so the file stays readable.
    """
    order = "<" if tiff.startswith(b"II") else ">"
    try:
        (at,) = struct.unpack_from(f"{order}L", tiff, 4)
        for tag, _, _, value in _entries(tiff, at, order):
            if tag == GPS_IFD:
                (place,) = struct.unpack(f"{order}L", value)
                yield from _directory_spans(tiff, place, order)
    except struct.error:
        return


def _directory_spans(tiff: bytes, at: int, order: str) -> Iterator[tuple[int, int]]:
    entries = list(_entries(tiff, at, order))
    for _, kind, count, value in entries:
        length = SIZES.get(kind, 1) * count
        if length > len(value):
            (place,) = struct.unpack(f"{order}L", value)
            yield place, min(place + length, len(tiff))
    yield at, at + 2 + ENTRY * len(entries)


def _entries(tiff: bytes, at: int, order: str) -> Iterator[tuple[int, int, int, bytes]]:
    """Tag, type, count and the four bytes of the value, as far as they lie within the file."""
    (count,) = struct.unpack_from(f"{order}H", tiff, at)
    for number in range(min(count, MOST_ENTRIES)):
        place = at + 2 + ENTRY * number
        if place + ENTRY > len(tiff):
            return
        tag, kind, length = struct.unpack_from(f"{order}HHL", tiff, place)
        yield tag, kind, length, tiff[place + 8 : place + ENTRY]
