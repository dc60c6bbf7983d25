"""The whole line in a browser: fill, prove, submit, return, repair, approve, report."""

import io
import re

import openpyxl
import pypdfium2
from playwright.sync_api import Download, Page, expect

from demo.fates import Fate
from tests.e2e.acts import (
    card,
    enter,
    expect_saved,
    post_each,
    post_file,
    state,
)
from tests.e2e.conftest import SignedIn, sign_in
from tests.e2e.ministry import CHIEF, REVIEWER, Ministry, Sheet
from tests.evidence.samples import pdf, xlsx

FIRST, RETURNED = "A.I.1.i.a", "A.I.1.i.b"
ASKED = "Notulen rapat belum dilampirkan. Lampirkan notulen dan daftar hadir."
ANSWERED = "Notulen dan daftar hadir rapat 3 Maret sudah dilampirkan."


def test_from_the_first_answer_to_the_approved_report(
    page: Page, signed_in: SignedIn, ministry: Ministry
) -> None:
    satker = ministry.sheets[Fate.NOT_OPENED]

    sheet = _open(page, satker)
    _fill_the_first_area(page, sheet, ministry)
    _fill_the_rest(page, sheet, ministry)
    _submit(signed_in(sheet.head), sheet)
    reviewer = signed_in(REVIEWER)
    _return_one_question(reviewer, sheet, ministry)
    _repair_only_that(page, sheet)
    _submit(signed_in(sheet.head), sheet)
    _approve(reviewer, signed_in(CHIEF), sheet)
    _download_reports(signed_in("admin"), sheet, ministry)


def _open(page: Page, satker: Sheet) -> Sheet:
    sign_in(page, satker.operator)
    page.get_by_label("WBBM").check()
    page.get_by_role("button", name="Buka penilaian").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Manajemen Perubahan")
    return Sheet(satker.satker, re.search(r"/penilaian/([0-9a-f-]{36})/area/1/", page.url)[1])


def _fill_the_first_area(page: Page, sheet: Sheet, ministry: Ministry) -> None:
    questions = [question for question in ministry.questions if question.page == "1"]
    online, offline = questions[:8], questions[8:]
    score = page.get_by_role("complementary", name="Skor sementara")
    note = card(page, FIRST).locator('[name="note"]')

    for question in online:
        enter(page, question)
    note.fill("SK tim kerja nomor 12 tahun ini.")
    page.context.set_offline(True)
    for question in offline:
        enter(page, question)

    expect(page.locator("[data-connection]")).to_be_visible()
    expect(state(page, offline[-1].code)).to_contain_text("Menunggu koneksi")

    page.context.set_offline(False)

    for question in questions:
        expect_saved(page, question.code)
    expect(page.locator("[data-connection]")).to_be_hidden()
    expect(score).to_contain_text(f"{len(questions)} dari {len(questions)} terjawab")

    files = card(page, FIRST).locator(".file")
    chooser = card(page, FIRST).locator("input[type=file]")
    chooser.set_input_files([_upload("SK tim kerja.pdf", pdf()), _upload("Anggota.xlsx", xlsx())])
    expect(files.get_by_role("link", name="Unduh")).to_have_count(2)  # both have arrived
    chooser.set_input_files([_upload("Anggota.xlsm", xlsx())])
    expect(files).to_have_count(3)
    expect(files.nth(2).locator("[data-why]")).to_contain_text("makro")

    page.reload()

    expect(files).to_have_count(2)
    expect(note).to_have_value("SK tim kerja nomor 12 tahun ini.")
    for question in questions:
        for name, value in question.entered.items():
            field = card(page, question.code).locator(f'[name="{name}"]')
            chosen = field.and_(page.locator(":checked")) if question.kind == "choice" else field
            expect(chosen).to_have_value(value)


def _fill_the_rest(page: Page, sheet: Sheet, ministry: Ministry) -> None:
    """The results on their page; the other areas, at their lowest, as the page's script would."""
    rest = [question for question in ministry.questions if question.page not in {"1", "hasil"}]
    post_each(
        page,
        [
            (
                f"{sheet.url}jawaban/{question.code}/",
                {"version": "0", **(question.lowest or question.entered)},
            )
            for question in rest
        ],
    )
    for question in ministry.questions:
        is_at_lowest = question in rest and question.lowest
        if question.needs_file and not is_at_lowest and question.code != FIRST:
            post_file(page, sheet, question.code)

    page.goto(sheet.area_url("hasil"))
    for question in ministry.questions:
        if question.page == "hasil":
            enter(page, question, {k: v.replace(".", ",") for k, v in question.entered.items()})
            expect_saved(page, question.code)


