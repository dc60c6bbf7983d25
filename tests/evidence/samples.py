"""Real files of every kind, made as small as they can be, and what comes in their names."""

import hashlib
import io
import zipfile
from collections.abc import Mapping

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from PIL import Image

from evidence.errors import FileRefused, Reason
from evidence.intake import inspect

OFFICE = "application/vnd.openxmlformats-officedocument"
DOCUMENT = f"{OFFICE}.wordprocessingml.document.main+xml"
WORKBOOK = f"{OFFICE}.spreadsheetml.sheet.main+xml"
SLIDES = f"{OFFICE}.presentationml.presentation.main+xml"

PASSWORD_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def upload(name: str, content: bytes, content_type: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=content_type)


def pdf(before: bytes = b"", trailer: bytes = b"") -> bytes:
    """One empty page."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    ]
    body = bytearray(b"%PDF-1.4\n")
    places = []
    for number, value in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj%sendobj\n" % (number, value)
    start = len(body)
    body += b"xref\n0 4\n0000000000 65535 f \n"
    body += b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"trailer<</Root 1 0 R/Size 4%s>>\nstartxref\n%d\n%%%%EOF\n" % (trailer, start)
    return before + bytes(body)


def encrypted_pdf(password: bytes) -> bytes:
    """Encrypted with 40-bit RC4 (PDF 1.7, 7.6.3, algorithms 2 and 4); opens by that password."""
    owner, permissions, document = bytes(32), -4, bytes(16)
    padded = (password + PASSWORD_PADDING)[:32]
    key = hashlib.md5(  # noqa: S324
        padded + owner + permissions.to_bytes(4, "little", signed=True) + document
    ).digest()[:5]
    return pdf(
        trailer=b"/ID[<%s><%s>]/Encrypt<</Filter/Standard/V 1/R 2/P %d/O<%s>/U<%s>>>"
        % (
            document.hex().encode(),
            document.hex().encode(),
            permissions,
            owner.hex().encode(),
            rc4(key, PASSWORD_PADDING).hex().encode(),
        )
    )


def rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    out = bytearray()
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def image(kind: str, size: tuple[int, int] = (8, 6)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "green").save(buffer, kind)
    return buffer.getvalue()


def zipped(entries: Mapping[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def content_types(main: str, part: str, *more: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{part}" ContentType="{main}"/>{"".join(more)}</Types>'
    )


def office(main: str, part: str, *more: str, **entries: bytes) -> bytes:
    """An Office file whose parts are empty but for the list of their types."""
    return zipped(
        {"[Content_Types].xml": content_types(main, part, *more), part: "<x/>"}
        | {name.replace("__", "/"): content for name, content in entries.items()}
    )


def docx() -> bytes:
    return office(DOCUMENT, "word/document.xml")


def pptx() -> bytes:
    return office(SLIDES, "ppt/presentation.xml")


def xlsx() -> bytes:
    buffer = io.BytesIO()
    workbook = Workbook()
    workbook.active["A1"] = "Notulen"
    workbook.save(buffer)
    return buffer.getvalue()


SAMPLES = {
    "pdf": (pdf(), "application/pdf"),
    "jpg": (image("JPEG"), "image/jpeg"),
    "jpeg": (image("JPEG"), "image/jpeg"),
    "png": (image("PNG"), "image/png"),
    "docx": (docx(), f"{OFFICE}.wordprocessingml.document"),
    "xlsx": (xlsx(), f"{OFFICE}.spreadsheetml.sheet"),
    "pptx": (pptx(), f"{OFFICE}.presentationml.presentation"),
    "zip": (zipped({"notulen.txt": "isi"}), "application/zip"),
}


def refusal(name: str, content: bytes, content_type: str = "") -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        inspect(upload(name, content, content_type))
    return caught.value


def reason(name: str, content: bytes, content_type: str = "") -> Reason:
    return refusal(name, content, content_type).reason
