"""What an area page costs on the wire: under 100 kB, style, script and icons included."""

from demo.fates import Fate

LIMIT = 100_000  # bytes, as transferred


def test_the_largest_area_page_with_everything_it_loads(signed_in, ministry):
    sheet = ministry.sheets[Fate.NEARLY]
    page = signed_in(sheet.operator)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    kinds: dict[str, str] = {}
    weight: dict[str, float] = {}
    network.on(
        "Network.responseReceived",
        lambda event: kinds.update({event["requestId"]: event["response"]["url"]}),
    )
    network.on(
        "Network.loadingFinished",
        lambda event: weight.update({event["requestId"]: event["encodedDataLength"]}),
    )

    page.goto(sheet.area_url("6"), wait_until="networkidle")

    loaded = {kinds[request]: size for request, size in weight.items() if request in kinds}
    assert any("pmpzi." in url for url in loaded)
    assert any("autosave." in url for url in loaded)
    assert any("sprite." in url for url in loaded)
    assert sum(loaded.values()) < LIMIT
