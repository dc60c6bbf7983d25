"""Every page and every state that matters: axe finds nothing, and no page scrolls sideways."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from demo.fates import Fate
from tests.assessments.workbooks import as_bytes, bare_workbook
from tests.e2e.acts import card, state, write_note
from tests.e2e.ministry import CHIEF, REVIEWER
from tests.evidence.samples import pdf, xlsx

AXE = Axe().axe_script
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
NARROWEST = {"width": 320, "height": 568}  # also a screen of 1280 at 400 %

# By who looks (a role of the satker, or a username) and whose assessment {sheet} is.
PAGES = {
    ("", Fate.NEARLY): ["/masuk/", "/masuk/?next=/penilaian/", "/aksesibilitas/"],
    ("operator", Fate.NEARLY): [
        "/",
        "/penilaian/",
        "{sheet.url}area/1/",
        "{sheet.url}area/hasil/",
        "{sheet.url}nilai/",
        "{sheet.url}jalan/",
        "{sheet.url}prasyarat/",
        "{sheet.url}prasyarat/?predikat=WBBM",
        "{sheet.url}andai/",
        "{sheet.url}andai/?jalan=1",
        "{sheet.url}impor/",
        "{sheet.url}tahun-lalu/",
        "{sheet.url}temuan/",
        "{sheet.url}temuan/?jenis=tanpa-alasan&area=hasil",
        "{sheet.url}jawaban/A.I.1.i.a/riwayat/",
        "{sheet.url}jawaban/A.I.1.i.a/percakapan/",
        "{sheet.url}jawaban/A.I.1.i.b/percakapan/",
        "{sheet.url}jawaban/A.I.2.i.a/percakapan/?balas=3",
        "{sheet.url}jawaban/A.I.1.i.a/bukti/pilih/",
        "{sheet.url}jawaban/A.I.1.i.a/bukti/pilih/?cari=tidak+ada",
        "/tugas/",
        "/tim/",
        "{sheet.url}tugas/?area=1",
        "/bukti/",
        "/bukti/?cari=tidak+ada",
        "/kata-sandi/",
        "/kabar/",
        "/kabar/pengaturan/",
        "/verifikasi/",
        "/tidak/ada/",
        "/penilaian/?cari=%00",
    ],
    ("operator", Fate.NOT_OPENED): ["/"],
    ("operator", Fate.BEGUN): ["{sheet.url}area/4/"],
    ("operator", Fate.SUBMITTED): ["{sheet.url}area/2/"],
    ("operator", Fate.RETURNED): ["{sheet.url}", "{sheet.url}area/4/"],
    ("operator", Fate.APPROVED): ["/"],
    ("pimpinan", Fate.NEARLY): ["{sheet.url}ajukan/", "/tim/?ubah=1", "{sheet.url}area/1/"],
    ("pimpinan", Fate.READY): ["/", "{sheet.url}ajukan/"],
    ("pimpinan", Fate.SUBMITTED): ["{sheet.url}tanda-terima/"],
    (REVIEWER, Fate.IN_REVIEW): [
        "/",
        "/verifikasi/?status=dikirim",
        "{sheet.desk_url}",
        "{sheet.desk_url}?soal=A.II.1.i.a",
    ],
    (REVIEWER, Fate.RESUBMITTED): ["{sheet.desk_url}", "/kabar/"],
    (REVIEWER, Fate.APPROVED): ["{sheet.desk_url}"],
    (CHIEF, Fate.REVIEWED): ["/", "{sheet.desk_url}keputusan/"],
    (CHIEF, Fate.IN_REVIEW): [
        "{sheet.desk_url}keputusan/",
        "{sheet.desk_url}perpanjang/",
        "/akun/",
        "/akun/baru/",
    ],
    ("tpi", Fate.APPROVED): ["/", "{sheet.url}nilai/"],
    ("pemantau", Fate.APPROVED): ["/laporan/rekap/"],
    ("admin", Fate.APPROVED): [
        "/laporan/rekap/",
        "/laporan/rekap/?cari=tidak+ada",
        "/komponen/",
        "/prasyarat/?cari=a",
        "/satker/3/predikat/",
    ],
}
STATUS = {"/verifikasi/": 403, "/tidak/ada/": 404, "/penilaian/?cari=%00": 400}


def check(page: Page) -> None:
    assert faults(page) == []


def faults(page: Page) -> list[str]:
    """What axe finds on a wide screen and a phone, and sideways scrolling down to 320 px."""
    page.evaluate(AXE)
    page.set_viewport_size(WIDE)
    found = violations(page)
    page.set_viewport_size(PHONE)
    found += [fault for fault in violations(page) if fault not in found]
    for size in (PHONE, NARROWEST):
        page.set_viewport_size(size)
        if overflow(page):
            found.append(f"{overflow(page)} px too wide at {size['width']}")
    return found


def violations(page: Page) -> list[str]:
    """ "rule: element" for every place that axe, which is in the page, finds fault with."""
    found = page.evaluate("axe.run({ resultTypes: ['violations'] }).then((all) => all.violations)")
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


def overflow(page: Page) -> int:
    """Pixels that the page is wider than the window."""
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def send_plainly(page: Page, code: str, note: str) -> None:
    """Sends a question's form as it goes out without script; axe itself needs script."""
    with page.expect_navigation():
        card(page, code).locator("form[data-autosave]").evaluate(
            """(form, note) => {
                form.elements.note.value = note;
                const field = document.createElement("input");
                Object.assign(field, { name: "halaman", value: "1" });
                form.append(field);
                form.submit();
            }""",
            note,
        )


