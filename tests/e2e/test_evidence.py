"""Evidence in the browser: several files, progress, cancelling, refusals, taking off."""

import os

import pytest
from playwright.sync_api import expect

from demo.fates import Fate
from tests.e2e.acts import card
from tests.e2e.conftest import sign_in
from tests.evidence.samples import image, pdf, xlsx, zipped

AREA = "4"
SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 100_000}


@pytest.fixture
def sheet(ministry):
    return ministry.sheets[Fate.HALF]


@pytest.fixture
def open_area(signed_in, sheet):
    def open_page():
        page = signed_in(sheet.operator)
        page.goto(sheet.area_url(AREA))
        return page

    return open_page


def upload(name, content):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def choose(page, code, *files):
    card(page, code).locator("input[type=file]").set_input_files(list(files))


def rows(page, code):
    return card(page, code).locator(".file")


def start_of(page, code):
    return rows(page, code).count()


def test_several_files_go_up_one_after_the_other(open_area):
    page, code = open_area(), "A.I.4.i.a"
    before = start_of(page, code)

    choose(page, code, upload("Satu.pdf", pdf()), upload("Dua.png", image("PNG")))

    expect(rows(page, code)).to_have_count(before + 2)
    expect(card(page, code).locator('[data-slot="file-count"]')).to_have_text(
        f"{before + 2} berkas"
    )
    page.reload()
    expect(rows(page, code)).to_have_count(before + 2)
    expect(rows(page, code).last).to_contain_text("sha-256")


def test_a_refused_file_says_why_until_it_is_closed_and_the_others_arrive(open_area):
    page, code = open_area(), "A.I.4.i.b"
    before = start_of(page, code)

    choose(
        page,
        code,
        upload("Anggaran.xlsm", xlsx()),
        upload("Palsu.pdf", b"<html>"),
        upload("Benar.pdf", pdf()),
    )

    expect(rows(page, code)).to_have_count(before + 3)
    reasons = card(page, code).locator(".file.is-refused [data-why]")
    expect(reasons).to_have_count(2)
    expect(reasons.first).to_contain_text("makro")
    for _ in range(2):
        card(page, code).get_by_role("button", name="Tutup pesan").first.click()
    expect(rows(page, code)).to_have_count(before + 1)
    expect(card(page, code).locator("input[type=file]")).to_be_focused()


def test_progress_is_shown_and_the_upload_can_be_cancelled(open_area):
    page, code = open_area(), "A.I.4.i.c"
    before = start_of(page, code)
    network = page.context.new_cdp_session(page)
    network.send("Network.emulateNetworkConditions", SLOW)

    choose(page, code, upload("Besar.zip", zipped({"isi": os.urandom(1_000_000)})))

    row = rows(page, code).last
    expect(row).to_contain_text("dari 1,0 MB")
    expect(row.get_by_role("progressbar")).to_be_visible()
    row.get_by_role("button", name="Batalkan").click()
    expect(rows(page, code)).to_have_count(before)
    expect(card(page, code).locator("input[type=file]")).to_be_focused()
    page.reload()
    expect(rows(page, code)).to_have_count(before)


def test_a_lost_connection_is_said_at_the_file(open_area):
    page, code = open_area(), "A.I.4.ii.a"
    page.context.set_offline(True)

    choose(page, code, upload("Terputus.pdf", pdf()))

    expect(rows(page, code).last.locator("[data-why]")).to_contain_text("Koneksi terputus")


def test_a_session_that_ended_is_said_at_the_file(new_page, sheet):
    page, code = new_page(), "A.I.4.ii.b"
    sign_in(page, sheet.operator)
    page.goto(sheet.area_url(AREA))
    page.context.clear_cookies(name="sessionid")

    choose(page, code, upload("Terlambat.pdf", pdf()))

    expect(rows(page, code).last.locator("[data-why]")).to_contain_text("Sesi Anda telah berakhir")


def test_a_file_is_taken_off_on_the_page(open_area):
    page, code = open_area(), "A.I.4.ii.c"
    before = start_of(page, code)
    choose(page, code, upload("Keliru.pdf", pdf(b"\n")))
    expect(rows(page, code)).to_have_count(before + 1)

    card(page, code).get_by_role("button", name="Lepas Keliru.pdf").click()

    expect(rows(page, code)).to_have_count(before)
    expect(card(page, code).locator("input[type=file]")).to_be_focused()
    page.reload()
    expect(rows(page, code)).to_have_count(before)


def test_an_upload_keeps_what_is_being_typed(open_area):
    page, code = open_area(), "A.I.4.ii.d"
    note = card(page, code).locator('[name="note"]')
    before = start_of(page, code)
    note.press_sequentially("Sedang dit")

    choose(page, code, upload("Sementara.pdf", pdf()))
    expect(rows(page, code)).to_have_count(before + 1)
    note.press_sequentially("ulis")

    expect(note).to_have_value(note.input_value())
    assert note.input_value().endswith("Sedang ditulis")


def test_a_file_is_said_to_be_a_listed_document(open_area):
    """The list is ticked at once; the answer itself is not saved anew."""
    page, code = open_area(), "A.I.4.i.a"
    choose(page, code, upload("catatan.pdf", pdf(trailer=b"/A 91")))
    row = rows(page, code).filter(has_text="catatan.pdf")
    saves = []
    page.on("request", lambda sent: sent.url.endswith(f"/{code}/") and saves.append(sent.url))

    row.get_by_role("combobox").select_option(index=1)

    ticked = card(page, code).locator(".needs .is-met").filter(has_text="catatan.pdf")
    expect(ticked).to_have_count(1)
    expect(row.get_by_role("combobox")).to_be_focused()
    page.reload()
    expect(ticked).to_have_count(1)
    assert saves == []


def test_several_files_dropped_at_once(open_area):
    page, code = open_area(), "A.I.4.i.b"
    before = start_of(page, code)
    area = card(page, code).locator("[data-drop]")

    area.evaluate(
        """(area, contents) => {
          const dropped = new DataTransfer();
          contents.forEach((content, place) => {
            const bytes = Uint8Array.from(content);
            dropped.items.add(new File([bytes], `Foto ${place}.png`, { type: "image/png" }));
          });
          area.dispatchEvent(
            new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: dropped }));
        }""",
        [list(image("PNG")), list(image("PNG"))],
    )

    expect(rows(page, code)).to_have_count(before + 2)
