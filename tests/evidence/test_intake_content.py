"""What may be uploaded, by content."""

import contextlib
import io
import struct
import tempfile
import tracemalloc
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.archives import MAX_CONTENT_TYPES
from evidence.content import MAX_READS
from evidence.errors import FileRefused, Reason
from evidence.intake import MAXIMUM_SIZE, inspect
from tests.evidence import samples
from tests.evidence.samples import (
    DOCUMENT,
    SAMPLES,
    WORKBOOK,
    content_types,
    docx,
    encrypted_pdf,
    image,
    office,
    pdf,
    pptx,
    reason,
    refusal,
    upload,
    xlsx,
    zipped,
)

MACRO_DOCUMENT = "application/vnd.ms-word.document.macroEnabled.main+xml"


class TestContent:
    @pytest.mark.parametrize("extension", SAMPLES)
    @pytest.mark.parametrize("other", ["pdf", "jpg", "png", "docx", "xlsx", "pptx", "zip"])
    def test_content_of_another_kind(self, extension, other):
        same = {extension, other} <= {"jpg", "jpeg"} or extension == other
        # Office files are archives too.
        if same or (extension == "zip" and other in {"docx", "xlsx", "pptx"}):
            return

        assert reason(f"a.{extension}", SAMPLES[other][0]) is Reason.OTHER_CONTENT

    @pytest.mark.parametrize("extension", SAMPLES)
    @pytest.mark.parametrize(
        ("head", "expected"),
        [
            (b"MZ\x90\0", Reason.PROGRAM),
            (b"\x7fELF\x02", Reason.PROGRAM),
            (b"#!/bin/sh\n", Reason.PROGRAM),
            (b"\xca\xfe\xba\xbe", Reason.PROGRAM),
            (b"<!DOCTYPE html><script>", Reason.WEB_PAGE),
            (b"\xef\xbb\xbf\n <HTML>", Reason.WEB_PAGE),
            (b"<svg xmlns=", Reason.WEB_PAGE),
            (b"<?xml version='1.0'?><svg>", Reason.WEB_PAGE),
            (b"hanya teks", Reason.OTHER_CONTENT),
            (b"\0" * 64, Reason.OTHER_CONTENT),
        ],
    )
    def test_a_file_that_begins_as_something_else(self, extension, head, expected):
        """Whatever follows: the content may be both."""
        assert reason(f"a.{extension}", head + SAMPLES[extension][0]) is expected

    def test_the_refusal_names_the_right_extension(self):
        assert str(refusal("a.jpg", image("PNG"))) == (
            "Ditolak: isi berkas adalah PNG, tetapi namanya berakhiran .jpg. "
            "Ganti akhirannya menjadi .png, lalu unggah lagi."
        )
        assert str(refusal("a.docx", xlsx())) == (
            "Ditolak: isi berkas adalah XLSX, tetapi namanya berakhiran .docx. "
            "Ganti akhirannya menjadi .xlsx, lalu unggah lagi."
        )

    def test_an_old_or_locked_office_file(self):
        ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)

        assert reason("a.xlsx", ole) is Reason.PASSWORD


class TestPdf:
    def test_locked(self):
        assert str(refusal("a.pdf", encrypted_pdf(b"rahasia"))) == (
            "Ditolak: berkas PDF ini terkunci kata sandi, sehingga verifikator tidak dapat "
            "membacanya. Hapus kata sandinya, lalu unggah lagi."
        )

    @pytest.mark.parametrize(
        "content",
        [
            b"%PDF-1.7\n",
            b"%PDF-1.7\nbukan apa-apa",
            b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
        ],
    )
    def test_damaged(self, content):
        assert reason("a.pdf", content) is Reason.DAMAGED

    def test_one_that_asks_for_all_the_memory(self):
        """Twenty million empty lists in one object; 1.7 GB in PDFium."""
        content = pdf() + b"9 0 obj" + b"[" * (MAXIMUM_SIZE - 2000) + b"\nstartxref\n0\n%%EOF"
        content = content.replace(b"xref\n0 4", b"yref\n0 4")

        assert reason("a.pdf", content) is Reason.DAMAGED