def person(sheet, who: str) -> str:
    return {"operator": sheet.operator, "pimpinan": sheet.head}.get(who, who)


@pytest.mark.parametrize(("who", "fate"), PAGES)
def test_pages(new_page, signed_in, ministry, who, fate):
    sheet = ministry.sheets[fate]
    page = signed_in(person(sheet, who)) if who else new_page()

    found = {}
    for path in PAGES[who, fate]:
        page.set_viewport_size(WIDE)
        answer = page.goto(path.format(sheet=sheet))
        assert answer.status == STATUS.get(path, 200)
        assert ("/masuk/" in page.url) == ("/masuk/" in path)
        found[path] = faults(page)

    assert found == {path: [] for path in PAGES[who, fate]}


def test_a_file_of_the_library_and_its_questions(signed_in, ministry):
    page = signed_in(ministry.sheets[Fate.BEGUN].operator)
    page.goto("/bukti/")
    page.locator("th .file-name").first.click()

    check(page)
    page.locator("[data-file-input]").set_input_files(
        {"name": "Versi baru.pdf", "mimeType": "", "buffer": pdf(trailer=b"/A 77")}
    )
    expect(page.get_by_role("heading", name="Versi", exact=True)).to_be_visible()
    check(page)
    page.get_by_role("link", name="Lampirkan pada pertanyaan").click()
    check(page)


class TestStatesOfAQuestion:
    """What appears while one fills in, on an area page."""

    @pytest.fixture
    def page(self, signed_in, ministry):
        sheet = ministry.sheets[Fate.BEGUN]
        page = signed_in(sheet.operator)
        page.goto(sheet.area_url("1"))
        return page

    def test_a_refused_figure(self, page):
        numbers = card(page, "A.II.1.i.b").locator("input[type=text]")
        for number in numbers.all():
            number.fill("x")
        numbers.last.blur()
        expect(state(page, "A.II.1.i.b")).to_have_attribute("data-state", "refused")

        check(page)

    def test_two_answers(self, page):
        code = "A.I.1.iv.d"
        other = page.context.new_page()
        other.goto(page.url)
        write_note(other, code, "Rapat diadakan tiga kali.")
        expect(state(other, code)).to_have_attribute("data-state", "saved")
        write_note(page, code, "Rapat diadakan empat kali.")
        expect(state(page, code)).to_have_attribute("data-state", "conflict")

        check(page)

    def test_a_lost_connection(self, page):
        page.context.set_offline(True)
        card(page, "A.II.1.iii.a").get_by_role("radio").first.check()
        expect(state(page, "A.II.1.iii.a")).to_have_attribute("data-state", "waiting")

        check(page)

    def test_an_unsaved_text_of_an_earlier_visit(self, page):
        page.context.set_offline(True)
        write_note(page, "A.I.1.iv.c", "Ditulis sebelum tab ditutup.")
        expect(state(page, "A.I.1.iv.c")).to_have_attribute("data-state", "waiting")
        address = page.url
        page.close()
        again = page.context.new_page()
        again.context.set_offline(False)
        again.goto(address)
        expect(again.get_by_role("group", name="Ketikan yang belum tersimpan")).to_be_visible()

        check(again)

    def test_files_on_their_way_and_refused(self, page):
        evidence = card(page, "A.II.1.ii.a")
        chooser = evidence.locator("input[type=file]")
        chooser.set_input_files({"name": "A.xlsm", "mimeType": "", "buffer": xlsx()})
        expect(evidence.locator("[data-why]")).to_be_visible()
        held = []
        page.route("**/bukti/", lambda route: held.append(route))
        chooser.set_input_files({"name": "B.pdf", "mimeType": "", "buffer": pdf()})
        expect(evidence.get_by_role("progressbar")).to_be_visible()

        check(page)
        held[0].abort()


