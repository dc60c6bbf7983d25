"""Fixtures for tests in a real browser: a server, Chromium, a page that watches for faults."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.server import Server, make_database

CHROMIUM_FLAGS = [
    "--no-sandbox",  # Chromium refuses to be sandboxed as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

DEFAULTS: dict[str, Any] = {
    "locale": "id-ID",
    "timezone_id": "Asia/Jakarta",
    "viewport": {"width": 1280, "height": 800},
    "accept_downloads": True,
}

MADE_UP = "x-made-up"  # the header of an answer that the test itself gives in place of the server

NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Server]:
    """A running server with tables and instruments and nobody in it."""
    database_url = os.environ["DATABASE_URL"]
    if database_url:
        database_url = make_database(database_url, f"pmpzi_server_{worker_id}")
    running = Server(tmp_path_factory.mktemp("server"), database_url=database_url)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium, peramban untuk uji halaman, tidak terpasang")
    # Playwright's event loop counts as running for the rest of this process, and Django would
    # refuse the database to every later test of it; nothing here is async.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        expect.set_options(timeout=15_000)  # milliseconds; the machine may be busy
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(server: Server, chromium: Browser) -> Iterator[NewPage]:
    """``new_page(**options)``: a page of a fresh browser profile, 1280 by 800.

    options: of Playwright's ``new_context``. At the end the test fails where, in any of them, a
    script raised an error, the content security policy was violated, the server failed (5xx) or
    another host was asked for something.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            faults.append(message.text)

    def on_request(request: Request) -> None:
        if not request.url.startswith((server.url, "data:", "blob:")):
            faults.append(f"asked another host: {request.url}")

    def on_response(response: Response) -> None:
        if response.status >= 500 and MADE_UP not in response.headers:
            faults.append(f"{response.status}: {response.url}")

    def open_page(**options: Any) -> Page:
        context = chromium.new_context(**DEFAULTS | {"base_url": server.url} | options)
        contexts.append(context)
        context.set_default_timeout(15_000)  # milliseconds
        context.on("console", on_console)
        context.on("request", on_request)
        context.on("response", on_response)
        context.on("weberror", lambda error: faults.append(str(error.error)))
        return context.new_page()

    yield open_page

    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """One page of ``new_page``."""
    return new_page()
