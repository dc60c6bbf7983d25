"""An area page on paper: whose it is, whole notes, and no page for every question."""

import pytest

from demo.fates import Fate
from tests.e2e.acts import expect_saved, write_note

CODE = "A.I.1.i.b"
MARGIN = {"top": "15mm", "bottom": "15mm", "left": "15mm", "right": "15mm"}
PAGES = 12  # of 16 questions


@pytest.mark.poppler
def test_an_area_page_on_paper(signed_in, ministry, pdf_text, tmp_path):
    sheet = ministry.sheets[Fate.NEARLY]
    page = signed_in(sheet.operator)
    page.goto(sheet.area_url("1"))
    write_note(page, CODE, "Rapat triwulan membahas kemajuan area. " * 40 + "Kalimat penutup.")
    expect_saved(page, CODE)

    name = page.locator(".crumbs a").first.inner_text()
    paper = tmp_path / "area.pdf"
    page.pdf(path=paper, format="A4", margin=MARGIN)

    pages = pdf_text(paper).removesuffix("\f").split("\f")
    text = " ".join(" ".join(pages).split())
    assert text.startswith(name)
    assert "Kalimat penutup." in text
    assert "Tambah bukti" not in text
    assert len(pages) <= PAGES