class TestRefusedForms:
    def test_sign_in(self, new_page):
        page = new_page()
        page.goto("/masuk/")
        page.get_by_label("Nama pengguna").fill("tidak-ada")
        page.get_by_label("Kata sandi", exact=True).fill("keliru")
        page.get_by_role("button", name="Masuk", exact=True).click()
        expect(page.get_by_label("Kata sandi", exact=True)).to_be_focused()

        check(page)

    def test_sign_in_too_often(self, new_page):
        page = new_page()
        for _ in range(6):
            page.goto("/masuk/")
            page.get_by_label("Nama pengguna").fill("terlalu-sering")
            page.get_by_label("Kata sandi", exact=True).fill("keliru")
            page.get_by_role("button", name="Masuk", exact=True).click()
        expect(page.get_by_text("Terlalu banyak")).to_be_visible()

        check(page)

    def test_password_change(self, signed_in, ministry):
        page = signed_in(ministry.sheets[Fate.NEARLY].operator)
        page.goto("/kata-sandi/")
        for field in page.locator("main input[type=password]").all():
            field.fill("pendek")
        page.locator("main form button").last.click()
        expect(page.locator("main [aria-invalid=true]").first).to_be_focused()

        check(page)

    def test_an_answer_that_clashes_in_the_plain_form(self, signed_in, ministry):
        sheet = ministry.sheets[Fate.BEGUN]
        page = signed_in(sheet.operator)
        page.goto(sheet.area_url("2"))
        other = page.context.new_page()
        other.goto(page.url)
        for window, note in ((other, "Lebih dahulu."), (page, "Belakangan.")):
            send_plainly(window, "A.I.2.i.a", note)
        expect(page.get_by_role("heading", level=1)).to_have_text("Jawaban belum tersimpan")

        check(page)

    def test_a_session_that_ended_in_the_plain_form(self, signed_in, ministry):
        sheet = ministry.sheets[Fate.BEGUN]
        page = signed_in(sheet.operator)
        page.goto(sheet.area_url("2"))
        page.context.clear_cookies(name="sessionid")
        send_plainly(page, "A.I.2.i.b", "Jangan hilang.")
        expect(page.get_by_text("Jangan hilang.")).to_be_visible()

        check(page)

    def test_a_form_that_is_too_large(self, signed_in, ministry):
        sheet = ministry.sheets[Fate.BEGUN]
        page = signed_in(sheet.operator)
        page.goto(sheet.area_url("2"))
        send_plainly(page, "A.I.2.i.c", "x" * 3_000_000)
        expect(page.get_by_role("heading", level=1)).to_contain_text("terlalu besar")

        check(page)

    def test_a_return_without_a_note(self, signed_in, ministry):
        page = signed_in(CHIEF)
        page.goto(f"{ministry.sheets[Fate.REVIEWED].desk_url}keputusan/")
        page.get_by_role("button", name="Kembalikan ke satker").click()
        expect(page.get_by_role("alert").first).to_be_focused()

        check(page)


class TestImport:
    """Of a workbook: what would change, and what cannot be read."""

    def send(self, page, sheet, workbook):
        page.goto(f"{sheet.url}impor/")
        page.locator("main input[type=file]").set_input_files(
            {"name": "LKE.xlsx", "mimeType": "", "buffer": workbook}
        )
        page.get_by_role("button", name="Periksa isinya").click()

    def test_what_would_change(self, signed_in, ministry):
        sheet = ministry.sheets[Fate.BEGUN]
        page = signed_in(sheet.operator)
        answers = {"A.I.3.i.a": "Ya", "A.I.3.i.b": "A", "A.II.1.i.a.n1": 4, "B.I.a": 3.6}
        self.send(page, sheet, as_bytes(bare_workbook(answers)))
        expect(page.get_by_text("Yang berubah")).to_be_visible()

        check(page)

    def test_what_cannot_be_read(self, signed_in, ministry):
        sheet = ministry.sheets[Fate.NEARLY]
        page = signed_in(sheet.operator)
        self.send(page, sheet, xlsx())
        expect(page.get_by_role("alert").first).to_be_visible()

        check(page)


