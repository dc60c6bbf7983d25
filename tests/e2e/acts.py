"""What people do on the pages of a sheet, and the same by plain requests where it is many times."""

from collections.abc import Mapping, Sequence

from playwright.sync_api import APIResponse, Locator, Page, expect

from tests.e2e.ministry import Question, Sheet
from tests.evidence.samples import pdf

POST_EACH = """async (forms) => {
    const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
    const headers = { "X-CSRFToken": token, "X-Requested-With": "fetch" };
    const taken = [];
    for (const [url, fields] of forms) {
        const body = new URLSearchParams(fields);
        taken.push((await fetch(url, { method: "POST", headers, body })).status);
    }
    return taken;
}"""


def card(page: Page, code: str) -> Locator:
    """One question on an area page."""
    return page.locator(f'article[data-question="{code}"]')


def state(page: Page, code: str) -> Locator:
    """How the saving of a question stands."""
    return card(page, code).locator("[data-state]")


def expect_saved(page: Page, code: str) -> None:
    expect(state(page, code)).to_have_attribute("data-state", "saved")


def enter(page: Page, question: Question, entered: dict[str, str] | None = None) -> None:
    """Answer on the page; counts and indices by typing, as people do."""
    for name, value in (entered or question.entered).items():
        field = card(page, question.code).locator(f'[name="{name}"]')
        if question.kind == "choice":
            field.and_(page.locator(f'[value="{value}"]')).check()
        else:
            field.fill(value)
            field.blur()


def write_note(page: Page, code: str, text: str) -> None:
    """Types a note and leaves it, which sends it at once."""
    note = card(page, code).locator('[name="note"]')
    note.fill(text)
    note.blur()


def version(page: Page, code: str) -> int:
    return int(card(page, code).locator('[name="version"]').input_value())


def post(page: Page, url: str, **fields: str) -> APIResponse:
    """As a script of the page posts, with its sign-in."""
    return page.request.post(url, form=fields, headers=_script_headers(page))


def post_each(page: Page, forms: Sequence[tuple[str, Mapping[str, str]]]) -> None:
    """(address, fields), one after the other, from within the page; each has to be taken."""
    taken = page.evaluate(POST_EACH, [[url, dict(fields)] for url, fields in forms])
    assert taken == [200] * len(forms)


def post_file(page: Page, sheet: Sheet, code: str) -> APIResponse:
    """The same small PDF for every question."""
    answer = page.request.post(
        f"{sheet.url}jawaban/{code}/bukti/",
        multipart={"file": {"name": "Laporan.pdf", "mimeType": "application/pdf", "buffer": pdf()}},
        headers=_script_headers(page),
    )
    assert answer.status == 200, answer.text()
    return answer


def _script_headers(page: Page) -> dict[str, str]:
    token = next(each["value"] for each in page.context.cookies() if each["name"] == "csrftoken")
    return {"X-CSRFToken": token, "X-Requested-With": "fetch"}