class TestImage:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG"])
    def test_cut_off(self, kind):
        content = image(kind, (400, 300))

        assert reason(f"a.{kind.lower()}", content[: len(content) // 2]) is Reason.DAMAGED

    def test_a_flipped_bit(self):
        content = bytearray(image("PNG", (400, 300)))
        content[len(content) // 2] ^= 1

        assert reason("a.png", bytes(content)) is Reason.DAMAGED

    def test_only_the_first_bytes(self):
        assert reason("a.jpg", b"\xff\xd8\xff") is Reason.DAMAGED
        assert reason("a.png", b"\x89PNG\r\n\x1a\n") is Reason.DAMAGED

    def test_more_pixels_than_anyone_can_open(self):
        content = bytearray(image("PNG"))
        header = b"IHDR" + struct.pack(">2L", 20_000, 20_000) + content[24:29]
        content[12:33] = header + struct.pack(">L", zlib.crc32(header))

        refused = refusal("a.png", bytes(content))

        assert refused.reason is Reason.TOO_MANY_PIXELS
        assert "20000 kali 20000 piksel" in str(refused)

    def test_a_header_of_junk_takes_bounded_work(self):
        content = b"\xff\xd8\xff\xe0\0\x02".ljust(2 * MAX_READS, b"\0")

        assert reason("a.jpg", content) is Reason.DAMAGED


class TestOffice:
    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("a.docx", office(MACRO_DOCUMENT, "word/document.xml")),
            ("a.docx", office(DOCUMENT, "word/document.xml", word__vbaProject=b"")),
            ("a.docx", office(DOCUMENT, "word/document.xml", **{"word/VBAPROJECT.bin": b""})),
            (
                "a.xlsx",
                office(
                    WORKBOOK,
                    "xl/workbook.xml",
                    '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>',
                ),
            ),
            (
                "a.xlsx",
                office(
                    WORKBOOK,
                    "xl/workbook.xml",
                    '<Override PartName="/xl/macrosheets/s.xml" '
                    'ContentType="application/vnd.ms-excel.macrosheet+xml"/>',
                ),
            ),
        ],
    )
    def test_macros(self, name, content):
        refused = refusal(name, content)

        assert refused.reason is Reason.MACRO
        assert str(refused) == (
            f"Ditolak: berkas bermakro tidak diterima. Simpan sebagai {name[1:]}, lalu unggah lagi."
        )

    @pytest.mark.parametrize("part", ["word/setup.exe", "word/media/x.JS", "a.vbs"])
    def test_programs_inside(self, part):
        content = office(DOCUMENT, "word/document.xml", **{part: b""})

        assert reason("a.docx", content) is Reason.PROGRAM

    def test_embedded_objects_are_accepted(self):
        content = office(
            DOCUMENT, "word/document.xml", **{"word/embeddings/oleObject1.bin": b"\xd0\xcf"}
        )

        assert inspect(upload("a.docx", content)).extension == "docx"

    @pytest.mark.parametrize(
        "content",
        [
            zipped({"a.txt": "a"}),
            zipped({"[Content_Types].xml": content_types(DOCUMENT, "word/document.xml")}),
            zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<x/>"}),
        ],
    )
    def test_an_archive_without_a_main_part(self, content):
        assert reason("a.docx", content) is Reason.OTHER_CONTENT

    @pytest.mark.parametrize(
        "types",
        [
            "",
            "<Types>",
            "<?xml version='1.0' encoding='klingon'?><Types/>",
            "<!DOCTYPE t [<!ENTITY a 'aaaa'>]><Types>&a;</Types>",
            f"<Types>{' ' * MAX_CONTENT_TYPES}</Types>",
        ],
    )
    def test_a_list_of_types_that_cannot_be_read(self, types):
        content = zipped({"[Content_Types].xml": types, "word/document.xml": "<x/>"})

        assert reason("a.docx", content) is Reason.DAMAGED

    @pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    def test_a_compression_that_office_does_not_use(self, method):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", method) as archive:
            archive.writestr("[Content_Types].xml", content_types(DOCUMENT, "word/document.xml"))
            archive.writestr("word/document.xml", "<x/>")

        assert reason("a.docx", buffer.getvalue()) is Reason.DAMAGED

    def test_two_parts_of_one_name(self):
        content = zipped(
            {
                "[Content_Types].xml": content_types(DOCUMENT, "word/document.xml"),
                "[content_types].XML": content_types(MACRO_DOCUMENT, "word/document.xml"),
                "word/document.xml": "<x/>",
            }
        )

        assert reason("a.docx", content) is Reason.DAMAGED

    @pytest.mark.parametrize("make", [docx, xlsx, pptx])
    def test_cut_off(self, make):
        extension = make.__name__

        assert reason(f"a.{extension}", make()[:-30]) is Reason.DAMAGED


class TestZip:
    def test_empty(self):
        assert reason("a.zip", zipped({})) is Reason.EMPTY

    def test_locked(self):
        content = bytearray(zipped({"a.txt": "a"}))
        content[content.index(b"PK\x01\x02") + 8] |= 1

        assert reason("a.zip", bytes(content)) is Reason.PASSWORD

    def test_cut_off(self):
        assert reason("a.zip", zipped({"a.txt": "a"})[:-1]) is Reason.DAMAGED

    def test_an_entry_outside_the_file(self):
        content = bytearray(zipped({"a.txt": "a"}))
        place = content.index(b"PK\x01\x02") + 20
        content[place : place + 4] = struct.pack("<L", 1_000_000)

        assert reason("a.zip", bytes(content)) is Reason.DAMAGED

    @pytest.mark.parametrize("place", ["before the directory", "after the end"])
    def test_bytes_that_belong_to_nothing(self, place):
        content = zipped({"a.txt": "a"})
        at = content.index(b"PK\x05\x06") if place == "before the directory" else len(content)

        assert reason("a.zip", content[:at] + b"x" * 100 + content[at:]) is Reason.DAMAGED

    def test_zip64(self):
        content = zipped({"a.txt": "a"})
        end = content.index(b"PK\x05\x06")
        locator = b"PK\x06\x07" + bytes(16)

        assert reason("a.zip", content[:end] + locator + content[end:]) is Reason.DAMAGED

    def test_a_directory_without_end_is_not_read(self):
        content = zipped({f"{number:0100d}": "" for number in range(16_000)})
        tracemalloc.start()

        assert reason("a.zip", content) is Reason.TOO_MANY_ENTRIES

        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 1024 * 1024

    def test_as_many_entries_as_the_directory_holds(self):
        content = zipped({f"{number:0100d}": "" for number in range(14_000)})

        assert inspect(upload("a.zip", content)).extension == "zip"


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("extension", ["jpg", "png", "docx", "xlsx", "zip"])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damage_is_refused_and_never_an_error(extension, data):
    content = bytearray(SAMPLES[extension][0])
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=8)):
        content[place] = data.draw(st.integers(0, 255))
    content = bytes(content[: data.draw(st.integers(1, len(content)))])

    with contextlib.suppress(FileRefused):
        assert inspect(upload(f"a.{extension}", content)).size == len(content)


def test_a_disk_that_fails_is_not_the_file_s_fault(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))

    with pytest.raises(OSError, match="missing"):
        inspect(upload("a.pdf", samples.pdf()))
