"""Comments at a question in a browser: sent, kept, answered, resolved, people offered."""

import pytest
from playwright.sync_api import expect

from demo.fates import Fate
from tests.e2e.acts import card, expect_saved, write_note
from tests.e2e.conftest import sign_in

AREA = "2"
PHONE = {"width": 360, "height": 740}
PEOPLE = "Orang yang dapat disebut"


@pytest.fixture
def sheet(ministry):
    return ministry.sheets[Fate.READY]


@pytest.fixture
def page(new_page, sheet):
    page = new_page()
    sign_in(page, sheet.operator)
    page.goto(sheet.area_url(AREA))
    return page


@pytest.fixture
def codes(page):
    return [each.get_attribute("data-question") for each in page.locator("article").all()]


def talk(page, code):
    """The thread of a question, unfolded."""
    found = card(page, code).locator(".talk")
    if found.get_attribute("open") is None:
        found.locator("summary").click()
    return found


def field_of(page, code):
    return talk(page, code).get_by_label("Komentar")


def offered(page):
    return page.get_by_role("listbox", name=PEOPLE).get_by_role("option")


def send(page, code, text):
    field_of(page, code).fill(text)
    talk(page, code).get_by_role("button", name="Kirim komentar").click()


def expect_said(page, code, words):
    expect(card(page, code).locator('[data-slot="talk-state"]')).to_have_text(words)


def test_sent_answered_and_resolved_without_leaving_the_page(page, codes):
    code = codes[0]
    send(page, code, "Notulen di mana?")
    expect_said(page, code, "Terkirim")
    expect(card(page, code).locator(".talk > summary")).to_contain_text("(1, 1 belum selesai)")
    expect(field_of(page, code)).to_have_value("")

    talk(page, code).get_by_role("link", name="Balas").click()
    expect(field_of(page, code)).to_be_focused()
    expect(talk(page, code)).to_contain_text("Membalas")
    page.keyboard.type("Di lemari.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(talk(page, code).locator(".talk-answers")).to_contain_text("Di lemari.")

    talk(page, code).get_by_role("button", name="Selesai").press("Enter")
    expect(card(page, code).locator(".talk > summary")).to_contain_text("(2, selesai)")
    expect(talk(page, code).get_by_role("button", name="Buka lagi")).to_be_focused()


def test_a_lost_response_adds_nothing_twice(page, codes):
    code = codes[1]
    lost = []

    def lose(route):
        route.fetch()
        lost.append(route.request.post_data)
        route.abort()

    page.route("**/percakapan/", lose, times=1)
    send(page, code, "Satu kali saja.")
    expect(card(page, code).locator('[data-slot="talk-state"]')).to_contain_text("Belum terkirim")
    expect(field_of(page, code)).to_have_value("Satu kali saja.")

    talk(page, code).get_by_role("button", name="Kirim komentar").click()

    expect_said(page, code, "Terkirim")
    expect(talk(page, code).locator(".talk-topic")).to_have_count(1)
    assert len(lost) == 1


def test_what_was_not_sent_is_there_again(page, codes, sheet):
    code = codes[2]
    page.context.set_offline(True)
    send(page, code, "Ditulis tanpa koneksi.")
    expect(card(page, code).locator('[data-slot="talk-state"]')).to_contain_text("Belum terkirim")
    page.close()

    again = page.context.new_page()
    again.context.set_offline(False)
    again.goto(sheet.area_url(AREA))

    expect(card(again, code).get_by_label("Komentar")).to_have_value("Ditulis tanpa koneksi.")
    expect(card(again, code).locator("[data-slot='draft']")).to_be_empty()
    send(again, code, "Ditulis tanpa koneksi.")
    expect_said(again, code, "Terkirim")
    again.reload()
    expect(card(again, code).get_by_label("Komentar")).not_to_be_visible()


def test_the_comment_is_no_part_of_the_answer(page, codes):
    """Neither autosave nor its drafts take the comment for theirs."""
    code = codes[3]
    saves = []
    page.on("request", lambda request: saves.append(request) if request.method == "POST" else None)

    field_of(page, code).fill("Bukan catatan.")
    field_of(page, code).blur()
    write_note(page, code, "Catatan yang disimpan.")
    expect_saved(page, code)

    assert len(saves) == 1
    assert "Bukan catatan." not in saves[0].post_data
    expect(field_of(page, code)).to_have_value("Bukan catatan.")


def test_too_long_is_refused_and_kept(page, codes):
    code, text = codes[4], "x" * 2001
    send(page, code, text)

    expect(talk(page, code)).to_contain_text("2001 karakter, paling banyak 2000")
    expect(field_of(page, code)).to_have_value(text)
    expect(field_of(page, code)).to_be_focused()
    expect(field_of(page, code)).to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize("viewport", [None, PHONE])
def test_people_by_keyboard(page, codes, viewport):
    code = codes[5]
    if viewport:
        page.set_viewport_size(viewport)
    field = field_of(page, code)
    field.fill("")
    field.press_sequentially("Tolong @")
    people = offered(page)
    expect(people).to_have_count(2)
    expect(people.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(people.nth(1)).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", people.nth(1).get_attribute("id"))
    box = page.get_by_role("listbox", name=PEOPLE).bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.viewport_size["width"]

    page.keyboard.press("Escape")
    expect(people).to_have_count(0)
    page.keyboard.type("pim")
    expect(people).to_have_count(1)
    page.keyboard.press("Enter")

    expect(people).to_have_count(0)
    assert field.input_value().startswith("Tolong @pimpinan-")
    assert field.input_value().endswith(" ")


def test_a_person_by_pressing(page, codes):
    code = codes[5]
    field = field_of(page, code)
    field.fill("")
    field.press_sequentially("@ope")
    offered(page).first.click()

    assert field.input_value().startswith("@operator-")
    expect(field).to_be_focused()
