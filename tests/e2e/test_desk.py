"""The reviewer's desk in a browser: quick keys, saving, a lost connection, two reviewers."""

from playwright.sync_api import Locator, Page, expect

from demo.fates import Fate
from tests.e2e.conftest import SignedIn
from tests.e2e.ministry import CHIEF, REVIEWER, Ministry

NOTE = "Survei tanpa tanggal. Lampirkan laporan yang bertanggal."


def open_desk(page: Page, ministry: Ministry, code: str) -> Locator:
    """The form of a question that waits for its first verdict."""
    page.goto(f"{ministry.sheets[Fate.SUBMITTED].desk_url}?soal={code}")
    return page.get_by_role("form", name="Putusan verifikator")


def state(form: Locator) -> Locator:
    return form.locator("[data-state]")


def expect_saved(form: Locator) -> None:
    expect(state(form)).to_have_attribute("data-state", "saved")


def test_the_verdicts_are_in_view(signed_in: SignedIn, ministry: Ministry) -> None:
    page = signed_in(REVIEWER, viewport={"width": 1280, "height": 768})
    for code in ("A.I.1.i.b", "A.I.5.ii.b", "A.II.5.iii.1.a", "B.I.a"):
        form = open_desk(page, ministry, code)

        for verdict in form.locator(".verdict").all():
            expect(verdict).to_be_in_viewport(ratio=1)


def test_by_keys_alone(signed_in: SignedIn, ministry: Ministry) -> None:
    page = signed_in(REVIEWER)
    form = open_desk(page, ministry, "A.I.6.i.a")

    page.keyboard.press("1")
    expect_saved(form)
    expect(page.locator(".desk-groups [aria-current]")).to_have_class("is-done")
    page.keyboard.press("n")
    expect(page).to_have_url(f"{page.url.partition('?')[0]}?soal=A.I.6.i.b")
    expect(page.locator("#soal")).to_be_focused()  # the last thing its script does
    page.keyboard.press("2")
    expect(state(form)).to_contain_text("isi nilai dan catatan")
    form.locator('[name="value"]').last.check()
    page.keyboard.press("c")
    page.keyboard.type(NOTE)
    page.keyboard.press("Tab")
    expect_saved(form)
    page.keyboard.press("b")

    expect(page).to_have_url(f"{page.url.partition('?')[0]}?soal=A.I.6.i.c")
    expect(page.locator("#soal")).to_be_focused()
    page.keyboard.press("k")
    expect(form.get_by_label("Catatan untuk satker")).to_have_value(NOTE)


def test_keys_can_be_switched_off(signed_in: SignedIn, ministry: Ministry) -> None:
    page = signed_in(REVIEWER)
    form = open_desk(page, ministry, "A.I.6.ii.a")

    page.keyboard.press("?")
    page.get_by_role("dialog", name="Tombol cepat").get_by_label("Pakai tombol cepat").uncheck()
    page.get_by_role("button", name="Tutup").click()
    page.reload()
    page.keyboard.press("1")

    expect(form.get_by_role("radio", name="Sesuai").first).not_to_be_checked()


def test_a_lost_connection_keeps_the_verdict(signed_in: SignedIn, ministry: Ministry) -> None:
    page = signed_in(REVIEWER)
    form = open_desk(page, ministry, "A.I.6.ii.b")

    page.context.set_offline(True)
    page.keyboard.press("1")
    expect(state(form)).to_have_attribute("data-state", "waiting")
    page.context.set_offline(False)

    expect_saved(form)
    page.reload()
    expect(form.get_by_role("radio", name="Sesuai").first).to_be_checked()


def test_two_reviewers_of_one_question(signed_in: SignedIn, ministry: Ministry) -> None:
    first, second = signed_in(REVIEWER), signed_in(CHIEF)
    mine, theirs = (open_desk(page, ministry, "A.I.6.ii.c") for page in (first, second))
    second.keyboard.press("1")
    expect_saved(theirs)

    mine.get_by_label("Tidak sesuai").check()
    mine.locator('[name="value"]').last.check()
    mine.get_by_label("Catatan untuk satker").fill(NOTE)
    mine.get_by_label("Catatan untuk satker").blur()

    clash = mine.get_by_role("region", name="menyimpan putusan lain")
    expect(clash).to_contain_text("Tidak sesuai")
    clash.get_by_role("button", name="Pakai putusan saya").click()
    expect_saved(mine)
    first.reload()
    expect(mine.get_by_label("Catatan untuk satker")).to_have_value(NOTE)


def test_without_script(signed_in: SignedIn, ministry: Ministry) -> None:
    page = signed_in(REVIEWER, java_script_enabled=False)
    form = open_desk(page, ministry, "A.I.6.iii.a")

    form.get_by_label("Kurang sesuai").check()
    form.get_by_label("Catatan untuk satker").fill(NOTE)
    form.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Pilih nilai menurut Anda")
    expect(form.get_by_label("Catatan untuk satker")).to_have_value(NOTE)
    form.locator('[name="value"]').last.check()
    form.get_by_role("button", name="Simpan dan buka berikutnya").click()

    expect(page).to_have_url(f"{page.url.partition('?')[0]}?soal=A.I.6.iii.b")
    page.get_by_role("link", name="Sebelumnya").click()
    expect(form.get_by_label("Catatan untuk satker")).to_have_value(NOTE)
