"""What may be uploaded, by name, size and declared type."""

import hashlib
import io
import tracemalloc
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from evidence.errors import FileRefused, Reason
from evidence.intake import ACCEPTED, MAXIMUM_SIZE, Accepted, inspect
from evidence.kinds import PROGRAMS, SAVE_INSTEAD_AS, WEB_PAGES, WITH_MACROS
from tests.evidence.samples import (
    DOCUMENT,
    SAMPLES,
    content_types,
    docx,
    encrypted_pdf,
    image,
    pdf,
    reason,
    refusal,
    upload,
    zipped,
)


class TestAccepted:
    def test_the_samples_are_all_there_is(self):
        assert set(SAMPLES) == set(ACCEPTED)

    @pytest.mark.parametrize("extension", SAMPLES)
    def test_what_is_learnt_of_a_file(self, extension):
        content, content_type = SAMPLES[extension]

        accepted = inspect(upload(f"Bukti Dukung.{extension}", content, content_type))

        assert accepted == Accepted(
            name=f"Bukti Dukung.{extension}",
            extension=extension,
            content_type=content_type,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )

    @pytest.mark.parametrize("extension", SAMPLES)
    @pytest.mark.parametrize(
        "declared",
        ["", None, "application/octet-stream", "application/x-zip-compressed"],
    )
    def test_a_browser_that_does_not_know_the_type(self, extension, declared):
        content, content_type = SAMPLES[extension]

        accepted = inspect(SimpleUploadedFile(f"a.{extension}", content, content_type=declared))

        assert accepted.content_type == content_type

    @pytest.mark.parametrize(
        ("name", "declared"),
        [
            ("a.jpg", "image/pjpeg"),
            ("a.JPG", "IMAGE/JPEG"),
            ("a.jpeg", "image/jpg"),
            ("a.png", "image/x-png"),
            ("a.pdf", "application/x-pdf"),
            ("a.pdf", "application/pdf; charset=binary"),
            ("a.zip", "application/x-zip"),
        ],
    )
    def test_other_names_of_a_type(self, name, declared):
        accepted = inspect(upload(name, SAMPLES[name.lower()[2:]][0], declared))

        assert accepted.extension == name.lower()[2:]

    def test_the_upload_is_left_at_its_beginning(self):
        file = upload("a.pdf", pdf())

        inspect(file)

        assert file.read() == pdf()

    def test_the_last_extension_counts(self):
        assert inspect(upload("setup.exe.pdf", pdf())).name == "setup.exe.pdf"

    def test_a_pdf_after_white_space(self):
        assert inspect(upload("a.pdf", pdf(before=b"\xef\xbb\xbf\r\n"))).extension == "pdf"

    def test_a_pdf_that_opens_without_its_password(self):
        """Restricted (no printing, say), but anybody can read it."""
        assert inspect(upload("a.pdf", encrypted_pdf(b""))).extension == "pdf"

    def test_a_picture_followed_by_the_camera_s_own_data(self):
        content = image("JPEG") + b"SEFT" * 50_000

        assert inspect(upload("a.jpg", content)).size == len(content)

    def test_a_document_whose_main_type_is_a_default(self):
        types = content_types(DOCUMENT, "x").replace("Override PartName", "Default Extension")
        types = types.replace('"/x"', '"xml"')

        content = zipped({"[Content_Types].xml": types, "word/document.xml": "<x/>"})

        assert inspect(upload("a.docx", content)).extension == "docx"

    def test_an_archive_with_a_comment(self):
        buffer = io.BytesIO(zipped({"a.txt": "a"}))
        with zipfile.ZipFile(buffer, "a") as archive:
            archive.comment = b"Bukti dukung"

        assert inspect(upload("a.zip", buffer.getvalue())).extension == "zip"

    def test_an_archive_is_not_unpacked(self):
        """Whatever it says it holds: a sealed attachment is only passed on."""
        content = zipped({"a": bytes(3 * MAXIMUM_SIZE), "setup.exe": b"MZ"})

        assert inspect(upload("a.zip", content)).extension == "zip"


