"""Workbooks that are none, or not what they seem: a message, never a fault, nothing half done."""

import io
import random
import time
import zipfile
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from assessments.models import WorkbookImport
from tests.assessments.imports import stored
from tests.assessments.workbooks import as_bytes, bare_workbook, filled_official

pytestmark = pytest.mark.django_db

SHEET = "xl/worksheets/sheet1.xml"
BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><worksheet>&c;</worksheet>"""
GOOD = {"A.I.1.i.a": "Ya"}


def repacked(content: bytes, method: int = zipfile.ZIP_DEFLATED, **parts: bytes) -> bytes:
    """The workbook with some of its parts replaced or added."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        all_parts = {name: archive.read(name) for name in archive.namelist()} | parts
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, part in all_parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def another_sheet() -> bytes:
    book = Workbook()
    book.active["A1"] = "Daftar hadir"
    return as_bytes(book)


def formulas() -> bytes:
    return as_bytes(bare_workbook(GOOD | {"A.II.1.i.a.n1": "=1+1", "A.I.1.i.b": "=CHAR(65)"}))


def text_in_number_cells() -> bytes:
    return as_bytes(bare_workbook(GOOD | {"A.II.1.i.a.n1": "tujuh", "B.I.a": "tiga koma enam"}))


def blank_rows(row: bytes) -> bytes:
    """10 MB of rows that are empty, not compressed, so that 10 MB travel."""
    content = as_bytes(bare_workbook(GOOD))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read(SHEET)
    rows = b"".join(row % number for number in range(1000, 1000 + 10 * 2**20 // len(row)))
    sheet = sheet.replace(b"</sheetData>", rows + b"</sheetData>")
    return repacked(content, zipfile.ZIP_STORED, **{SHEET: sheet})


REFUSED = {
    "no file at all": lambda: b"",
    "no workbook": lambda: b"bukan buku kerja" * 100,
    "an old format": lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600),
    "a wrong sheet": another_sheet,
    "formulas": formulas,
    "text in number cells": text_in_number_cells,
    "a billion laughs": lambda: repacked(as_bytes(bare_workbook(GOOD)), **{SHEET: BOMB}),
    "laughs in its properties": lambda: repacked(
        as_bytes(bare_workbook(GOOD)), **{"docProps/custom.xml": BOMB}
    ),
    "macros": lambda: repacked(as_bytes(bare_workbook(GOOD)), **{"xl/vbaProject.bin": b"x"}),
    "10 MB of blank rows": lambda: blank_rows(b'<row r="%d"/>'),
}


@pytest.fixture
def upload(operator, assessment):
    url = reverse("assessments:import_workbook", args=[assessment.pk])

    def send(content):
        berkas = SimpleUploadedFile("lke.xlsx", content)
        return operator.post(url, {"langkah": "unggah", "berkas": berkas})

    return send


@pytest.mark.parametrize("what", REFUSED)
def test_refused_with_a_message(upload, what):
    began = time.process_time()

    response = upload(REFUSED[what]())

    assert response.status_code == 422
    assert "Tidak ada jawaban yang berubah." in response.text
    assert time.process_time() - began < 10
    assert (stored(), WorkbookImport.objects.count()) == ({}, 0)


def test_formatted_rows_within_the_limits_are_read(upload):
    response = upload(blank_rows(b'<row r="%d" spans="1:17" ht="15" customHeight="1"/>'))

    assert response.status_code == 302
    assert stored() == {}


def test_nothing_chosen(upload, operator, assessment):
    url = reverse("assessments:import_workbook", args=[assessment.pk])

    for data in ({}, {"langkah": "unggah"}, {"langkah": "x"}, {"berkas": "teks"}):
        response = operator.post(url, data)
        assert response.status_code == 422
        assert "Pilih berkas buku kerja" in response.text


def test_too_large(upload):
    response = upload(b"PK\x03\x04" + bytes(20 * 1024 * 1024))

    assert response.status_code == 413
    assert "melebihi 20 MB" in response.text


def test_external_links_are_left_alone(upload):
    """A formula that points into another file is refused where an answer belongs."""
    link = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    content = as_bytes(bare_workbook(GOOD | {"A.I.1.i.b": "='[lain.xlsx]Lembar'!A1"}))

    response = upload(repacked(content, **{"xl/externalLinks/externalLink1.xml": link}))

    assert response.status_code == 422
    assert [fault.place for fault in response.context["faults"]] == ["K9"]
    assert stored() == {}


def test_damaged_bytes(upload, shared):
    """Whatever happens to single bytes: a preview or a message."""
    content = as_bytes(filled_official(shared, GOOD))
    chance = random.Random(7)
    for _ in range(25):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 40)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        assert upload(bytes(damaged)).status_code in {302, 422}
    assert stored() == {}


def test_any_cell_content(upload, operator, assessment):
    """Kinds of values in any fill-in cell and beside it, at random."""
    chance = random.Random(3)
    values = [
        "Ya",
        "A",
        "x" * 6000,
        "=1/0",
        "#REF!",
        True,
        1e300,
        -5,
        0.1,
        "\u202e",
        "_x0000_",
        "٣",
    ]

    def scatter(sheet, columns):
        for _ in range(chance.randint(1, 40)):
            place = f"{chance.choice(columns)}{chance.randint(3, 210)}"
            sheet[place] = chance.choice(values)

    for columns in ["KLOPQ"] * 8 + ["LOPQ"] * 8 + ["J"]:
        response = upload(as_bytes(bare_workbook(edit=partial(scatter, columns=columns))))
        assert response.status_code in {302, 422}
        url = reverse("assessments:import_workbook", args=[assessment.pk])
        assert operator.get(url).status_code in {200, 422}
    assert stored() == {}
