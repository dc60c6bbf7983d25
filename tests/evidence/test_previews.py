"""What is seen of a file, by its kind."""

import io

import pytest
import weasyprint
from PIL import Image

from evidence import previews, vault
from evidence.rendering import protocol
from tests.evidence import preview_samples as made
from tests.evidence.preview_samples import (
    TOO_LARGE,
    lines,
    picture,
)
from tests.evidence.samples import image, zipped

pytestmark = pytest.mark.django_db


class TestPdf:
    def test_one_page_at_a_time(self, put):
        file = put("Laporan.pdf", made.pages(3))

        sheets = [previews.sheet_of(file, number) for number in (1, 2, 3)]

        assert [(sheet.kind, sheet.pages, sheet.text) for sheet in sheets] == [
            ("page", 3, f"Halaman {number}") for number in (1, 2, 3)
        ]
        for sheet in sheets:
            shown = picture(sheet.picture)
            assert shown.format == "WEBP"
            assert shown.size == (sheet.width, sheet.height) == (1000, 1414)
        assert previews.sheet_of(file, 4) is None
        assert previews.sheet_of(file, 0) is None

    def test_no_program_looks_for_a_page_beyond_the_last(self, put):
        file = put("Laporan.pdf", made.pages(3))
        previews.sheet_of(file)
        vault.remove(file.file.name)  # whoever looks into it now raises FileLost

        for number in (-1, 0, 4, previews.MOST_PAGES, 99_999_999_999, 10**250):
            assert previews.sheet_of(file, number) is None

    @pytest.mark.parametrize("number", [-1, 0, previews.MOST_PAGES + 1, 10**250])
    def test_a_number_that_no_page_has(self, put, number):
        assert previews.sheet_of(put("Laporan.pdf", made.pages(3)), number) is None

    def test_a_document_as_offices_make_them(self, put):
        text = "<h1>Rencana Aksi</h1><p>Enam area perubahan</p>"
        html = f"<style>@page {{ size: A4 landscape }}</style>{text}"
        file = put("Rencana.pdf", weasyprint.HTML(string=html).write_pdf())

        sheet = previews.sheet_of(file)

        assert "Enam area perubahan" in sheet.text
        assert sheet.width == 1000 > sheet.height
        darkest, _ = picture(sheet.picture).convert("L").getextrema()
        assert darkest < 60  # there are letters on it

    def test_the_last_of_ten_thousand_pages(self, put):
        file = put("Tebal.pdf", made.pages(10_000))

        sheet = previews.sheet_of(file, 10_000)

        assert (sheet.pages, sheet.text) == (10_000, "Halaman 10000")

    @pytest.mark.parametrize(
        ("size", "shown"),
        [("0 0 14400 1", (1000, 1)), ("0 0 20 10", (80, 40)), ("0 0 1 14400", (1, 1414))],
    )
    def test_odd_pages(self, put, size, shown):
        sheet = previews.sheet_of(put("Aneh.pdf", made.pages(1, size=size)))

        assert (sheet.width, sheet.height) == shown

    def test_a_page_of_a_gigabyte(self, put):
        """40,000 by 40,000 pixels in a file of some kilobytes: drawn small, or refused."""
        sheet = previews.sheet_of(put("Peta.pdf", made.large_picture_pdf(40_000)))

        assert sheet.picture or "terlalu besar" in sheet.reason


class TestImages:
    def test_turned_as_the_camera_says_and_nothing_but_pixels(self, put):
        content = made.photo(turned=True)
        assert b"KameraRahasia" in content
        file = put("Foto.jpg", content)

        sheet = previews.sheet_of(file)
        shown = picture(sheet.picture)

        assert (sheet.kind, sheet.width, sheet.height) == ("image", 300, 400)
        red, blue = shown.getpixel((150, 20)), shown.getpixel((150, 380))
        assert red[0] > 200 > 100 > red[2]
        assert blue[2] > 200 > 100 > blue[0]
        assert not shown.getexif()
        assert b"KameraRahasia" not in sheet.picture + previews.thumbnail_of(file)

    def test_made_smaller_never_larger(self, put):
        small = previews.sheet_of(put("Kecil.png", image("PNG", (30, 20))))
        large = previews.sheet_of(put("Besar.jpeg", image("JPEG", (5000, 2500))))

        assert (small.width, small.height) == (30, 20)
        assert (large.width, large.height) == (1280, 640)

    def test_what_is_transparent_stands_on_white(self, put):
        sheet = previews.sheet_of(put("Bening.png", made.see_through()))

        assert picture(sheet.picture).convert("RGB").getpixel((30, 20)) == (255, 255, 255)

    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "CMYK"])
    def test_kinds_of_pixels(self, put, mode):
        kind = "JPEG" if mode == "CMYK" else "PNG"
        target = io.BytesIO()
        source = Image.new("L", (40, 30), 255)
        if mode == "I;16":
            source = Image.frombytes("I;16", (40, 30), b"\xff\xff" * 1200)
        elif mode != "L":
            source = source.convert("RGB").convert(mode) if mode == "CMYK" else source.convert(mode)
        source.save(target, kind)

        sheet = previews.sheet_of(put(f"Pindai.{kind.lower()}", target.getvalue()))

        assert min(picture(sheet.picture).convert("RGB").getpixel((20, 15))) > 240

    def test_a_hundred_million_pixels(self, put):
        target = io.BytesIO()
        Image.new("L", (10_000, 10_000), 200).save(target, "PNG", compress_level=1)
        file = put("Poster.png", target.getvalue())

        assert previews.sheet_of(file).width == 1280

    def test_a_row_more(self, put):
        """It would fit into the memory of its program; intake takes none of them."""
        target = io.BytesIO()
        Image.new("L", (10_000, 10_001), 200).save(target, "PNG", compress_level=1)

        assert previews.sheet_of(put("Poster.png", target.getvalue())).reason == TOO_LARGE


