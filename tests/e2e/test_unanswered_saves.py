"""Saves without an answer, or with a wrong one: named, tried again, never forgotten."""

import pytest
from playwright.sync_api import expect

from demo.fates import Fate
from tests.browser import MADE_UP
from tests.e2e.acts import card, expect_saved, state, version, write_note

# Each test has questions of its own on this page, so that none minds what another has saved.
AREA = "3"


@pytest.fixture
def open_area(signed_in, ministry):
    sheet = ministry.sheets[Fate.NEARLY]
    page = signed_in(sheet.operator)
    page.goto(sheet.area_url(AREA))
    return page


def answer(status):
    """In place of the server."""
    body = "<p>Permintaan tidak dapat dibaca.</p>"
    return lambda route: route.fulfill(
        status=status, body=body, content_type="text/html", headers={MADE_UP: "1"}
    )


def test_a_server_that_is_too_busy_is_named_and_asked_again(open_area):
    page, code = open_area, "A.I.3.i.b"
    page.route("**/jawaban/**", answer(503))
    write_note(page, code, "Server sibuk, lalu tidak.")

    notice = page.locator("[data-connection-text]")
    expect(notice).to_contain_text("1 jawaban menunggu di halaman ini")
    expect(state(page, code)).to_contain_text("Belum tersimpan, mencoba lagi")
    page.unroute_all()

    expect_saved(page, code)
    expect(notice).to_be_hidden()


@pytest.mark.parametrize("status", [400, 401, 422, 503])
def test_a_save_whose_end_nobody_knows_is_never_a_conflict_with_oneself(open_area, status):
    """Stored, but the page hears of a fault; then another refusal, and only then an answer."""
    page, code = open_area, "A.I.3.i.c"
    seen = version(page, code)
    note = card(page, code).locator('[name="note"]')

    def store_and_lose(route):
        route.fetch()
        route.abort("connectionreset")

    page.route("**/jawaban/**", store_and_lose, times=1)
    write_note(page, code, f"Tersimpan tanpa kabar {status}.")
    expect(state(page, code)).to_contain_text("mencoba lagi")
    page.route("**/jawaban/**", answer(status), times=1)
    note.fill(f"Ditolak sekali {status}.")
    with page.expect_response("**/jawaban/**"):
        note.blur()

    write_note(page, code, f"Dan akhirnya tersimpan {status}.")

    expect_saved(page, code)
    page.reload()
    expect(note).to_have_value(f"Dan akhirnya tersimpan {status}.")
    assert version(page, code) >= seen + 2


def test_a_save_that_was_stored_and_answered_400_is_no_conflict(open_area):
    page, code = open_area, "A.I.3.ii.a"

    def store_and_refuse(route):
        route.fetch()
        answer(400)(route)

    page.route("**/jawaban/**", store_and_refuse, times=1)
    write_note(page, code, "Tersimpan, dijawab 400.")
    expect(state(page, code)).to_contain_text("tidak dapat dibaca")

    write_note(page, code, "Diubah lagi sesudah 400.")

    expect_saved(page, code)
