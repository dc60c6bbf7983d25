"""Looking at files in the browser: every kind, by keyboard, without script, on a phone."""

import re

import pytest
from playwright.sync_api import expect

from demo.fates import Fate
from tests.e2e.ministry import REVIEWER
from tests.e2e.test_accessibility import check
from tests.evidence import preview_samples as made
from tests.evidence.samples import zipped

CONTENTS = {
    "Laporan kinerja.pdf": lambda: made.pages(5),
    "Foto kegiatan.jpg": lambda: made.photo(turned=True),
    "Notulen.docx": lambda: made.document(made.paragraphs("Notulen Rapat", "x" * 90_000)),
    "Rekap.xlsx": lambda: made.workbook({"Rekap": [["Uraian kegiatan"] * 30] * 210}),
    "Arsip.zip": lambda: zipped({"Notulen/a.txt": "x"}),
    "Rumit.pdf": made.endless_drawing,
}


@pytest.fixture
def library(signed_in, ministry):
    """The library with a file of each kind, brought by its operator."""

    def open_page(**options):
        page = signed_in(ministry.sheets[Fate.HALF].operator, **options)
        page.goto("/bukti/")
        if page.get_by_role("link", name="Rumit.pdf").count():
            return page
        bringing = signed_in(ministry.sheets[Fate.HALF].operator)
        bringing.goto("/bukti/")
        files = [
            {"name": name, "mimeType": "", "buffer": content()}
            for name, content in CONTENTS.items()
        ]
        bringing.locator("input[type=file]").set_input_files(files)
        expect(bringing.locator(".panel.evidence .files .file")).to_have_count(
            len(CONTENTS), timeout=20_000
        )
        page.reload()
        return page

    return open_page


def look_at(page, name):
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("link", name="Lihat isi berkas").click()
    expect(page).to_have_url(re.compile(r"/bukti/[0-9a-f-]{36}/pratinjau/$"))


@pytest.mark.parametrize("name", CONTENTS)
def test_every_kind_is_accessible(library, name):
    page = library()

    look_at(page, name)

    check(page)


def test_the_library_and_a_files_page_with_pictures(library):
    page = library()
    pictures = page.locator("img.thumb")
    expect(pictures).not_to_have_count(0)
    assert pictures.first.evaluate("async (img) => (await img.decode(), img.naturalHeight)") > 100
    check(page)

    page.goto("/bukti/")
    page.get_by_role("link", name="Laporan kinerja.pdf", exact=True).click()
    check(page)


def test_pages_turn_by_links_and_by_arrow_keys(library):
    page = library()
    look_at(page, "Laporan kinerja.pdf")
    shown = page.get_by_role("img", name=re.compile("Halaman"))

    page.get_by_role("link", name="Berikutnya").first.click()
    expect(shown).to_have_accessible_name(re.compile("^Halaman 2 dari 5"))
    page.keyboard.press("ArrowRight")
    expect(shown).to_have_accessible_name(re.compile("^Halaman 3 dari 5"))
    page.keyboard.press("ArrowLeft")
    expect(shown).to_have_accessible_name(re.compile("^Halaman 2 dari 5"))
    assert shown.evaluate("async (img) => (await img.decode(), img.naturalWidth)") == 1000

    page.get_by_label("Ke halaman").fill("5")
    page.get_by_label("Ke halaman").press("ArrowLeft")  # in a field it moves the caret
    page.get_by_label("Ke halaman").press("Enter")
    expect(shown).to_have_accessible_name(re.compile("^Halaman 5 dari 5"))


def test_without_script(library):
    page = library(java_script_enabled=False)
    look_at(page, "Laporan kinerja.pdf")

    page.get_by_role("link", name="Berikutnya").first.click()

    expect(page.get_by_role("img", name=re.compile("^Halaman 2 dari 5"))).to_be_visible()


def test_from_the_desk_and_back(signed_in, ministry):
    page = signed_in(REVIEWER)
    page.goto(f"{ministry.sheets[Fate.SUBMITTED].desk_url}?soal=A.I.3.i.b")
    desk = page.url

    page.get_by_role("link", name=re.compile("^Lihat")).first.click()
    expect(page.locator(".preview-canvas img")).to_be_visible()
    check(page)

    page.get_by_role("link", name="A.I.3.i.b", exact=True).click()
    expect(page).to_have_url(desk)
    check(page)  # with the thumbnail that was made just now
