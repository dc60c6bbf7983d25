"""An example ministry on the server, and pages of people who are signed in."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import NewPage
from tests.e2e.ministry import PASSWORD, Ministry
from tests.server import Server

SignedIn = Callable[..., Page]


@pytest.fixture(scope="session")
def ministry(server: Server) -> Ministry:
    return Ministry.parse(
        server.manage("shell", "-v0", "-c", "from tests.e2e.ministry import found; found()")
    )


@pytest.fixture(scope="session")
def cookies_of(
    server: Server, chromium: Browser, ministry: Ministry
) -> Callable[[str], list[object]]:
    """``cookies_of(username)``: those of a sign-in that all tests share."""
    known: dict[str, list[object]] = {}

    def cookies(username: str) -> list[object]:
        if username not in known:
            context = chromium.new_context(base_url=server.url)
            sign_in(context.new_page(), username)
            known[username] = context.cookies()
            context.close()
        return known[username]

    return cookies


@pytest.fixture
def signed_in(new_page: NewPage, cookies_of: Callable[[str], list[object]]) -> SignedIn:
    """``signed_in(username, **options)``: a page of ``new_page`` of somebody signed in."""

    def open_page(username: str, **options: object) -> Page:
        page = new_page(**options)
        page.context.add_cookies(cookies_of(username))
        return page

    return open_page


def sign_in(page: Page, username: str) -> None:
    page.goto("/masuk/")
    page.get_by_label("Nama pengguna").fill(username)
    page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.get_by_role("button", name="Keluar").first.wait_for()
