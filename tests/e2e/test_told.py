"""What a page says aloud, where it leads, and what it does not lose when somebody is impatient."""

import pytest
from playwright.sync_api import expect

from demo.fates import Fate
from tests.e2e.acts import card, expect_saved, state, write_note
from tests.e2e.conftest import sign_in
from tests.e2e.ministry import PASSWORD
from tests.evidence.samples import pdf

# Each test has questions of its own on this page.
AREA = "3"


@pytest.fixture
def sheet(ministry):
    return ministry.sheets[Fate.NEARLY]


@pytest.fixture
def page(signed_in, sheet):
    page = signed_in(sheet.operator)
    page.goto(sheet.area_url(AREA))
    return page


def said(page):
    return page.locator("[data-said]")


def warned(page):
    return page.locator("[data-warned]")


def test_a_save_and_a_refusal_are_read_out_by_regions_that_were_there_before(page):
    page.evaluate("window.regions = [...document.querySelectorAll('[data-said], [data-warned]')]")
    write_note(page, "A.I.3.i.a", "Dibacakan.")
    expect(said(page)).to_have_text("A.I.3.i.a tersimpan")

    count = card(page, "A.II.3.iii.a").locator('[name="n1"]')
    count.fill("dua")
    count.blur()

    expect(warned(page)).to_contain_text("A.II.3.iii.a belum tersimpan.")
    assert page.evaluate("window.regions.every((each) => each.isConnected)")
    assert page.locator(".save-state:is([role], [aria-live])").count() == 0


def test_a_line_that_drops_and_comes_back_is_read_out_once(page):
    page.context.set_offline(True)
    write_note(page, "A.I.3.i.b", "Tanpa koneksi.")
    expect(warned(page)).to_contain_text("Koneksi terputus")
    page.context.set_offline(False)
    expect_saved(page, "A.I.3.i.b")
    expect(page.locator("[data-connection]")).to_be_hidden()


def test_the_foot_leads_to_the_answer_that_waits(signed_in, sheet):
    code = "A.I.3.ii.a"
    one, other = signed_in(sheet.operator), signed_in(sheet.operator)
    for each in (one, other):
        each.goto(sheet.area_url(AREA))
    write_note(other, code, "Dari jendela lain.")
    expect_saved(other, code)
    write_note(one, code, "Dari sini.")
    expect(warned(one)).to_contain_text(f"{code} belum tersimpan: ada dua jawaban.")
    card(one, "A.II.3.i.a").locator('[name="note"]').focus()

    # what is typed meanwhile does not ask again at each pause
    sent = []
    one.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    card(one, code).locator('[name="note"]').press_sequentially(" Lagi.")
    one.wait_for_timeout(1500)
    assert sent == []
    one.get_by_role("link", name="Ke jawaban itu").click()

    expect(card(one, code).get_by_role("button", name="Pakai jawaban saya")).to_be_focused()
    one.keyboard.press("Enter")
    expect_saved(one, code)
    expect(card(one, code).locator('[name="note"]')).to_have_value("Dari sini. Lagi.")


def test_after_coba_sekarang_the_focus_is_in_view(page):
    code = "A.I.3.iii.a"
    page.route("**/jawaban/**", lambda route: route.abort("connectionreset"))
    write_note(page, code, "Belum sampai.")
    retry = card(page, code).get_by_role("button", name="Coba sekarang")
    retry.focus()

    page.keyboard.press("Enter")

    expect(state(page, code)).to_contain_text("mencoba lagi")
    expect(card(page, code).locator(":focus")).to_be_in_viewport()
    page.unroute_all()


def test_a_mark_that_does_not_arrive_leaves_the_page_alone(signed_in, sheet):
    code = "A.I.3.iii.b"
    page = signed_in(sheet.head)
    page.goto(sheet.area_url(AREA))
    line = card(page, code).locator('[data-slot="team"]')
    page.context.set_offline(True)

    line.locator("[data-check]").click()

    expect(line).to_contain_text("Tanda periksa belum tersimpan: koneksi terputus.")
    expect(warned(page)).to_contain_text(code)
    expect(line.locator("[data-check]")).to_be_focused()
    page.context.set_offline(False)
    page.context.clear_cookies(name="sessionid")
    line.locator("[data-check]").click()
    expect(line).to_contain_text("sesi Anda telah berakhir")


def test_leaving_while_a_file_is_on_its_way_asks_first(page, sheet):
    chooser = card(page, "A.I.3.iv.a").locator("[data-file-input]")
    page.route("**/bukti/", lambda route: None)  # on its way for ever
    chooser.set_input_files({"name": "Pelan.pdf", "mimeType": "application/pdf", "buffer": pdf()})
    expect(page.locator('[data-slot="uploads"]')).to_have_text("1 berkas sedang diunggah")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))

    page.evaluate("location.assign('/')")
    page.wait_for_timeout(500)

    assert asked == ["beforeunload"]
    assert sheet.area_url(AREA) in page.url
    card(page, "A.I.3.iv.a").get_by_role("button", name="Batalkan").click()
    expect(page.locator('[data-slot="uploads"]')).to_be_empty()
    page.unroute_all()


def test_a_form_that_is_pressed_twice_goes_out_once(new_page, sheet):
    page = new_page()
    page.goto("/masuk/")
    page.get_by_label("Nama pengguna").fill(sheet.operator)
    page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    button = page.get_by_role("button", name="Masuk", exact=True)

    box = button.bounding_box()
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    line = {"offline": False, "latency": 2000, "downloadThroughput": -1, "uploadThroughput": -1}
    slow.send("Network.emulateNetworkConditions", line)

    for _ in range(2):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(700)

    page.get_by_role("button", name="Keluar").first.wait_for()
    assert len(sent) == 1


def test_what_one_person_typed_is_not_stored_in_the_name_of_another(new_page, sheet):
    code = "A.I.3.v.a"
    page = new_page()
    sign_in(page, sheet.operator)
    page.goto(sheet.area_url(AREA))
    before = card(page, code).locator('[name="version"]').input_value()
    page.route("**/jawaban/**", lambda route: route.abort("connectionreset"))
    write_note(page, code, "Ketikan operator.")
    expect(state(page, code)).to_contain_text("mencoba lagi")

    other = page.context.new_page()
    other.goto("/")
    other.get_by_role("button", name="Keluar").first.click()
    sign_in(other, sheet.head)
    page.unroute_all()

    expect(state(page, code)).to_contain_text("sekarang masuk orang lain", timeout=15_000)
    card(page, code).locator('[name="note"]').press_sequentially(" Lagi.")
    keys = "Object.keys(localStorage).filter((key) => key.startsWith('pmpzi.'))"
    assert page.evaluate(keys) == []
    other.goto(sheet.area_url(AREA))
    assert card(other, code).locator('[name="version"]').count() == 0 or (
        card(other, code).locator('[name="version"]').input_value() == before
    )
    assert "Ketikan operator." not in other.content()