class TestOffice:
    def test_a_document(self, put):
        deleted = "<w:p><w:del><w:r><w:delText>lama</w:delText></w:r></w:del></w:p>"
        twice = (
            '<w:p><x:AlternateContent xmlns:x="x"><x:Choice><w:r><w:t>kotak</w:t></w:r></x:Choice>'
            "<x:Fallback><w:r><w:t>kotak lagi</w:t></w:r></x:Fallback></x:AlternateContent></w:p>"
        )
        body = made.paragraphs("Notulen", "  ", "Hadir: 24 &lt;orang&gt;") + deleted + twice
        body += "<w:p><w:r><w:t>satu</w:t><w:tab/><w:t>dua</w:t><w:br/><w:t>tiga</w:t></w:r></w:p>"
        body += made.table(["No", "Uraian"], ["1", "Rapat"]) + made.paragraphs("Selesai")

        sheet = previews.sheet_of(put("Notulen.docx", made.document(body)))

        assert lines(sheet) == [
            "Notulen",
            "Hadir: 24 <orang>",
            "kotak",
            "satu dua\ntiga",
            "No | Uraian",
            "1 | Rapat",
            "Selesai",
        ]
        assert not sheet.cut

    def test_slides_in_their_order(self, put):
        sheet = previews.sheet_of(put("Paparan.pptx", made.slides("Pertama", "", "Ketiga")))

        assert [(block.title, block.lines) for block in sheet.blocks] == [
            ("Salindia 1", ("Pertama",)),
            ("Salindia 2", ()),
            ("Salindia 3", ("Ketiga",)),
        ]

    def test_a_workbook(self, put):
        content = made.workbook(
            {"Rekap": [["Area", "Nilai"], [], ["Manajemen", 3.5]], "Kosong": [], "Lain": [["x"]]}
        )

        sheet = previews.sheet_of(put("Rekap.xlsx", content))

        assert [(block.title, block.columns, block.rows) for block in sheet.blocks] == [
            (
                "Lembar Rekap",
                ("A", "B"),
                ((1, ("Area", "Nilai")), (3, ("Manajemen", "3,5"))),
            ),
            ("Lembar Lain", ("A",), ((1, ("x",)),)),
        ]
        assert not sheet.cut

    @pytest.mark.parametrize(
        ("rows", "columns", "cut"), [(200, 26, False), (201, 1, True), (1, 27, True)]
    )
    def test_the_edge_of_a_workbook(self, put, rows, columns, cut):
        content = made.workbook({"A": [["x"] * columns for _ in range(rows)]})

        block = (sheet := previews.sheet_of(put("Besar.xlsx", content))).blocks[0]

        assert sheet.cut is cut
        assert (len(block.rows), len(block.columns)) == (min(rows, 200), min(columns, 26))

    @pytest.mark.parametrize(
        ("body", "shown"),
        [
            (made.paragraphs("x" * 2_000_000), protocol.MOST_CHARACTERS),
            (made.paragraphs(*["kata"] * 5000), 4 * protocol.MOST_LINES),
            (made.table(["x" * 2_000_000]), None),
        ],
    )
    def test_long_texts_are_cut_and_say_so(self, put, body, shown):
        sheet = previews.sheet_of(put("Panjang.docx", made.document(body)))

        total = sum(map(len, lines(sheet)))
        assert sheet.cut
        assert total == shown if shown else total <= protocol.MOST_CHARACTERS

    def test_an_archive_tells_names_alone(self, put):
        content = zipped({"Notulen/": "", "Notulen/a.txt": "isi rahasia", "x\u202egpj.exe": "y"})

        sheet = previews.sheet_of(put("Arsip.zip", content))

        assert (sheet.kind, sheet.blocks[0].title) == ("names", "2 berkas di dalamnya")
        assert lines(sheet) == ["Notulen/a.txt, 1 kB", "xgpj.exe, 1 kB"]

    def test_a_long_archive(self, put):
        sheet = previews.sheet_of(put("Arsip.zip", zipped({f"{n}.txt": "" for n in range(501)})))

        assert (len(lines(sheet)), sheet.cut) == (500, True)
