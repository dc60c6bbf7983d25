"""By keyboard alone: reach, answer, prove, go on, judge; the focus is seen and never lost."""

import pytest
from playwright.sync_api import expect

from demo.fates import Fate
from tests.e2e.acts import card, expect_saved
from tests.e2e.ministry import REVIEWER
from tests.evidence.samples import pdf

PHONE = {"width": 360, "height": 740}
MOST_STOPS = 160

# Where the focus is: its question, its name or id, whether it is seen, and what lies over it.
FOCUS = """() => {
    const at = document.activeElement;
    const seen = [at, at.closest("label"), at.labels?.[0]].some(
        (each) => each && getComputedStyle(each).outlineStyle !== "none");
    const box = (at.closest("label") ?? at).getBoundingClientRect();
    const inside = [box.x + box.width / 2, box.y + Math.min(box.height, 40) / 2];
    const top = document.elementFromPoint(...inside);
    return {
        question: at.closest("[data-question]")?.dataset.question ?? "",
        name: at.name ?? "",
        text: (at.ariaLabel ?? at.textContent).trim().slice(0, 60),
        seen,
        covered: at !== document.body && !!top?.closest(".dock") && !at.closest(".dock"),
    };
}"""


def focus(page):
    return page.evaluate(FOCUS)


def tab_to(page, wanted):
    """Presses Tab until `wanted(focus)`; every stop on the way has to be seen."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        here = focus(page)
        assert here["seen"], here
        assert not here["covered"], here
        if wanted(here):
            return here
    raise AssertionError(f"not reached in {MOST_STOPS} stops")


@pytest.fixture
def sheet(ministry):
    return ministry.sheets[Fate.BEGUN]


@pytest.fixture
def area(signed_in, sheet):
    page = signed_in(sheet.operator)
    page.goto(sheet.area_url("3"))
    return page


def test_the_first_stop_leads_past_the_menu(area):
    area.keyboard.press("Tab")
    expect(area.get_by_role("link", name="Langsung ke isi")).to_be_focused()
    expect(area.get_by_role("link", name="Langsung ke isi")).to_be_in_viewport()

    area.keyboard.press("Enter")
    area.keyboard.press("Tab")

    assert area.evaluate("document.activeElement.closest('main') !== null")


def test_a_question_is_answered_proved_and_left(area):
    # From the start: a chooser that opens before the browser is told of us is lost.
    area.on("filechooser", lambda _: None)
    first, second = "A.I.3.i.a", "A.I.3.i.b"
    note = card(area, first).locator('[name="note"]')

    tab_to(area, lambda here: here["question"] == first and here["name"] == "value")
    area.keyboard.press("ArrowDown")
    expect_saved(area, first)
    assert focus(area)["name"] == "value"
    expect(card(area, first).get_by_role("radio").nth(1)).to_be_checked()

    tab_to(area, lambda here: here["name"] == "note")
    area.keyboard.type("Diisi dengan papan ketik.")
    expect_saved(area, first)
    expect(note).to_be_focused()

    tab_to(area, lambda here: here["name"] == "file")
    before = card(area, first).locator(".file").count()
    with area.expect_file_chooser() as chooser:
        area.keyboard.press("Enter")
    chooser.value.set_files({"name": "Peta.pdf", "mimeType": "", "buffer": pdf()})
    expect(card(area, first).locator(".file")).to_have_count(before + 1)
    assert focus(area)["name"] == "file"

    here = tab_to(area, lambda here: here["question"] not in {"", first})
    assert here["question"] == second


def test_counts_are_typed_and_the_focus_stays_while_they_are_saved(signed_in, sheet):
    page, code = signed_in(sheet.operator), "A.II.4.i.a"
    page.goto(sheet.area_url("4"))

    tab_to(page, lambda here: here["question"] == code and here["name"] == "n1")
    page.keyboard.type("4")
    tab_to(page, lambda here: here["name"] == "n2")
    page.keyboard.type("x")
    expect(card(page, code).locator("[data-state]")).to_have_attribute("data-state", "refused")
    assert focus(page)["name"] == "n2"
    page.keyboard.press("Backspace")
    page.keyboard.type("2")

    expect_saved(page, code)
    assert focus(page)["name"] == "n2"


def test_on_a_phone_nothing_lies_over_the_focus_and_the_next_open_question_is_one_key_away(
    signed_in, sheet
):
    page = signed_in(sheet.operator, viewport=PHONE)
    page.goto(sheet.area_url("5"))
    tab_to(page, lambda here: here["question"] == "A.I.5.i.b" and here["name"] == "file")

    page.get_by_role("link", name="Pertanyaan terbuka").press("Enter")

    here = focus(page)
    assert (here["question"], here["covered"]) == ("A.I.5.i.a", False)


def test_a_verdict_is_given_with_quick_keys(signed_in, ministry):
    sheet = ministry.sheets[Fate.SUBMITTED]
    page = signed_in(REVIEWER)
    page.goto(f"{sheet.desk_url}?soal=A.I.4.i.a")
    state = page.get_by_role("form", name="Putusan verifikator").locator("[data-state]")

    page.keyboard.press("1")
    expect(state).to_have_attribute("data-state", "saved")
    assert focus(page)["name"] == "verdict"
    page.keyboard.press("b")

    page.wait_for_url("**soal=A.I.4.i.b*")


def test_a_verdict_is_given_without_quick_keys(signed_in, ministry):
    sheet = ministry.sheets[Fate.SUBMITTED]
    page = signed_in(REVIEWER)
    page.goto(f"{sheet.desk_url}?soal=A.I.4.ii.d")
    form = page.get_by_role("form", name="Putusan verifikator")

    tab_to(page, lambda here: here["name"] == "verdict")
    page.keyboard.press("ArrowDown")
    expect(form.get_by_label("Kurang sesuai")).to_be_checked()
    tab_to(page, lambda here: here["name"] == "value")
    page.keyboard.press("ArrowDown")
    tab_to(page, lambda here: here["name"] == "note")
    page.keyboard.type("Rapat kedua belum ada notulennya.")
    tab_to(page, lambda here: here["name"] == "mark")

    expect(form.locator("[data-state]")).to_have_attribute("data-state", "saved")
    assert focus(page)["name"] == "mark"
