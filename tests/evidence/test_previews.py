"""What is seen of a file, by its kind; what is hostile shows nothing and harms nothing."""

import io
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import weasyprint
from PIL import Image

from evidence import preview_store, previews, vault
from evidence.errors import FileLost, PreviewBusy
from evidence.preview_turns import turn
from evidence.rendering import protocol
from evidence.services import store
from satker.models import SatkerKind
from tests.evidence import preview_samples as made
from tests.evidence.samples import encrypted_pdf, image, pdf, upload, zipped
from tests.factories import make_satker, make_user

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def put(satker, operator):
    """``put("a.pdf", content)``: a file in the vault, past the checks of intake."""

    def stored(name, content):
        file = store(satker=satker, upload=upload("Isi.zip", zipped({"a": "b"})), by=operator)
        type(file).objects.filter(pk=file.pk).delete()
        vault.remove(file.file.name)
        file.name, file.size = name, len(content)
        file.sha256 = vault.write(file.file.name, [content])
        file.save(force_insert=True)
        return file

    return stored


def picture(content):
    opened = Image.open(io.BytesIO(content))
    opened.load()
    return opened


def lines(sheet):
    return [line for block in sheet.blocks for line in block.lines]


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


DAMAGED, LOCKED = "Isinya rusak atau tidak lengkap.", "Berkas ini terkunci kata sandi."
EMPTY = "Tidak ada teks di dalamnya."
TOO_LARGE = "Isinya terlalu besar atau terlalu rumit untuk ditampilkan di halaman."
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


def run_program(text):
    """A program that has `protocol`, as the server runs it, its answer in a file."""
    text = f"import sys\nfrom evidence.rendering import protocol\n{text}"
    with tempfile.TemporaryFile() as target:
        command = [sys.executable, "-E", "-s", "-c", text, "5"]
        ended = subprocess.run(command, cwd=ROOT, stdout=target, stderr=subprocess.DEVNULL)
        target.seek(0)
        ended.stdout = target.read(protocol.MOST_WRITTEN + 1)
    return ended


