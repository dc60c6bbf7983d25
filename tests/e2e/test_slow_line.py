"""An area page over a line of 300 kbit/s with 400 ms to every answer, nothing kept from before."""

import pytest
from playwright.sync_api import expect

from demo.fates import Fate
from tests.e2e.acts import card, expect_saved

LATENCY = 400  # milliseconds
SPEED = 300_000 / 8  # bytes a second
LIMIT = 3000  # milliseconds

TIMES = """() => ({
    painted: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    // Scripts of modules have run by then.
    usable: performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd,
})"""


@pytest.fixture
def slow(signed_in, ministry):
    page = signed_in(ministry.sheets[Fate.NEARLY].operator)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY,
            "downloadThroughput": SPEED,
            "uploadThroughput": SPEED,
        },
    )
    return page


def test_the_largest_page_is_usable_within_three_seconds(slow, ministry):
    sheet = ministry.sheets[Fate.NEARLY]

    slow.goto(sheet.area_url("6"), wait_until="load")

    times = slow.evaluate(TIMES)
    assert times["painted"] < LIMIT, times
    assert times["usable"] < LIMIT, times
    code = "A.I.6.i.a"
    card(slow, code).locator('[name="note"]').fill("Ditulis lewat koneksi yang lambat.")
    expect_saved(slow, code)
    expect(card(slow, code).locator('[name="note"]')).to_be_focused()
