"""What if, in the browser: figures move, the sheet does not."""

import pytest
from playwright.sync_api import Page, expect

from demo.fates import Fate
from tests.e2e.acts import card

CODE = "A.I.1.i.b"


@pytest.fixture
def sheet(ministry):
    return ministry.sheets[Fate.HALF]


def row(page: Page, code: str = CODE):
    return page.locator(f'[data-row="{code}"]')


def other_choice(page: Page) -> str:
    """A choice that does not stand on the real sheet, and is worth something else."""
    keys = row(page).locator("input:not([data-now])")
    values = [keys.nth(at).get_attribute("value") for at in range(keys.count())]
    return next(value for value in values if value)


def figure(page: Page) -> str:
    return page.locator(".score-figure b").inner_text()


def difference(page: Page):
    return page.locator(".sim-figures .figure").nth(1).locator("b")


def real_choice(page: Page, sheet) -> str | None:
    page.goto(sheet.area_url("1"))
    chosen = card(page, CODE).locator("input[type=radio]:checked")
    return chosen.input_value() if chosen.count() else None


def test_the_panel_moves_and_the_sheet_stays_and_a_scenario_opens_again(signed_in, sheet):
    page = signed_in(sheet.operator)
    real = real_choice(page, sheet)
    page.goto(sheet.url)
    page.get_by_role("link", name="Simulasi", exact=True).click()
    expect(page.get_by_text("Simulasi: tidak mengubah LKE")).to_be_visible()
    before, key = figure(page), other_choice(page)

    row(page).locator(f'[value="{key}"]').check()
    expect(row(page)).to_contain_text("Diubah.")
    expect(difference(page)).not_to_have_text("0,00")
    after = figure(page)
    assert after != before

    page.get_by_label("Nama skenario").fill("Percobaan di peramban")
    page.get_by_role("button", name="Simpan sebagai skenario").click()
    expect(page.get_by_text("LKE tidak berubah.")).to_be_visible()
    assert real_choice(page, sheet) == real

    page.goto(f"{sheet.url}andai/")
    assert figure(page) == before
    page.get_by_role("link", name="Percobaan di peramban", exact=True).click()
    expect(row(page).locator(f'[value="{key}"]')).to_be_checked()
    assert figure(page) == after

    page.get_by_role("link", name="Ganti nama atau hapus").click()
    page.get_by_role("button", name="Hapus “Percobaan di peramban”").click()
    expect(page.get_by_text("dihapus. LKE tidak berubah.")).to_be_visible()


def test_the_newest_request_wins(signed_in, sheet):
    page = signed_in(sheet.operator)
    page.goto(f"{sheet.url}andai/")
    before, key = figure(page), other_choice(page)
    held = []
    page.route("**/andai/hitung/", lambda route: held.append(route), times=1)

    row(page).locator(f'[value="{key}"]').check()
    page.wait_for_timeout(100)
    row(page).locator("input[data-now]").check()
    expect(page.locator("[data-state]")).to_have_text("Sudah dihitung.")
    with page.expect_response("**/andai/hitung/"):
        held[0].continue_()
    page.wait_for_timeout(300)

    assert figure(page) == before
    expect(row(page)).not_to_contain_text("Diubah.", use_inner_text=True)


def test_a_lost_connection_is_said_and_made_good(signed_in, sheet):
    page = signed_in(sheet.operator)
    page.goto(f"{sheet.url}andai/")
    before, key = figure(page), other_choice(page)
    page.route("**/andai/hitung/", lambda route: route.abort())

    row(page).locator(f'[value="{key}"]').check()
    expect(page.locator("[data-state]")).to_contain_text("Belum dihitung ulang")
    expect(row(page).locator(f'[value="{key}"]')).to_be_checked()

    page.unroute("**/andai/hitung/")
    page.get_by_role("button", name="Hitung").click()
    expect(page.locator("[data-state]")).to_have_text("Sudah dihitung.")
    assert figure(page) != before


def test_without_script(signed_in, sheet):
    page = signed_in(sheet.operator, java_script_enabled=False)
    page.goto(f"{sheet.url}andai/")
    before, key = figure(page), other_choice(page)

    row(page).locator(f'[value="{key}"]').check()
    page.get_by_role("button", name="Hitung").click()

    expect(row(page)).to_contain_text("Diubah.")
    expect(row(page).locator(f'[value="{key}"]')).to_be_checked()
    assert figure(page) != before