class TestNothingToSee:
    @pytest.mark.parametrize(
        ("name", "content", "reason"),
        [
            ("a.pdf", lambda: b"%PDF-1.4 terpotong", DAMAGED),
            ("a.pdf", lambda: encrypted_pdf(b"rahasia"), LOCKED),
            ("a.pdf", lambda: made.endless_drawing(), TOO_LARGE),
            ("a.pdf", lambda: made.pages(1, size="0 0 900000 900000"), TOO_LARGE),
            ("a.pdf", lambda: made.pages(1, packed=made.packed_blank(800_000_000)), TOO_LARGE),
            ("a.png", lambda: image("PNG")[:-30], DAMAGED),
            ("a.jpg", lambda: b"\xff\xd8\xff\xe0 tidak utuh", DAMAGED),
            ("a.png", lambda: made.huge_png(20_000), TOO_LARGE),
            ("a.docx", lambda: made.document(made.paragraphs("&b;"), before=ENTITIES), DAMAGED),
            ("a.docx", lambda: made.document("<w:p>" * 1000), TOO_LARGE),
            ("a.docx", lambda: made.document("<w:p> " + " " * 70_000_000), TOO_LARGE),
            ("a.docx", lambda: made.document(made.paragraphs(" ")), EMPTY),
            ("a.docx", lambda: zipped({"word/document.xml": "<x/>"}), DAMAGED),
            ("a.docx", lambda: b"bukan arsip", DAMAGED),
            ("a.pptx", lambda: made.slides(), EMPTY),
            ("a.xlsx", lambda: made.workbook({"A": []}), EMPTY),
            ("a.xlsx", lambda: b"bukan arsip", TOO_LARGE),
            ("a.zip", lambda: b"PK\x05\x06 bukan arsip", DAMAGED),
        ],
    )
    def test_says_why(self, put, name, content, reason):
        file = put(name, content())

        sheet = previews.sheet_of(file)

        assert (sheet.reason, sheet.picture, sheet.blocks) == (reason, b"", ())
        assert previews.prepare(file) is False  # it is not tried again and again
        assert not previews.has_thumbnail(file)

    def test_a_program_that_takes_too_long(self, put, monkeypatch):
        """Given less time than is allowed, nothing is remembered: it may still be made."""
        monkeypatch.setattr(previews, "WALL", 30)  # of CPU time, on a machine that is busy
        endless = made.document("<w:p>" + "<w:r><w:t> </w:t></w:r>" * 3_000_000 + "</w:p>")
        file = put("Lama.docx", endless)

        assert previews.prepare(file, seconds=1) is False
        assert not preview_store.is_prepared(previews.key_of(file))

    def test_a_program_that_is_not_there(self, put, settings, tmp_path):
        """A fault of the server and not of the file: shown, and not remembered."""
        file = put("Laporan.pdf", made.pages(1))
        mended, settings.BASE_DIR = settings.BASE_DIR, tmp_path

        assert previews.sheet_of(file).reason
        assert previews.prepare(file) is False

        settings.BASE_DIR = mended
        assert previews.sheet_of(file).text == "Halaman 1"

    @pytest.fixture
    def program(self, settings, tmp_path):
        """``program("…")``: what reads a PDF from now on."""

        def written(text):
            settings.BASE_DIR = tmp_path
            folder = tmp_path / "evidence" / "rendering"
            folder.mkdir(parents=True)
            (folder / "pdf.py").write_text(text)

        return written

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
    def test_a_program_that_was_stopped(self, put, program, number):
        """By the server that ends, or for want of memory: not the fault of the file."""
        file = put("Laporan.pdf", made.pages(1))
        program(f"import os; os.kill(os.getpid(), {number:d})")

        with pytest.raises(PreviewBusy):
            previews.prepare(file)
        assert not preview_store.is_prepared(previews.key_of(file))

    def test_a_program_that_breaks(self, put, program):
        file = put("Laporan.pdf", made.pages(1))
        program(f"import os; os.kill(os.getpid(), {signal.SIGABRT:d})")

        assert previews.sheet_of(file).reason == TOO_LARGE
        assert preview_store.is_prepared(previews.key_of(file))

    def test_a_program_that_sleeps(self, put, program, settings, monkeypatch):
        """It takes no CPU time, so the clock ends it, and gives its place free."""
        file = put("Laporan.pdf", made.pages(1))
        mended = settings.BASE_DIR
        program("import time; time.sleep(20)")
        monkeypatch.setattr(previews, "WALL", 0.3)

        began = time.monotonic()
        for _ in range(3):
            with pytest.raises(PreviewBusy):
                previews.prepare(file, seconds=1, patience=0)
        assert time.monotonic() - began < 15

        settings.BASE_DIR = mended
        monkeypatch.undo()
        assert previews.prepare(file) is True

    @pytest.mark.parametrize(
        ("length", "code"),
        [(8_000_000, protocol.DONE), (protocol.MOST_WRITTEN, protocol.TOO_LARGE)],
    )
    def test_a_long_answer(self, length, code):
        text = f"protocol.run(lambda: protocol.answer({{}}, bytes({length})))"

        assert run_program(text).returncode == code

    def test_a_program_that_writes_without_end(self):
        text = "protocol.confine(5)\nfor _ in range(20): sys.stdout.buffer.write(bytes(1_000_000))"

        ended = run_program(text)

        assert ended.returncode not in {protocol.DONE, *previews._REASONS}
        assert len(ended.stdout) <= protocol.MOST_WRITTEN

    def test_no_file(self, put):
        file = put("Hilang.pdf", pdf())
        vault.remove(file.file.name)

        with pytest.raises(FileLost):
            previews.sheet_of(file)
        with pytest.raises(FileLost):
            previews.prepare(file)

    def test_a_file_of_another_size(self, put):
        file = put("Lain.pdf", pdf())
        file.size += 1

        with pytest.raises(FileLost):
            previews.sheet_of(file)

    def test_too_many_at_once(self, put):
        file = put("Antre.pdf", pdf())
        with turn(None, 0), turn(None, 0), pytest.raises(PreviewBusy):
            previews.prepare(file)
        assert previews.prepare(file) is True


def test_no_library_that_reads_pdf_is_loaded_by_the_server():
    """PDFium is not safe with threads, and a fault in it ends its process."""
    own = [
        path.relative_to(ROOT).as_posix()
        for path in ROOT.glob("[a-z]*/**/*.py")
        if not path.is_relative_to(ROOT / "tests") and "pypdfium2" in path.read_text("utf-8")
    ]

    assert sorted(own) == ["evidence/pdf_probe.py", "evidence/rendering/pdf.py"]


