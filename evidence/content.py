"""Is a file what its extension says? Found out by parsing it, with bounded work and memory."""

import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from threading import BoundedSemaphore
from typing import IO

from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from common.busy import ServerBusy
from evidence import archives, kinds, pdf_probe
from evidence.errors import FileRefused, Reason

HEAD = 1024  # bytes looked at to recognise a file
CHUNK = 64 * 1024  # bytes

SIGNATURES = (
    ("pdf", b"%PDF-"),
    ("jpg", b"\xff\xd8\xff"),
    ("png", b"\x89PNG\r\n\x1a\n"),
    ("zip", b"PK\x03\x04"),
    ("zip", b"PK\x05\x06"),  # without entries
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Office files up to 2003, and those with a password
PROGRAM_HEADS = (
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"\xca\xfe\xba\xbe",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"dex\n",
)
WEB_HEADS = (b"<!--", b"<!doctype", b"<?xml", b"<body", b"<head", b"<html", b"<script", b"<svg")
BEFORE_TEXT = b"\xef\xbb\xbf \t\r\n"  # byte order mark and white space

OFFICE = frozenset({"docx", "xlsx", "pptx"})

# More is no photograph or scan (A3 at 600 dpi has 70 million), and browsers fail to show it.
MAX_PIXELS = 100_000_000
# A header of junk makes Pillow read byte by byte.
MAX_READS = 200_000
PDF_WAIT = 30  # seconds
# Each may take the memory that `pdf_probe` allows; one is done in a twentieth of a second.
PDF_AT_ONCE = 2  # in a process of the server
_pdf_room = BoundedSemaphore(PDF_AT_ONCE)
PDF_PATIENCE = 5  # seconds that others wait for their turn; then the thread is for those who save

PILLOW_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    struct.error,
    zlib.error,
)


def check_content(file: IO[bytes], extension: str, size: int) -> None:
    """Nothing where the content is what `extension` says.

    Raises FileRefused where not, and for what is damaged, locked or carries programs.
    """
    _check_head(file, extension)
    file.seek(0)
    if extension == "pdf":
        _check_pdf(file)
    elif extension == "zip":
        archives.check_zip(file, size)
    elif extension in OFFICE:
        archives.check_office(file, extension, size)
    else:
        _check_image(file, extension)


def _check_head(file: IO[bytes], extension: str) -> None:
    file.seek(0)
    head = file.read(HEAD)
    text = head.lstrip(BEFORE_TEXT)
    if head.startswith(PROGRAM_HEADS):
        raise kinds.program()
    if text.lower().startswith(WEB_HEADS):
        raise kinds.web_page()
    if head.startswith(OLE) and extension in OFFICE:
        raise FileRefused(
            Reason.PASSWORD,
            "berkas ini terkunci kata sandi atau berformat Office lama. "
            f"Simpan ulang sebagai .{extension} tanpa kata sandi, lalu unggah lagi.",
        )
    expected = {"jpeg": "jpg", "docx": "zip", "xlsx": "zip", "pptx": "zip"}.get(
        extension, extension
    )
    actual = next((kind for kind, signature in SIGNATURES if head.startswith(signature)), "")
    if not actual and text.startswith(b"%PDF-"):
        actual = "pdf"
    if actual != expected:
        raise kinds.other_content(extension, actual)


def _check_pdf(file: IO[bytes]) -> None:
    """Opened by PDFium in a process of its own, see `pdf_probe`."""
    with tempfile.TemporaryFile() as copy:  # the process must not move the upload's position
        shutil.copyfileobj(file, copy, CHUNK)
        copy.flush()
        copy.seek(0)
        try:
            outcome = _probed(copy)
        except subprocess.TimeoutExpired:
            raise kinds.damaged("pdf") from None
    if outcome == pdf_probe.LOCKED:
        raise kinds.locked("pdf")
    # Below 0: ended by a signal, for want of memory or time or by a fault of the library.
    if outcome == pdf_probe.DAMAGED or outcome < 0:
        raise kinds.damaged("pdf")
    if outcome != pdf_probe.OPENED:
        raise RuntimeError(f"pdf_probe ended with {outcome}; its message stands on standard error")


def _probed(file: IO[bytes]) -> int:
    """The exit code of `pdf_probe`. Raises TimeoutExpired, and ServerBusy where others keep the
    probes for too long."""
    if not _pdf_room.acquire(timeout=PDF_PATIENCE):
        raise ServerBusy("other PDF files are being looked at")
    try:
        return subprocess.run(  # noqa: S603 (our own interpreter and our own script)
            [sys.executable, "-I", pdf_probe.__file__],
            stdin=file,
            stdout=subprocess.DEVNULL,
            env={},
            timeout=PDF_WAIT,
            check=False,
        ).returncode
    finally:
        _pdf_room.release()


def _check_image(file: IO[bytes], extension: str) -> None:
    """Parsed by Pillow up to the pixels, which stay packed.

    The formats' own classes are used: `Image.open` would only warn of too many pixels.
    """
    counted = _CountedReads(file)
    try:
        image = PngImageFile(counted) if extension == "png" else JpegImageFile(counted)
        width, height = image.size
        image.verify()
        complete = bool(image.tile) and (extension == "png" or _has_end_of_image(file))
    except PILLOW_ERRORS:
        raise kinds.damaged(extension) from None
    if not complete:
        raise kinds.damaged(extension)
    if width * height > MAX_PIXELS:
        raise FileRefused(
            Reason.TOO_MANY_PIXELS,
            f"gambar {width} kali {height} piksel terlalu besar untuk dibuka. "
            "Kecilkan ukurannya, lalu unggah lagi.",
        )


def _has_end_of_image(file: IO[bytes]) -> bool:
    """Whether a JPEG's pixels, where the file now stands, have an end.

    Inside the pixels the marker cannot occur, and after it cameras put whatever they like.
    """
    last = b""
    while chunk := file.read(CHUNK):
        if b"\xff\xd9" in last + chunk:
            return True
        last = chunk[-1:]
    return False


class _CountedReads:
    """A file that fails after MAX_READS calls, so that parsing it takes bounded time."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._left = MAX_READS
        self.seek = file.seek
        self.tell = file.tell

    def read(self, size: int = -1) -> bytes:
        if not self._left:
            raise OSError("too many reads")
        self._left -= 1
        return self._file.read(size)