class TestSize:
    def test_nothing(self):
        refused = refusal("a.pdf", b"")

        assert refused.reason is Reason.EMPTY
        assert not refused.too_large

    def test_just_at_the_limit(self):
        content = image("JPEG").ljust(MAXIMUM_SIZE, b"\0")

        assert inspect(upload("a.jpg", content)).size == MAXIMUM_SIZE

    def test_just_over_the_limit(self):
        refused = refusal("a.jpg", image("JPEG").ljust(MAXIMUM_SIZE + 1, b"\0"))

        assert refused.too_large
        assert str(refused) == (
            "Ditolak: 20,1 MB melebihi batas 20 MB. Kecilkan atau pecah berkas."
        )

    def test_size_comes_before_everything_else(self):
        assert refusal("a.exe", bytes(MAXIMUM_SIZE + 1)).too_large

    def test_the_declared_size_is_not_trusted(self):
        file = upload("a.jpg", image("JPEG").ljust(MAXIMUM_SIZE + 1, b"\0"))
        file.size = 100

        with pytest.raises(FileRefused) as caught:
            inspect(file)

        assert caught.value.too_large

    @pytest.mark.parametrize("extension", ["zip", "jpg", "docx", "pdf"])
    def test_a_large_file_is_never_held_whole(self, extension):
        filler = bytes(range(256)) * (4 * 1024)
        with TemporaryUploadedFile(f"a.{extension}", "", 0, None) as file:
            if extension in {"zip", "docx"}:
                with zipfile.ZipFile(file, "w") as archive:
                    if extension == "docx":
                        archive.writestr(
                            "[Content_Types].xml", content_types(DOCUMENT, "word/document.xml")
                        )
                    with archive.open("word/document.xml", "w") as entry:
                        for _ in range(19):
                            entry.write(filler)
            else:
                file.write(SAMPLES[extension][0])
                for _ in range(19):
                    file.write(filler)
                file.write(b"\n" + pdf() if extension == "pdf" else b"")
            file.size = file.tell()
            file.flush()

            tracemalloc.start()
            inspect(file)
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()

        assert file.size > 19 * 1024 * 1024
        assert peak < 2 * 1024 * 1024


class TestExtension:
    @pytest.mark.parametrize("extension", [*WITH_MACROS])
    def test_macro_formats(self, extension):
        refused = refusal(f"a.{extension}", docx())

        assert refused.reason is Reason.MACRO
        assert str(refused) == (
            "Ditolak: berkas bermakro tidak diterima. "
            f"Simpan sebagai .{WITH_MACROS[extension]}, lalu unggah lagi."
        )

    @pytest.mark.parametrize("extension", sorted(WEB_PAGES))
    def test_web_pages(self, extension):
        assert reason(f"a.{extension}", b"<html>") is Reason.WEB_PAGE

    @pytest.mark.parametrize("extension", sorted(PROGRAMS))
    def test_programs(self, extension):
        assert reason(f"a.pdf.{extension}", pdf()) is Reason.PROGRAM

    @pytest.mark.parametrize(("extension", "instead"), SAVE_INSTEAD_AS.items())
    def test_formats_with_a_better_one(self, extension, instead):
        assert str(refusal(f"a.{extension}", b"x")) == (
            f"Ditolak: berkas .{extension} tidak diterima. "
            f"Simpan sebagai .{instead}, lalu unggah lagi."
        )

    @pytest.mark.parametrize(
        ("name", "what"),
        [
            ("a.mp4", "berkas .mp4"),
            ("pdf", "berkas tanpa akhiran nama (seperti .pdf)"),
            ("a." + "x" * 50, "berkas tanpa akhiran nama (seperti .pdf)"),
        ],
    )
    def test_anything_else(self, name, what):
        assert str(refusal(name, pdf())) == (
            f"Ditolak: {what} tidak diterima. Unggah PDF, JPG, PNG, DOCX, XLSX, PPTX, atau ZIP."
        )

    def test_no_list_contains_what_is_accepted(self):
        others = {*WITH_MACROS, *SAVE_INSTEAD_AS, *WEB_PAGES, *PROGRAMS}

        assert others & set(ACCEPTED) == set()
        assert {*WITH_MACROS.values(), *SAVE_INSTEAD_AS.values()} <= set(ACCEPTED)


class TestDeclaredType:
    @pytest.mark.parametrize(
        ("name", "content", "declared"),
        [
            ("a.pdf", pdf(), "image/png"),
            ("a.pdf", pdf(), "text/html"),
            ("a.png", image("PNG"), "image/jpeg"),
            ("a.docx", docx(), SAMPLES["xlsx"][1]),
            ("a.zip", zipped({"a": "a"}), "application/java-archive"),
        ],
    )
    def test_another_type_than_the_extension_s(self, name, content, declared):
        assert reason(name, content, declared) is Reason.DECLARED_OTHERWISE