class TestKeeping:
    def test_made_once(self, put):
        file = put("Laporan.pdf", made.pages(2))
        first = previews.sheet_of(file, 2)
        vault.remove(file.file.name)

        assert previews.sheet_of(file, 2) == first
        with pytest.raises(FileLost):
            previews.sheet_of(file, 1)

    def test_closed_to_other_accounts_and_named_by_content(self, put, preview_folder):
        file = put("Laporan.pdf", made.pages(1))

        previews.prepare(file)

        found = sorted(path for path in preview_folder.rglob("*") if path.is_file())
        assert [path.relative_to(preview_folder).as_posix() for path in found] == [
            f"halaman/{file.sha256[:2]}/{file.sha256}-pdf-1",
            f"kecil/{file.sha256[:2]}/{file.sha256}-pdf",
        ]
        for path in preview_folder.rglob("*"):
            mode = 0o700 if path.is_dir() else 0o600
            assert stat.S_IMODE(path.stat().st_mode) == mode
        assert stat.S_IMODE(preview_folder.stat().st_mode) == 0o700

    def test_deleted_as_a_whole_and_made_again(self, put, preview_folder):
        file = put("Laporan.pdf", made.pages(1))
        assert previews.prepare(file) is True
        assert previews.prepare(file) is False
        before = previews.thumbnail_of(file), previews.sheet_of(file)

        shutil.rmtree(preview_folder)

        assert not previews.has_thumbnail(file)
        assert previews.prepare(file) is True
        assert (previews.thumbnail_of(file), previews.sheet_of(file)) == before

    def test_the_thumbnail(self, put):
        file = put("Laporan.pdf", made.pages(1))
        previews.prepare(file)

        shown = picture(previews.thumbnail_of(file))

        assert (shown.format, shown.size) == ("WEBP", (226, 320))

    @pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pptx", "a.zip"])
    def test_only_what_is_drawn_has_one(self, put, name):
        contents = {
            "a.docx": made.document(made.paragraphs("x")),
            "a.xlsx": made.workbook({"A": [["x"]]}),
            "a.pptx": made.slides("x"),
            "a.zip": zipped({"x": "x"}),
        }
        file = put(name, contents[name])

        assert previews.prepare(file) is True
        assert not previews.has_thumbnail(file)
        assert previews.thumbnail_of(file) is None

    def test_the_same_content_is_drawn_once_for_all(self, satker, operator):
        other = make_user(make_satker("33", kind=SatkerKind.KANWIL, parent=satker))
        files = [
            store(satker=by.satker, upload=upload("SK.pdf", made.pages(1)), by=by)
            for by in (operator, other)
        ]

        assert [previews.prepare(file) for file in files] == [True, False]
        assert all(previews.has_thumbnail(file) for file in files)

    @pytest.mark.parametrize("names", [("x.zip", "asli.docx"), ("asli.docx", "x.zip")])
    def test_the_same_content_read_as_another_kind_is_another_preview(
        self, names, satker, operator
    ):
        """Who brings a document as an archive decides nothing about another satker's document."""
        other = make_user(make_satker("33", kind=SatkerKind.KANWIL, parent=satker))
        content = made.document(made.paragraphs("ISI"))
        files = {
            name: store(satker=by.satker, upload=upload(name, content), by=by)
            for name, by in zip(names, (operator, other), strict=True)
        }

        assert [previews.prepare(files[name]) for name in names] == [True, True]
        assert previews.sheet_of(files["x.zip"]).kind == "names"
        assert lines(previews.sheet_of(files["asli.docx"])) == ["ISI"]

    @pytest.mark.parametrize("names", [("a.pdf", "a.zip"), ("a.zip", "a.pdf")])
    def test_nor_has_an_archive_the_thumbnail_of_a_document(self, names, put):
        content = made.pages(1) + zipped({"rahasia.txt": "x"})
        files = {}
        for name in names:
            files[name] = put(name, content)
            assert previews.prepare(files[name]) is True

        assert {name: previews.has_thumbnail(file) for name, file in files.items()} == {
            "a.pdf": True,
            "a.zip": False,
        }
        assert previews.thumbnail_of(files["a.zip"]) is None
        assert previews.sheet_of(files["a.pdf"]).kind == "page"

    def test_pages_take_no_more_room_than_they_may(self, put, settings, preview_folder):
        file = put("Laporan.pdf", made.pages(6))
        for number in range(1, 4):
            previews.sheet_of(file, number)
        folder = preview_folder / "halaman" / file.sha256[:2]
        sizes = {path.name[-1]: path.stat().st_size for path in folder.iterdir()}
        for place, name in enumerate("123"):
            os.utime(folder / f"{file.sha256}-pdf-{name}", (place, place))
        previews.sheet_of(file, 1)  # looked at last

        settings.PREVIEW_CACHE = (max(sizes.values()) * 2 + 1000) * preview_store.FOLDERS
        previews.sheet_of(file, 4)

        assert sorted(path.name[-1] for path in folder.iterdir()) == ["1", "4"]
        assert previews.has_thumbnail(file)

    def test_a_page_larger_than_its_room_is_still_shown(self, put, settings):
        settings.PREVIEW_CACHE = 1
        file = put("Laporan.pdf", made.pages(2))

        assert previews.sheet_of(file, 1).picture
        assert previews.sheet_of(file, 2).picture

    def test_a_full_disk(self, put, preview_folder, caplog):
        """Nothing can be written where previews lie: what is asked for is shown all the same."""
        preview_folder.parent.mkdir(parents=True, exist_ok=True)
        preview_folder.write_text("bukan folder")
        file = put("Laporan.pdf", made.pages(1))
        try:
            assert previews.sheet_of(file).text == "Halaman 1"
            assert "could not be kept" in caplog.text
        finally:
            preview_folder.unlink()

    def test_what_is_kept_is_data(self, put):
        file = put("Laporan.pdf", made.pages(1))
        previews.sheet_of(file)

        line = preview_store.sheet_of(previews.key_of(file), 1).partition(b"\n")[0]

        assert json.loads(line)["pages"] == 1
