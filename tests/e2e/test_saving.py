"""Saving where something comes between: the line, a second window, the session, a wrong figure."""

import re

import pytest
from playwright.sync_api import expect

from demo.fates import Fate
from tests.e2e.acts import card, expect_saved, state, version, write_note
from tests.e2e.conftest import sign_in

# Each test has questions of its own on this page, so that none minds what another has saved.
AREA = "2"


@pytest.fixture
def sheet(ministry):
    return ministry.sheets[Fate.NEARLY]


@pytest.fixture
def open_area(signed_in, sheet):
    def open_page():
        page = signed_in(sheet.operator)
        page.goto(sheet.area_url(AREA))
        return page

    return open_page


def note_of(page, code):
    return card(page, code).locator('[name="note"]')


def test_a_lost_connection_keeps_what_is_typed_and_sends_it_afterwards(open_area):
    page, first, second = open_area(), "A.I.2.i.a", "A.I.2.i.b"
    notice = page.locator("[data-connection-text]")
    page.context.set_offline(True)

    write_note(page, first, "Ditulis tanpa koneksi.")
    card(page, second).get_by_role("radio").nth(1).check()

    expect(notice).to_contain_text("2 jawaban menunggu")
    for code in (first, second):
        expect(state(page, code)).to_contain_text("Menunggu koneksi")

    note_of(page, first).fill("Ditulis tanpa koneksi, dan dilanjutkan.")
    page.context.set_offline(False)

    for code in (first, second):
        expect_saved(page, code)
    expect(notice).to_be_hidden()
    page.reload()
    expect(note_of(page, first)).to_have_value("Ditulis tanpa koneksi, dan dilanjutkan.")
    expect(card(page, second).get_by_role("radio").nth(1)).to_be_checked()


def test_a_save_that_did_not_arrive_is_tried_again_at_once_when_asked(open_area):
    page, code = open_area(), "A.I.2.i.c"
    page.route("**/jawaban/**", lambda route: route.abort("connectionreset"))
    write_note(page, code, "Dikirim dua kali.")
    expect(state(page, code)).to_contain_text("Belum tersimpan, mencoba lagi")
    page.unroute_all()

    card(page, code).get_by_role("button", name="Coba sekarang").press("Enter")

    expect_saved(page, code)
    assert page.evaluate("document.activeElement.closest('article')?.dataset.question") == code


def test_a_save_that_did_not_arrive_is_tried_again_by_itself(open_area):
    page, code = open_area(), "A.I.2.ii.a"
    attempts = []

    def lose_the_first(route):
        attempts.append(route.request.url)
        if len(attempts) == 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/jawaban/**", lose_the_first)
    write_note(page, code, "Dikirim sekali, diterima belakangan.")

    expect_saved(page, code)
    assert len(attempts) == 2


@pytest.mark.parametrize(
    ("code", "button", "kept"),
    [
        ("A.I.2.ii.b", "Pakai jawaban saya", "Dari jendela kedua."),
        ("A.I.2.ii.c", "Pakai jawaban ini", "Dari jendela pertama."),
    ],
)
def test_two_windows_on_one_question_show_both_texts_to_choose_from(open_area, code, button, kept):
    one, two = open_area(), open_area()
    seen = version(one, code)
    write_note(one, code, "Dari jendela pertama.")
    expect_saved(one, code)

    write_note(two, code, "Dari jendela kedua.")

    expect(state(two, code)).to_have_attribute("data-state", "conflict")
    sides = card(two, code).locator(".conflict-side")
    expect(sides.nth(0)).to_contain_text("Dari jendela kedua.")
    expect(sides.nth(1)).to_contain_text("Dari jendela pertama.")
    expect(note_of(two, code)).to_have_value("Dari jendela kedua.")

    card(two, code).get_by_role("button", name=button).click()

    expect_saved(two, code)
    expect(sides).to_have_count(0)
    expect(note_of(two, code)).to_have_value(kept)
    one.reload()
    expect(note_of(one, code)).to_have_value(kept)
    assert version(one, code) == seen + (2 if "saya" in button else 1)


def test_a_session_that_ended_swallows_nothing(new_page, sheet):
    page, code, other = new_page(), "A.I.2.ii.d", "A.I.2.iii.a"
    sign_in(page, sheet.operator)
    page.goto(sheet.area_url(AREA))
    other_tab = page.context.new_page()
    other_tab.goto("/")
    other_tab.get_by_role("button", name="Keluar").click()

    note_of(page, code).fill("Diketik setelah sesi berakhir.")

    write_note(page, other, "Ini juga.")

    for each in (code, other):
        expect(state(page, each)).to_contain_text("Sesi Anda telah berakhir")
    expect(note_of(page, code)).to_have_value("Diketik setelah sesi berakhir.")

    sign_in(other_tab, sheet.operator)
    card(page, code).get_by_role("button", name="Coba sekarang").click()

    expect_saved(page, code)
    expect_saved(page, other)
    page.reload()
    expect(note_of(page, code)).to_have_value("Diketik setelah sesi berakhir.")
    expect(note_of(page, other)).to_have_value("Ini juga.")


def test_figures_that_contradict_each_other_are_refused_and_stay_on_screen(signed_in, sheet):
    page, code = signed_in(sheet.operator), "A.II.1.i.a"
    page.goto(sheet.area_url("1"))
    agents, changes = (card(page, code).locator(f'[name="{key}"]') for key in ("n1", "n2"))
    agents.fill("5")
    changes.fill("4")
    changes.blur()
    expect_saved(page, code)

    changes.fill("-3")
    changes.blur()

    expect(state(page, code)).to_have_attribute("data-state", "refused")
    expect(changes).to_have_attribute("aria-invalid", "true")
    expect(changes).to_have_value("-3")
    expect(changes).to_have_accessible_description(re.compile(r"\S"))

    changes.fill("3")
    changes.blur()

    expect_saved(page, code)
    expect(changes).not_to_have_attribute("aria-invalid", "true")


def test_quick_changes_queue_and_the_last_one_stands(open_area):
    page, code = open_area(), "A.I.2.iii.b"
    options = card(page, code).get_by_role("radio")

    for turn in (0, 1, 2, 1, 0, 2):
        options.nth(turn).check()
    write_note(page, code, "Yang terakhir.")

    expect_saved(page, code)
    page.reload()
    expect(options.nth(2)).to_be_checked()
    expect(note_of(page, code)).to_have_value("Yang terakhir.")


def test_what_was_just_typed_is_sent_when_the_page_is_left(open_area, sheet):
    page, code = open_area(), "A.II.2.ii.a"
    note_of(page, code).fill("Diketik, lalu pindah halaman.")

    page.goto(sheet.url)

    def stored():
        page.goto(f"{sheet.url}jawaban/{code}/riwayat/")
        return page.get_by_text("Diketik, lalu pindah halaman.").count()

    assert any(stored() for _ in range(20))


def test_the_question_says_that_typing_is_not_saved_yet(open_area):
    page, code = open_area(), "A.II.2.i.a"
    card(page, code).get_by_role("radio").first.check()
    expect_saved(page, code)
    before = state(page, code).inner_text()

    note_of(page, code).press_sequentially("Tu")
    expect(state(page, code)).to_have_text("Disimpan saat Anda selesai mengetik")
    note_of(page, code).press("Backspace")
    note_of(page, code).press("Backspace")

    expect(state(page, code)).to_have_text(before)
