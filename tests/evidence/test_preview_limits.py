"""What is hostile, or too much, shows nothing and harms nothing; what is kept of a preview."""

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

from evidence import preview_store, previews, vault
from evidence.errors import FileLost, PreviewBusy
from evidence.preview_turns import turn
from evidence.rendering import protocol
from evidence.services import store
from satker.models import SatkerKind
from tests.evidence import preview_samples as made
from tests.evidence.preview_samples import (
    DAMAGED,
    EMPTY,
    ENTITIES,
    LOCKED,
    TOO_LARGE,
    lines,
    picture,
)
from tests.evidence.samples import encrypted_pdf, image, pdf, upload, zipped
from tests.factories import make_satker, make_user

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent.parent


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
        # A run in the background may have been told to ignore some of them.
        heeds = "" if number == signal.SIGKILL else f"signal.signal({number:d}, signal.SIG_DFL)"
        program(f"import os, signal; {heeds}; os.kill(os.getpid(), {number:d})".replace("; ;", ";"))

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
