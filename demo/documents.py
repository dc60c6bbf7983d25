"""The example's evidence: a few small PDF and PNG files that stand for every document."""

import hashlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from PIL import Image, ImageDraw

from accounts.models import User
from evidence import vault
from evidence.kinds import KINDS
from evidence.models import EvidenceFile
from satker.models import Satker

# By the first word of a document's name; anything else is a "Laporan".
_TITLES = (
    "Laporan", "SK", "SOP", "Rekap", "Tabel", "Daftar", "Matriks", "Rencana", "Notulen",
    "Register", "Surat", "Analisis", "Dokumen", "Bukti", "Peta", "Standar",
)  # fmt: skip
_PICTURES = ("Tangkapan", "Foto", "Dokumentasi")

_NAME_LENGTH = 60  # characters of a document's name, before year and extension


@dataclass(frozen=True, slots=True)
class Sample:
    """The content of a file; extension: a key of `evidence.kinds.KINDS`."""

    content: bytes
    extension: str
    sha256: str


class Shelf:
    """Puts evidence files into the vault as `evidence.services.store` would, without its row.

    A file whose content is on disk already becomes another name of it, so that thousands of
    small files take the room of a few; where the disk cannot do that, it is written again.
    """

    def __init__(self) -> None:
        self._first: dict[str, str] = {}
        self._names: set[tuple[int, str]] = set()
        self._places: list[str] = []

    def put(self, *, satker: Satker, title: str, year: int, by: User, at: datetime) -> EvidenceFile:
        """A file on disk and its unsaved row; a name that the satker has already is numbered."""
        sample = sample_for(title)
        file = EvidenceFile(
            satker=satker,
            name=self._free_name(satker, f"{_short(title)} {year}", sample.extension),
            content_type=KINDS[sample.extension].content_type,
            size=len(sample.content),
            sha256=sample.sha256,
            uploaded_by=by,
            uploaded_at=at,
            document_date=self._date_of(at),
        )
        place = vault.place_of(file.pk)
        self._write(place, sample)
        file.file = place
        return file

    def clear(self) -> None:
        """Take every file away again; for when their rows could not be written."""
        for place in self._places:
            vault.remove(place)

    def _date_of(self, at: datetime) -> date | None:
        """A few days before it came; one in twelve says none, one in fifteen is a year old."""
        number = len(self._names)
        if number % 12 == 0:
            return None
        return at.date() - timedelta(days=370 if number % 15 == 0 else number % 5)

    def _free_name(self, satker: Satker, stem: str, extension: str) -> str:
        for name in _numbered(stem, extension):
            if (satker.pk, name) not in self._names:
                self._names.add((satker.pk, name))
                return name
        raise AssertionError("numbers do not end")

    def _write(self, place: str, sample: Sample) -> None:
        self._places.append(place)
        first = self._first.setdefault(sample.sha256, place)
        if first != place:
            try:
                os.link(vault.path_of(first), vault.path_of(place))
            except OSError:
                # No folder yet, too many names, or a disk without hard links.
                self._first[sample.sha256] = place
            else:
                return
        vault.write(place, [sample.content])


@cache
def sample_for(title: str) -> Sample:
    """The content that stands for a document, chosen by the first word of its name."""
    word = title.partition(" ")[0]
    if word in _PICTURES:
        return _sample(_picture(word), "png")
    return _sample(_pdf(word if word in _TITLES else _TITLES[0]), "pdf")


def _numbered(stem: str, extension: str) -> Iterator[str]:
    yield f"{stem}.{extension}"
    number = 2
    while True:
        yield f"{stem} ({number}).{extension}"
        number += 1


def _short(title: str) -> str:
    """The document's name up to its first qualification, as people name their files."""
    for mark in (",", ";", " (", ":", "/"):
        title = title.partition(mark)[0]
    if len(title) > _NAME_LENGTH:
        title = title[:_NAME_LENGTH].rpartition(" ")[0]
    return title.replace(".", "").strip()


def _sample(content: bytes, extension: str) -> Sample:
    return Sample(content, extension, hashlib.sha256(content).hexdigest())


def _picture(title: str) -> bytes:
    image = Image.new("RGB", (480, 300), "#eef3f0")
    draw = ImageDraw.Draw(image)
    draw.rectangle((24, 24, 455, 275), outline="#1f5c46", width=3)
    draw.text((48, 48), f"{title} (contoh)", fill="#1f5c46")
    draw.text((48, 80), "Berkas contoh PMPZI, bukan dokumen resmi", fill="#33403a")
    for row in range(4):
        draw.rectangle((48, 128 + 32 * row, 428 - 56 * row, 144 + 32 * row), fill="#b9d4c8")
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _pdf(title: str) -> bytes:
    """One A4 page with a title and two lines; the title in ASCII without brackets."""
    text = (
        f"BT /F1 20 Tf 72 740 Td ({title} - contoh) Tj "
        "/F1 11 Tf 0 -32 Td (Berkas contoh PMPZI, bukan dokumen resmi.) Tj "
        "0 -18 Td (Dipakai untuk mencoba pengisian dan verifikasi bukti dukung.) Tj ET"
    )
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    document = "%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(document))
        document += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    document += (
        f"xref\n0 {size}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(document)}\n%%EOF\n"
    )
    return document.encode("ascii")
