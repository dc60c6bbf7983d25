"""What is entered while the scripts are still on their way is saved like anything else."""

import pytest
from playwright.sync_api import expect

from demo.fates import Fate
from tests.e2e.acts import card, expect_saved, state
from tests.e2e.ministry import REVIEWER
from tests.evidence.samples import pdf

AREA = "6"
CHOICE, NOTE, FILE, UNTOUCHED = "A.I.6.i.a", "A.I.6.i.b", "A.I.6.i.c", "A.I.6.ii.a"


@pytest.fixture
def sheet(ministry):
    return ministry.sheets[Fate.NEARLY]


@pytest.fixture
def slow(signed_in):
    """``slow(username, address)``: the page as it is painted, and what lets its scripts in."""

    def open_page(username, address):
        page = signed_in(username)
        held, open_now = [], []

        def answer(route):
            held.append(route) if not open_now else route.continue_()

        page.route("**/static/js/*.js", answer)
        page.goto(address, wait_until="commit")

        def arrive():
            open_now.append(True)
            for route in held:
                route.continue_()
            page.wait_for_load_state()

        return page, arrive

    return open_page


def test_an_answer_a_note_and_a_file(slow, sheet):
    page, arrive = slow(sheet.operator, sheet.area_url(AREA))
    choice = card(page, CHOICE).locator("input[type=radio]:not(:checked)").first
    value = choice.get_attribute("value")
    choice.check()
    card(page, NOTE).locator('[name="note"]').fill("Ditulis sebelum skrip tiba.\nBaris kedua.")
    file = {"name": "Terlalu cepat.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    card(page, FILE).locator("input[type=file]").set_input_files([file])
    untouched = state(page, UNTOUCHED).text_content()

    arrive()

    for code in (CHOICE, NOTE):
        expect_saved(page, code)
    expect(card(page, FILE).get_by_role("link", name="Unduh Terlalu cepat.pdf")).to_be_visible()
    assert state(page, UNTOUCHED).text_content() == untouched
    page.reload()
    expect(card(page, CHOICE).locator(f'input[value="{value}"]')).to_be_checked()
    expect(card(page, NOTE).locator('[name="note"]')).to_have_value(
        "Ditulis sebelum skrip tiba.\nBaris kedua."
    )


def test_an_untouched_page_sends_nothing(slow, sheet):
    page, arrive = slow(sheet.operator, sheet.area_url(AREA))
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))

    arrive()

    expect(page.locator('[data-slot="page-state"]')).to_contain_text("Semua tersimpan")
    page.wait_for_timeout(1500)  # longer than a pause of typing
    assert sent == []


def test_a_verdict(slow, ministry):
    sheet = ministry.sheets[Fate.SUBMITTED]
    page, arrive = slow(REVIEWER, f"{sheet.desk_url}?soal=A.I.3.i.b")
    form = page.get_by_role("form", name="Putusan verifikator")
    form.get_by_role("radio", name="Sesuai", exact=False).first.check()

    arrive()

    expect(form.locator("[data-state]")).to_have_attribute("data-state", "saved")
    page.reload()
    expect(form.get_by_role("radio", name="Sesuai", exact=False).first).to_be_checked()
