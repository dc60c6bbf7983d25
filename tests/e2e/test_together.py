"""Several people on one page: what one saves reaches the others without reload."""

import pytest
from playwright.sync_api import expect

from demo.fates import Fate
from tests.e2e.acts import card, expect_saved, post, post_file, state, version, write_note

# Questions of an area of their own, so that none minds what other tests have saved.
AREA = "4"
FIRST, SECOND, THIRD = "A.I.4.i.a", "A.I.4.i.b", "A.I.4.i.c"
MINUTE = 61_000  # milliseconds: longer than a page rests between two looks


@pytest.fixture
def sheet(ministry):
    return ministry.sheets[Fate.NEARLY]


@pytest.fixture
def open_area(signed_in, sheet):
    def open_page():
        page = signed_in(sheet.operator)
        page.clock.install()
        page.goto(sheet.area_url(AREA))
        return page

    return open_page


def note_of(page, code):
    return card(page, code).locator('[name="note"]')


def looks(page):
    """Addresses that the page asks for by itself, from now on."""
    asked = []
    page.on(
        "request",
        lambda request: (
            request.method == "GET"
            and request.resource_type == "fetch"
            and asked.append(request.url)
        ),
    )
    return asked


def test_what_another_has_saved_appears_with_ones_own_next_save(open_area):
    one, other = open_area(), open_area()
    write_note(other, FIRST, "Ditulis rekan.")
    card(other, SECOND).get_by_role("radio").nth(1).check()
    for code in (FIRST, SECOND):
        expect_saved(other, code)

    write_note(one, THIRD, "Ditulis sendiri.")

    expect(note_of(one, FIRST)).to_have_value("Ditulis rekan.")
    expect(card(one, SECOND).get_by_role("radio").nth(1)).to_be_checked()
    assert version(one, FIRST) == version(other, FIRST)
    expect(one.locator("[data-said]")).to_contain_text(FIRST)
    # and what is written over it is no clash
    write_note(one, FIRST, "Ditulis rekan, lalu dilanjutkan.")
    expect_saved(one, FIRST)
    assert version(one, FIRST) == version(other, FIRST) + 1


def test_ones_own_saves_alone_ask_for_nothing(open_area):
    page = open_area()
    asked = looks(page)
    for text in ("Satu.", "Dua.", "Tiga."):
        write_note(page, FIRST, text)
        expect_saved(page, FIRST)
    note_of(page, SECOND).fill("Empat.")
    card(page, THIRD).get_by_role("radio").nth(1).check()
    for code in (SECOND, THIRD):
        expect_saved(page, code)
    assert asked == []


def test_a_look_that_finds_nothing_new_costs_no_page(open_area):
    page = open_area()
    page.clock.fast_forward(MINUTE)
    with page.expect_response(lambda answer: answer.request.resource_type == "fetch") as look:
        note_of(page, FIRST).focus()
    assert look.value.status == 304


def test_going_on_after_a_pause_looks_and_nothing_typed_is_touched(open_area):
    one, other = open_area(), open_area()
    one.context.set_offline(True)
    note_of(one, FIRST).fill("Diketik sendiri, belum terkirim.")
    one.clock.fast_forward(2000)
    expect(state(one, FIRST)).to_contain_text("Menunggu koneksi")
    for code, text in ((FIRST, "Dari rekan."), (SECOND, "Juga dari rekan.")):
        write_note(other, code, text)
        expect_saved(other, code)
    one.route("**/jawaban/**", lambda route: route.abort("connectionreset"))
    one.context.set_offline(False)
    one.clock.fast_forward(MINUTE)

    note_of(one, THIRD).focus()

    expect(note_of(one, SECOND)).to_have_value("Juga dari rekan.")
    expect(note_of(one, FIRST)).to_have_value("Diketik sendiri, belum terkirim.")
    one.unroute("**/jawaban/**")
    one.clock.fast_forward(MINUTE)
    conflict = card(one, FIRST).locator('[data-slot="conflict"]')
    expect(conflict).to_contain_text("Dari rekan.")
    expect(conflict).to_contain_text("Diketik sendiri, belum terkirim.")


def test_a_file_of_another_appears_after_a_pause(open_area, sheet):
    one, other = open_area(), open_area()
    rows = card(one, THIRD).locator(".files > li")
    before = rows.count()
    post_file(other, sheet, THIRD)
    one.clock.fast_forward(MINUTE)

    note_of(one, SECOND).focus()

    expect(rows).to_have_count(before + 1)
    expect(note_of(one, SECOND)).to_be_focused()


def test_a_sheet_that_was_sent_meanwhile_says_so(signed_in, ministry):
    sheet = ministry.sheets[Fate.READY]
    page = signed_in(sheet.operator)
    page.clock.install()
    page.goto(sheet.area_url(AREA))
    notice = page.locator("[data-closed]")
    expect(notice).to_be_hidden()
    head = signed_in(sheet.head)
    head.goto(f"{sheet.url}ajukan/")
    sent = post(head, f"{sheet.url}ajukan/", pernyataan="1", alasan="Sudah diperiksa bersama.")
    assert sent.ok
    page.clock.fast_forward(MINUTE)

    note_of(page, FIRST).focus()

    expect(notice).to_be_visible()
    expect(notice).to_contain_text("Dikirim")
