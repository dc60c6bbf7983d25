"""Filling and sending where no script runs: plain forms, and pages that keep what was typed."""

import pytest
from playwright.sync_api import expect

from demo.fates import Fate
from tests.e2e.acts import card, version
from tests.e2e.conftest import sign_in
from tests.evidence.samples import pdf, xlsx

AREA = "1"


@pytest.fixture
def sheet(ministry):
    return ministry.sheets[Fate.HALF]


@pytest.fixture
def area(signed_in, sheet):
    page = signed_in(sheet.operator, java_script_enabled=False)
    page.goto(sheet.area_url(AREA))
    return page


def note_of(page, code):
    return card(page, code).locator('[name="note"]')


def save(page, code):
    card(page, code).get_by_role("button", name="Simpan").click()


def choose_file(page, code, name, content):
    card(page, code).locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )


def test_an_answer_is_saved_and_the_page_comes_back_to_it(area):
    code = "A.I.1.i.a"
    card(area, code).get_by_role("radio").nth(1).check()
    note_of(area, code).fill("Tanpa skrip.")

    save(area, code)

    expect(area).to_have_url(area.url.partition("#")[0] + "#A-I-1-i-a")
    expect(card(area, code)).to_contain_text("Tersimpan")
    expect(card(area, code).get_by_role("radio").nth(1)).to_be_checked()
    expect(note_of(area, code)).to_have_value("Tanpa skrip.")


def test_files_go_up_and_come_off_and_what_was_typed_beside_them_is_saved(area):
    code = "A.I.1.i.b"
    files = card(area, code).locator(".file")
    before = files.count()
    note_of(area, code).fill("Diketik sebelum mengunggah.")
    choose_file(area, code, "Tanpa skrip.pdf", pdf())

    card(area, code).get_by_role("button", name="Unggah").click()

    expect(files).to_have_count(before + 1)
    expect(note_of(area, code)).to_have_value("Diketik sebelum mengunggah.")

    note_of(area, code).fill("Diketik sebelum melepas.")
    card(area, code).get_by_role("button", name="Lepas Tanpa skrip.pdf").click()

    expect(files).to_have_count(before)
    expect(note_of(area, code)).to_have_value("Diketik sebelum melepas.")


def test_a_refused_file_says_why(area):
    code = "A.I.1.ii.a"
    note_of(area, code).fill("Tetap tersimpan.")
    choose_file(area, code, "Anggaran.xlsm", xlsx())

    card(area, code).get_by_role("button", name="Unggah").click()

    expect(area.get_by_role("alert")).to_contain_text("makro")
    area.get_by_role("link", name="Kembali ke pertanyaan").click()
    expect(note_of(area, code)).to_have_value("Tetap tersimpan.")


def test_a_refused_answer_stays_in_the_fields(area, ministry):
    code = next(q.code for q in ministry.questions if q.page == AREA and q.kind == "ratio")
    numbers = area.locator(f"#{code.replace('.', '-')} input[type=text]")
    numbers.first.fill("banyak")
    note_of(area, code).fill("Angka menyusul.")

    save(area, code)

    expect(area.get_by_role("heading", level=1)).to_have_text("Jawaban belum tersimpan")
    expect(numbers.first).to_have_value("banyak")
    expect(numbers.first).to_have_attribute("aria-invalid", "true")
    expect(note_of(area, code)).to_have_value("Angka menyusul.")

    for number in numbers.all():
        number.fill("3")
    save(area, code)

    expect(area).to_have_url(area.url.partition("#")[0] + f"#{code.replace('.', '-')}")
    expect(note_of(area, code)).to_have_value("Angka menyusul.")


def test_a_refused_answer_and_a_refused_file_are_both_told(area, ministry):
    code = [q.code for q in ministry.questions if q.page == AREA and q.kind == "ratio"][1]
    number = card(area, code).locator("input[type=text]").first
    number.fill("-1")
    choose_file(area, code, "Anggaran.xlsm", xlsx())

    card(area, code).get_by_role("button", name="Unggah").click()

    expect(area.get_by_role("alert").filter(has_text="makro")).to_be_visible()
    expect(number).to_have_value("-1")


def test_a_clash_shows_the_other_answer_and_keeps_ones_own(area, signed_in, sheet):
    code = "A.I.1.iii.a"
    other = signed_in(sheet.operator, java_script_enabled=False)
    other.goto(sheet.area_url(AREA))
    note_of(other, code).fill("Lebih dahulu.")
    save(other, code)

    note_of(area, code).fill("Belakangan.")
    save(area, code)

    expect(area.get_by_role("alert").first).to_be_visible()
    expect(area.get_by_text("Lebih dahulu.")).to_be_visible()
    expect(note_of(area, code)).to_have_value("Belakangan.")

    save(area, code)

    expect(note_of(area, code)).to_have_value("Belakangan.")
    assert version(area, code) > version(other, code)


def test_a_session_that_ended_shows_the_text_to_copy(new_page, sheet):
    page, code = new_page(java_script_enabled=False), "A.I.1.iv.a"
    sign_in(page, sheet.operator)
    page.goto(sheet.area_url(AREA))
    note_of(page, code).fill("Jangan hilang.")
    page.context.clear_cookies(name="sessionid")

    save(page, code)

    expect(page.get_by_role("heading", level=1)).to_have_text("Sesi Anda telah berakhir")
    expect(page.get_by_text("Jangan hilang.")).to_be_visible()


def test_the_head_sends_a_repaired_assessment(signed_in, ministry):
    sheet = ministry.sheets[Fate.REPAIRING]
    page = signed_in(sheet.head, java_script_enabled=False)
    page.goto(f"{sheet.url}ajukan/")
    page.get_by_role("checkbox", name="Saya, ").check()
    page.get_by_label("Alasan untuk ").fill("Bukti lengkap; catatan ada di dokumen.")

    page.get_by_role("button", name="Kirim ke").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Tanda terima pengiriman")


def test_a_comment_is_sent_refused_and_resolved(area):
    code = "A.I.1.iii.a"
    card(area, code).locator(".talk > summary").click()
    card(area, code).get_by_label("Komentar").fill("x" * 2001)
    card(area, code).get_by_role("button", name="Kirim komentar").click()
    expect(area.get_by_text("2001 karakter, paling banyak 2000")).to_be_visible()
    expect(area.get_by_label("Komentar")).to_have_value("x" * 2001)

    area.get_by_label("Komentar").fill("Tanpa skrip.")
    area.get_by_role("button", name="Kirim komentar").click()
    topic = area.locator(".talk-topic").filter(has_text="Tanpa skrip.")
    topic.get_by_role("link", name="Balas").click()
    expect(area.get_by_text("Membalas")).to_be_visible()
    area.get_by_label("Komentar").fill("Balasannya.")
    area.get_by_role("button", name="Kirim komentar").click()
    expect(topic.locator(".talk-answers")).to_contain_text("Balasannya.")

    topic.get_by_role("button", name="Selesai").click()
    expect(topic.get_by_role("button", name="Buka lagi")).to_be_visible()
