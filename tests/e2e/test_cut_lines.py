"""15 MB over a line that drops five times, with the real server and nothing sent for nothing."""

import hashlib
import http.client
import os
import socket
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from demo.fates import Fate
from tests.browser import MADE_UP
from tests.e2e.acts import card
from tests.evidence.samples import zipped

AREA, CODE, OTHER = "5", "A.I.5.i.a", "A.I.5.i.b"
LINE = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 4_000_000}
CUT = LINE | {"offline": True}


@pytest.fixture
def sheet(ministry):
    return ministry.sheets[Fate.HALF]


@pytest.fixture
def open_area(signed_in, sheet):
    page = signed_in(sheet.operator)
    page.goto(sheet.area_url(AREA))
    return page


def big():
    return zipped({"isi": os.urandom(15_000_000)})


def choose(page, code, name, content):
    field = card(page, code).locator("input[type=file]")
    field.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})


def row(page, code, name):
    return card(page, code).locator(".file").filter(has_text=name)


def stored(page, code, name):
    """SHA-256 of what a download of the file brings."""
    link = row(page, code, name).get_by_role("link", name="Unduh")
    return hashlib.sha256(page.request.get(link.get_attribute("href")).body()).hexdigest()


def test_it_arrives_whole_by_itself_and_is_known_the_next_time(open_area):
    page, content = open_area, big()
    network = page.context.new_cdp_session(page)
    network.send("Network.emulateNetworkConditions", LINE)
    sent = []
    page.on("request", lambda each: sent.append(each.url))

    choose(page, CODE, "Foto kegiatan.zip", content)
    bar = card(page, CODE).get_by_role("progressbar")
    seen = []
    for share in (10, 25, 40, 55, 70):
        page.wait_for_function(
            "([code, share]) => document.querySelector(`[data-question='${code}'] progress`)"
            "?.value >= share",
            arg=[CODE, share],
        )
        network.send("Network.emulateNetworkConditions", CUT)
        expect(row(page, CODE, "Foto kegiatan.zip")).to_contain_text("Koneksi terputus pada")
        seen.append(bar.evaluate("each => each.value"))
        network.send("Network.emulateNetworkConditions", LINE)

    expect(row(page, CODE, "Foto kegiatan.zip")).to_contain_text("sha-256", timeout=60_000)
    assert seen == sorted(seen)
    assert min(seen) > 0
    assert stored(page, CODE, "Foto kegiatan.zip") == hashlib.sha256(content).hexdigest()

    sent.clear()
    choose(page, OTHER, "Nama lain.zip", content)
    expect(row(page, OTHER, "Foto kegiatan.zip")).to_contain_text("sha-256")
    assert not any("offset=" in url for url in sent)


def test_a_server_that_fails_again_and_again_is_told_and_asked_when_wanted(open_area):
    page, name = open_area, "Kegiatan sibuk.zip"
    page.clock.install()
    page.route(
        "**/bukti/unggahan/**", lambda route: route.fulfill(status=503, headers={MADE_UP: "1"})
    )
    attempts = []
    page.on("response", lambda each: "/unggahan/" in each.url and attempts.append(each.status))

    choose(page, OTHER, name, zipped({"isi": os.urandom(400_000)}))
    again = row(page, OTHER, name).get_by_role("button", name="Coba lagi")
    for attempt in range(1, 5):
        while len(attempts) < attempt:
            page.wait_for_timeout(20)
        page.clock.run_for(20_000)
    expect(row(page, OTHER, name)).to_contain_text("Server sedang tidak dapat menerima berkas")
    assert attempts == [503] * 4
    page.unroute_all()
    again.click()

    expect(row(page, OTHER, name).get_by_role("link", name="Unduh")).to_be_visible()


def test_cut_in_the_middle_of_chunks(open_area, server, sheet):
    """By bare sockets, closed half way, as a proxy or a telephone does it."""
    page, content = open_area, zipped({"isi": os.urandom(15_000_000)})
    cookies = {each["name"]: each["value"] for each in page.context.cookies()}
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRFToken": cookies["csrftoken"],
        "X-Requested-With": "fetch",
    }

    def ask(method, url, body=b"", **more):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request(method, url, body, headers | more)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    def cut(url, chunk):
        """Sends the half of it and is gone."""
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.putrequest("POST", url)
        for name, value in (headers | OCTETS).items():
            connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(chunk)))
        connection.endheaders()
        connection.send(chunk[: len(chunk) // 2])
        connection.sock.shutdown(socket.SHUT_RDWR)
        connection.close()

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    announced = urlencode(
        {
            "name": "Terputus.zip",
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
    )
    place = ask("POST", "/bukti/unggahan/", announced, **form).getheader("Location")
    length, cuts, statuses = 0, 0, set()
    while length < len(content):
        chunk = content[length : length + 1_000_000]
        if length >= 3_000_000 * cuts and cuts < 5:
            cuts += 1
            cut(f"{place}?offset={length}", chunk)
            length = int(ask("GET", place).getheader("Upload-Offset"))
            continue
        answer = ask("POST", f"{place}?offset={length}", chunk, **OCTETS)
        statuses.add(answer.status)
        length = int(answer.getheader("Upload-Offset"))
    finish = f"{sheet.url}jawaban/{CODE}/bukti/"
    ended = ask("POST", finish, urlencode({"upload": place.split("/")[-2]}), **form)

    page.reload()
    assert (cuts, ended.status) == (5, 200)
    assert statuses <= {204, 409}  # 409: what was cut off was still being written
    assert stored(page, CODE, "Terputus.zip") == hashlib.sha256(content).hexdigest()


OCTETS = {"Content-Type": "application/octet-stream"}