def _submit(page: Page, sheet: Sheet) -> None:
    page.goto(f"{sheet.url}ajukan/")
    page.get_by_label("Saya, ").check()
    for reason in page.get_by_label("Alasan untuk ").all():  # none where all have one already
        reason.fill("Bukti lengkap; catatan ada di dokumen.")
    page.get_by_role("button", name="Kirim ke").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Tanda terima pengiriman")
    expect(page.locator(".digest")).to_have_text(re.compile(r"^[0-9a-f]{64}$"))


def _return_one_question(page: Page, sheet: Sheet, ministry: Ministry) -> None:
    page.goto("/verifikasi/")
    page.locator(f'a[href^="{sheet.desk_url}"]').click()
    form = page.get_by_role("form", name="Putusan verifikator")

    expect(page.get_by_role("heading", level=2, name="tim kerja")).to_be_visible()
    form.get_by_role("radio", name="Sesuai", exact=False).first.check()
    expect(form.locator("[data-state]")).to_have_attribute("data-state", "saved")
    page.goto(f"{sheet.desk_url}?soal={RETURNED}")
    form.get_by_label("Tidak sesuai").check()
    form.locator('[name="value"]').last.check()
    form.get_by_label("Catatan untuk satker").fill(ASKED)
    form.get_by_label("Catatan untuk satker").blur()
    form.get_by_label("Minta satker memperbaiki").check()
    expect(form.locator("[data-state]")).to_have_attribute("data-state", "saved")
    post_each(
        page,
        [
            (f"{sheet.desk_url}jawaban/{question.code}/", {"verdict": "sesuai", "version": "0"})
            for question in ministry.questions
            if question.code not in {FIRST, RETURNED}
        ],
    )
    page.get_by_role("link", name="Keputusan").click()
    page.get_by_label("Catatan").fill("Lengkapi satu pertanyaan, lalu kirim kembali.")
    page.get_by_role("button", name="Kembalikan ke satker").click()

    expect(page.get_by_text("Penilaian dikembalikan ke")).to_be_visible()


def _repair_only_that(page: Page, sheet: Sheet) -> None:
    page.goto(sheet.area_url("1"))
    returned = card(page, RETURNED)

    expect(page.locator("form[data-autosave]")).to_have_count(1)
    expect(returned).to_contain_text(ASKED)
    returned.locator('[name="note"]').fill(ANSWERED)
    expect_saved(page, RETURNED)
    returned.locator("input[type=file]").set_input_files(_upload("Notulen.pdf", pdf(b"\n")))
    expect(returned.locator(".file").get_by_role("link", name="Unduh")).to_have_count(2)


def _approve(reviewer: Page, chief: Page, sheet: Sheet) -> None:
    reviewer.goto(f"{sheet.desk_url}?soal={RETURNED}")
    changes = reviewer.get_by_role("region", name="Bukti dan riwayat")
    form = reviewer.get_by_role("form", name="Putusan verifikator")

    expect(changes).to_contain_text("Berubah sejak putaran 1")
    expect(changes).to_contain_text("Notulen.pdf")
    expect(changes).to_contain_text(ANSWERED)
    form.get_by_role("radio", name="Sesuai", exact=False).first.check()
    expect(form.locator("[data-state]")).to_have_attribute("data-state", "saved")
    chief.goto(f"{sheet.desk_url}keputusan/")
    chief.get_by_role("button", name="Setujui penilaian").click()

    expect(chief.get_by_text("disetujui.")).to_be_visible()


def _download_reports(page: Page, sheet: Sheet, ministry: Ministry) -> None:
    page.goto(sheet.url)
    with page.expect_download() as pdf_download:
        page.get_by_role("link", name="LKE dan hasilnya (PDF)").click()
    with page.expect_download() as excel_download:
        page.get_by_role("link", name="LKE dengan rumus (Excel)").click()
    page.goto("/laporan/rekap/")
    with page.expect_download() as recap_download:
        page.get_by_role("link", name="Unduh rekap Excel").click()

    document = pypdfium2.PdfDocument(_content(pdf_download.value))
    try:
        text = "".join(each.get_textpage().get_text_range() for each in document)
    finally:
        document.close()
    assert ANSWERED in re.sub(r"\s+", " ", text)
    workbook = openpyxl.load_workbook(io.BytesIO(_content(excel_download.value)))
    cells = {cell.value for each in workbook for row in each.iter_rows() for cell in row}
    assert ANSWERED in cells
    assert {question.code for question in ministry.questions} <= cells
    recap = openpyxl.load_workbook(io.BytesIO(_content(recap_download.value)))
    codes = {str(cell.value) for row in recap.worksheets[0].iter_rows() for cell in row}
    assert sheet.satker in codes


def _content(download: Download) -> bytes:
    return download.path().read_bytes()


def _upload(name: str, content: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}