class TestStatesOfTheDesk:
    @pytest.fixture
    def page(self, signed_in, ministry):
        page = signed_in(REVIEWER)
        page.goto(f"{ministry.sheets[Fate.SUBMITTED].desk_url}?soal=A.I.3.i.b")
        return page

    def test_a_verdict_that_lacks_its_note(self, page):
        page.get_by_label("Tidak sesuai").check()
        page.get_by_role("button", name="Simpan", exact=True).click()
        expect(page.get_by_text("Tulis catatan: ")).to_be_visible()

        check(page)

    def test_two_verdicts(self, page):
        other = page.context.new_page()
        other.goto(page.url)
        form, others = (
            each.get_by_role("form", name="Putusan verifikator") for each in (page, other)
        )
        others.get_by_role("radio", name="Sesuai").first.check()
        expect(others.locator("[data-state]")).to_have_attribute("data-state", "saved")
        form.get_by_label("Tidak sesuai").check()
        form.get_by_label("Catatan untuk satker").fill("Surat keterangan belum dilampirkan.")
        form.locator('[name="value"]').last.check()
        expect(form.locator("[data-state]")).to_have_attribute("data-state", "conflict")

        check(page)

    def test_the_list_of_keys(self, page):
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()

        check(page)


class TestTalk:
    """People offered after an "@", a refusal, a thread below a question."""

    def test_offered_sent_and_refused(self, signed_in, ministry):
        sheet = ministry.sheets[Fate.NEARLY]
        page = signed_in(sheet.operator)
        page.goto(sheet.area_url("1"))
        talk = card(page, "A.I.1.ii.b").locator(".talk")
        talk.locator("summary").click()
        field = talk.get_by_label("Komentar")
        field.press_sequentially("@")
        expect(page.locator(".talk-people li").first).to_be_visible()
        assert faults(page) == []

        page.keyboard.press("Enter")
        page.keyboard.type("periksa " + "kata-yang-panjang-sekali" * 12)
        talk.get_by_role("button", name="Kirim komentar").click()
        expect(talk.get_by_text("Terkirim")).to_be_visible()
        talk.get_by_role("link", name="Balas").click()
        talk.get_by_role("button", name="Kirim komentar").click()
        expect(talk.get_by_text("Komentar masih kosong.")).to_be_visible()

        check(page)


class TestSimulation:
    """Its states: answers tried, entries that cannot be scored, kept scenarios."""

    @pytest.fixture
    def page(self, signed_in, ministry):
        sheet = ministry.sheets[Fate.BEGUN]
        page = signed_in(sheet.operator)
        page.goto(f"{sheet.url}andai/")
        return page

    def test_tried_and_refused(self, page):
        page.locator('[data-row="A.I.1.i.b"] [value="C"]').check()
        page.locator("#area-hasil summary").first.click()
        page.locator('[data-row="B.I.a"] input').fill("9")
        expect(page.get_by_text("Ada isian yang belum dapat dihitung.")).to_be_visible()
        page.locator('[data-row="A.I.1.i.b"] summary').click()

        check(page)

    def test_refused_and_kept(self, page):
        page.locator('[data-row="A.I.1.i.b"] [value="A"]').check()
        page.get_by_role("button", name="Simpan sebagai skenario").click()
        expect(page.get_by_role("alert")).to_contain_text("Beri nama skenario ini.")
        assert faults(page) == []

        page.get_by_label("Nama skenario").fill("Nama yang panjang sekali" * 3)
        page.get_by_role("button", name="Simpan sebagai skenario").click()
        expect(page.get_by_role("heading", name="Skenario tersimpan")).to_be_visible()
        assert faults(page) == []

        page.get_by_role("link", name="Ganti nama atau hapus").click()
        check(page)
        page.get_by_role("button", name="Hapus").click()


def test_the_open_menu_of_a_phone(signed_in, ministry):
    page = signed_in(ministry.sheets[Fate.NEARLY].operator, viewport=PHONE)
    page.goto("/")
    page.locator("summary").filter(has_text="Menu").click()
    expect(page.get_by_role("navigation", name="Menu", exact=True)).to_be_visible()

    page.evaluate(AXE)
    assert violations(page) == []
    assert overflow(page) == 0
