"""The coordinator checks on the area page; a change takes the mark away before one's eyes."""

from playwright.sync_api import expect

from demo.fates import Fate
from tests.e2e.acts import card, expect_saved, write_note

CODE = "A.I.1.i.b"


def test_a_check_and_what_becomes_of_it(signed_in, ministry):
    sheet = ministry.sheets[Fate.NEARLY]
    page = signed_in(sheet.head)
    page.goto(sheet.area_url("1"))
    button = card(page, CODE).locator("[data-check]")
    if button.get_attribute("name") == "batal":  # the example has some checked already
        button.click()
        expect(button).to_have_attribute("name", "dilihat")

    button.press("Enter")

    line = card(page, CODE).locator('[data-slot="team"]')
    expect(line).to_contain_text("Diperiksa")
    expect(button).to_be_focused()
    page.reload()
    expect(line).to_contain_text("Diperiksa")

    operator = signed_in(sheet.operator)
    operator.goto(sheet.area_url("1"))
    shown = card(operator, CODE).locator('[data-slot="team"]')
    expect(shown.locator("[data-checked]")).to_be_visible()
    write_note(operator, CODE, "Ditambah sesudah diperiksa.")
    expect_saved(operator, CODE)
    expect(shown.locator("[data-lapsed]")).to_be_visible()
    expect(shown.locator("[data-checked]")).to_be_hidden()
    again = shown.locator("[data-check]")  # the operator is the secretary, who checks as well
    expect(again).to_contain_text("Tandai diperiksa")
    again.click()
    expect(shown.locator("[data-checked]")).to_be_visible()
    write_note(operator, CODE, "Ditambah sekali lagi.")
    expect_saved(operator, CODE)
    expect(shown.locator("[data-lapsed]")).to_be_visible()
