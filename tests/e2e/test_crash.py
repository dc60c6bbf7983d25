"""What the server has acknowledged survives ``kill -9``, with its history, score and trail."""

import http.client
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import expect

from demo.fates import Fate
from tests.e2e.acts import post, post_file
from tests.evidence.samples import pdf

ACKNOWLEDGED_BEFORE_THE_CRASH = 40

# Run in the server's surroundings: the answers of one assessment, and whether all else agrees.
REPORT = """
import io, json
from django.core.management import call_command
from assessments.models import AnswerChange, Assessment
from audit.models import Event
out = io.StringIO()
call_command("verify_audit", stdout=out)
call_command("check_scores", stdout=out)
pk = "{pk}"
changes = AnswerChange.objects.filter(answer__assessment=pk).select_related("answer__question")
chain = Assessment.objects.get(pk=pk).audit_chain
events = Event.objects.filter(chain=chain, action="jawaban")
print(json.dumps(dict(
    changes=[[c.answer.question.code, c.version, c.note, c.answer.version] for c in changes],
    events=[[e.subject, json.loads(e.after)["note"]] for e in events],
)))
"""


@dataclass(frozen=True)
class Report:
    """changes: (code, version, note); latest: code to version; events: (code, note)."""

    changes: set[tuple[str, int, str]]
    latest: dict[str, int]
    events: list[tuple[str, str]]


@pytest.fixture
def sheet(ministry):
    return ministry.sheets[Fate.BEGUN]


def report(server, sheet) -> Report:
    """Fails where the trail is broken or a score is not that of its answers."""
    said = json.loads(server.manage("shell", "-v0", "-c", REPORT.format(pk=sheet.pk)))
    return Report(
        changes={(code, version, note) for code, version, note, _ in said["changes"]},
        latest={code: latest for code, _, _, latest in said["changes"]},
        events=[(code, note) for code, note in said["events"]],
    )


def test_an_acknowledged_save_survives_a_crash(server, signed_in, sheet):
    page, code = signed_in(sheet.operator), "A.I.6.i.a"
    answer = post(page, f"{sheet.url}jawaban/{code}/", value="A", note="Bertahan.", version="0")
    assert answer.status == 200
    file = re.search(r"/bukti/[0-9a-f-]{36}/", post_file(page, sheet, code).text())[0]

    server.kill()
    server.start()

    found = report(server, sheet)
    assert (code, 1, "Bertahan.") in found.changes
    assert found.events.count((code, "Bertahan.")) == 1
    page.goto(f"{sheet.url}jawaban/{code}/riwayat/")
    expect(page.locator("main")).to_contain_text("Bertahan.")
    assert page.request.get(file).body() == pdf()


def test_of_many_saves_at_once_every_acknowledged_one_survives(server, cookies_of, ministry, sheet):
    cookies = cookies_of(sheet.operator)
    codes = [question.code for question in ministry.questions if question.page == "5"][:8]
    acknowledged: list[tuple[str, int, str]] = []
    enough = threading.Event()

    def save_on_and_on(code: str) -> None:
        for answer in _saves(server, cookies, sheet, code):
            acknowledged.append(answer)
            if len(acknowledged) >= ACKNOWLEDGED_BEFORE_THE_CRASH:
                enough.set()

    writers = [threading.Thread(target=save_on_and_on, args=[code]) for code in codes]
    for writer in writers:
        writer.start()
    assert enough.wait(timeout=60)

    server.kill()
    for writer in writers:
        writer.join()
    server.start()

    found = report(server, sheet)
    assert set(acknowledged) <= found.changes
    for code, version, note in acknowledged:
        assert found.latest[code] >= version
        assert found.events.count((code, note)) == 1


def _saves(server, cookies, sheet, code: str) -> Iterator[tuple[str, int, str]]:
    """Saves the note of one question again and again, until the server is gone."""
    jar = {cookie["name"]: cookie["value"] for cookie in cookies}
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in jar.items()),
        "X-CSRFToken": jar["csrftoken"],
        "X-Requested-With": "fetch",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    line = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=20)
    version = 0
    try:
        while True:
            note = f"Simpanan ke-{version + 1} dari {code}"
            line.request(
                "POST",
                f"{sheet.url}jawaban/{code}/",
                urlencode({"note": note, "version": version}),
                headers,
            )
            answer = line.getresponse()
            answer.read()
            if answer.status != 200:
                raise AssertionError(f"{code}: {answer.status}")
            version += 1
            yield code, version, note
    except (OSError, http.client.HTTPException):
        return
    finally:
        line.close()
