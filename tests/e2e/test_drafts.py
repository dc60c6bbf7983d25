"""What was typed and not saved outlives the page, in this browser and for this person."""

import pytest
from playwright.sync_api import expect

from demo.fates import Fate
from tests.e2e.acts import card, expect_saved, state, version, write_note
from tests.e2e.conftest import sign_in

# Each test has questions of its own on this page.
AREA = "1"


@pytest.fixture
def sheet(ministry):
    return ministry.sheets[Fate.NEARLY]


def note_of(page, code):
    return card(page, code).locator('[name="note"]')


def offer_of(page, code):
    return card(page, code).get_by_role("group", name="Ketikan yang belum tersimpan")


@pytest.fixture
def left(new_page, sheet):
    """``left(code, text)``: typed without a line, and the tab closed; the page opened again."""

    def leave(code, text):
        page = new_page()
        sign_in(page, sheet.operator)
        page.goto(sheet.area_url(AREA))
        page.context.set_offline(True)
        write_note(page, code, text)
        expect(state(page, code)).to_contain_text("Menunggu koneksi")
        # What a closing page still sends may get past the browser's own idea of being offline.
        page.evaluate("() => { window.fetch = () => new Promise(() => {}) }")
        page.close()
        again = page.context.new_page()
        again.context.set_offline(False)
        again.goto(sheet.area_url(AREA))
        return again

    return leave


def test_a_closed_tab_is_offered_back_beside_what_is_stored(left):
    code = "A.I.1.ii.a"
    page = left(code, "Ditulis sebelum tab ditutup.")
    before = note_of(page, code).input_value()

    offer = offer_of(page, code)
    expect(page.get_by_text("1 ketikan lama menunggu pilihan Anda")).to_be_visible()
    expect(offer).to_contain_text("Ada ketikan Anda yang belum tersimpan")
    expect(offer.locator(".conflict-side").nth(0)).to_contain_text("Ditulis sebelum tab ditutup.")
    expect(offer.locator(".conflict-side").nth(1)).to_contain_text(before)
    expect(note_of(page, code)).to_have_value(before)

    offer.get_by_role("button", name="Pakai ketikan saya").press("Enter")

    expect_saved(page, code)
    expect(offer).to_have_count(0)
    assert page.evaluate("document.activeElement.closest('article')?.dataset.question") == code
    page.reload()
    expect(note_of(page, code)).to_have_value("Ditulis sebelum tab ditutup.")
    expect(offer_of(page, code)).to_have_count(0)


def test_an_offer_waits_until_it_is_answered(left):
    code = "A.I.1.ii.b"
    page = left(code, "Masih menunggu pilihan.")
    seen = version(page, code)
    page.reload()
    expect(offer_of(page, code)).to_be_visible()

    offer_of(page, code).get_by_role("button", name="Pakai yang tersimpan").click()
    expect(offer_of(page, code)).to_have_count(0)

    page.reload()
    expect(offer_of(page, code)).to_have_count(0)
    assert version(page, code) == seen


def test_signing_out_leaves_nothing_behind(left, sheet):
    code = "A.I.1.ii.c"
    page = left(code, "Tidak untuk orang lain.")
    expect(offer_of(page, code)).to_be_visible()
    page.goto("/")
    page.get_by_role("button", name="Keluar").click()

    kept = page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('pmpzi.draf.'))")
    assert kept == []
    sign_in(page, sheet.operator)
    page.goto(sheet.area_url(AREA))
    expect(offer_of(page, code)).to_have_count(0)


def test_who_types_on_after_a_lost_response_is_not_in_conflict_with_themself(signed_in, sheet):
    page, code = signed_in(sheet.operator), "A.I.1.iii.a"
    page.goto(sheet.area_url(AREA))
    arrived = []

    def lose_the_response(route):
        arrived.append(route.fetch().status)
        route.abort("connectionreset")

    page.route("**/jawaban/**", lose_the_response, times=1)
    write_note(page, code, "Sampai, tetapi tidak ada yang tahu.")
    expect(state(page, code)).to_contain_text("mencoba lagi")
    assert arrived == [200]

    note_of(page, code).fill("Sampai, tetapi tidak ada yang tahu. Dilanjutkan.")

    expect_saved(page, code)
    expect(card(page, code).locator(".conflict-side")).to_have_count(0)
    page.reload()
    expect(note_of(page, code)).to_have_value("Sampai, tetapi tidak ada yang tahu. Dilanjutkan.")
