"""Many at the same moment, on a real server: one wins and the others are told."""

import http.client
import json
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import Client

from accounts.models import Role
from assessments.models import AnswerChange, Assessment, Snapshot, Transition
from assessments.worksheet import load_worksheet
from tests.evidence.preview_samples import pages
from tests.factories_assessments import (
    attach,
    best_answers,
    fill,
    judge,
    make_assessment,
    make_kanwil,
    make_period,
    make_satker,
    make_submitted,
    make_user,
    person,
)
from tests.server import Server, make_database

# One server for all of them.
pytestmark = pytest.mark.xdist_group("office")

AT_ONCE = 6
QUOTA = 22  # MB
TOKEN = "t" * 32
CODES = ("A.I.1.i.b", "A.I.1.ii.b", "A.I.2.i.a", "A.I.1.iii.b", "A.I.4.i.a", "A.I.5.i.a")


# In the server's surroundings -------------------------------------------------------------


def prepare() -> None:
    """Fill the server's empty database; prints the key of each sheet, and sessions by person."""
    make_period()
    kanwil = make_kanwil()
    sheets = {"draft": make_assessment(make_satker(kanwil))}
    ready = sheets["ready"] = make_assessment(make_satker(kanwil))
    worksheet = load_worksheet(ready.instrument_id)
    fill(ready, best_answers(worksheet))
    attach(ready, *worksheet.by_code)
    sheets["judged"] = make_submitted(make_satker(kanwil))
    judge(sheets["judged"], {CODES[0]: {"value": "B"}})
    people = {
        "operator": person(Role.OPERATOR, sheets["draft"].satker),
        "head": make_user(Role.PIMPINAN, ready.satker),
        "chief": person(Role.KETUA, kanwil),
        "newcomer": make_user(Role.OPERATOR, make_satker(kanwil)),
    }
    sessions = {}
    for name, user in people.items():
        client = Client()
        client.force_login(user)
        sessions[name] = client.cookies["sessionid"].value
    keys = {name: str(sheet.pk) for name, sheet in sheets.items()}
    print(json.dumps({"sheets": keys, "sessions": sessions}))  # noqa: T201


def tell(key: str) -> None:
    """Print what is stored of a sheet."""
    sheet = Assessment.objects.get(pk=key)
    steps = Transition.objects.filter(assessment=sheet).values_list("action", flat=True)
    changes = AnswerChange.objects.filter(answer__assessment=sheet)
    said = {
        "status": sheet.status,
        "round": sheet.round,
        "steps": list(steps),
        "snapshots": Snapshot.objects.filter(assessment=sheet).count(),
        "answers": dict(
            sheet.answers.values_list("question__code", "entered").order_by("question__order")
        ),
        "changes": changes.count(),
    }
    print(json.dumps(said))  # noqa: T201


# Here -------------------------------------------------------------------------------------


@dataclass
class Office:
    server: Server
    sheets: dict[str, str]
    sessions: dict[str, str]

    def at_once(self, person, requests):
        """Post all (address, fields) at the same moment; their statuses and addresses. Bytes in
        place of fields: a file."""
        together = Barrier(len(requests))

        def post(request):
            path, fields = request
            connection = http.client.HTTPConnection(urlsplit(self.server.url).netloc, timeout=60)
            headers = {
                "Cookie": f"sessionid={self.sessions[person]}; csrftoken={TOKEN}",
                "X-CSRFToken": TOKEN,
                "X-Requested-With": "fetch",
                "Content-Type": "application/x-www-form-urlencoded",
            }
            body = urlencode(fields) if isinstance(fields, dict) else _with_file(fields, headers)
            connection.connect()
            together.wait()
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read()
            connection.close()
            return answer.status, answer.getheader("Location", "")

        with ThreadPoolExecutor(len(requests)) as threads:
            return list(threads.map(post, requests))

    def stored(self, sheet):
        code = f"from tests.assessments.test_concurrency import tell; tell('{self.sheets[sheet]}')"
        return json.loads(self.server.manage("shell", "-v0", "-c", code))


def _with_file(content, headers):
    headers["Content-Type"] = "multipart/form-data; boundary=batas"
    head = 'Content-Disposition: form-data; name="file"; filename="SK.pdf"'
    return b"--batas\r\n%s\r\n\r\n%s\r\n--batas--\r\n" % (head.encode(), content)


@pytest.fixture(scope="module")
def office(tmp_path_factory, worker_id):
    """In the end the trail hangs together, and every score is what its answers come to."""
    database_url = os.environ["DATABASE_URL"]
    if database_url:
        database_url = make_database(database_url, f"pmpzi_office_{worker_id}")
    server = Server(tmp_path_factory.mktemp("office"), database_url=database_url)
    server.environment["EVIDENCE_QUOTA_MB"] = str(QUOTA)
    server.start()
    code = "from tests.assessments.test_concurrency import prepare; prepare()"
    yield Office(server, **json.loads(server.manage("shell", "-v0", "-c", code)))
    server.manage("verify_audit")
    server.manage("check_scores")
    server.stop()


def test_sent_once(office):
    """A double click, or a head with two windows."""
    address = f"/penilaian/{office.sheets['ready']}/"

    answers = office.at_once("head", [(f"{address}ajukan/", {"pernyataan": "1"})] * AT_ONCE)

    stored = office.stored("ready")
    # whoever asks again is led to the same receipt
    assert answers == [(302, f"{address}tanda-terima/")] * AT_ONCE
    assert (stored["status"], stored["round"], stored["snapshots"]) == ("dikirim", 1, 1)
    assert stored["steps"] == ["buka", "ajukan"]


def test_answers_to_different_questions_all_stay(office):
    address = f"/penilaian/{office.sheets['draft']}/jawaban/"
    requests = [(f"{address}{code}/", {"value": "B", "version": "0"}) for code in CODES]

    answers = office.at_once("operator", requests)

    stored = office.stored("draft")
    assert [status for status, _ in answers] == [200] * len(CODES)
    assert {code: stored["answers"][code] for code in CODES} == {
        code: {"value": "B"} for code in CODES
    }


def test_one_of_several_answers_to_one_question(office):
    """All saw no answer yet: one is stored, the others are shown both."""
    address = f"/penilaian/{office.sheets['draft']}/jawaban/B.I.a/"
    before = office.stored("draft")["changes"]
    requests = [(address, {"note": f"Catatan {n}", "version": "0"}) for n in range(AT_ONCE)]

    answers = office.at_once("operator", requests)

    assert Counter(status for status, _ in answers) == {200: 1, 409: AT_ONCE - 1}
    assert office.stored("draft")["changes"] == before + 1


def test_comments_all_stay_and_a_topic_is_resolved_once(office):
    sheet = office.sheets["draft"]
    address = f"/penilaian/{sheet}/jawaban/{CODES[0]}/percakapan/"
    texts = [f"Komentar {n}" for n in range(AT_ONCE)]
    tell = (
        "import json; from assessments.models import Comment; from audit.models import Event; "
        f"rows = Comment.objects.filter(assessment='{sheet}').order_by('pk'); "
        "done = Event.objects.filter(action='komentar_selesai'); "
        "print(json.dumps([list(rows.values_list('pk', 'text')), done.count()]))"
    )

    written = office.at_once("operator", [(address, {"text": text}) for text in texts])
    comments, _ = json.loads(office.server.manage("shell", "-v0", "-c", tell))
    first = comments[0][0]
    resolved = office.at_once("operator", [(f"{address}{first}/selesai/", {})] * AT_ONCE)

    assert [status for status, _ in written + resolved] == [200] * (2 * AT_ONCE)
    assert sorted(text for _, text in comments) == texts
    assert json.loads(office.server.manage("shell", "-v0", "-c", tell))[1] == 1


def test_announced_files_stay_within_the_quota(office):
    """Each would fit alone."""
    said = {"content_type": "", "size": "20000000", "sha256": ""}
    requests = [("/bukti/unggahan/", {"name": f"{n}.pdf"} | said) for n in range(AT_ONCE)]

    answers = office.at_once("newcomer", requests)

    assert Counter(status for status, _ in answers) == {201: 1, 422: AT_ONCE - 1}


def test_stored_files_stay_within_the_quota(office):
    """Two would fit of those that are sent at once without being announced."""
    contents = [pages(1, drawing=b"%" + b"x" * (9_000_000 + n)) for n in range(AT_ONCE)]
    tell = (
        "from evidence.models import EvidenceFile; "
        "print(EvidenceFile.objects.filter(size__gt=9_000_000).count())"
    )

    office.at_once("operator", [("/bukti/", content) for content in contents])

    assert office.server.manage("shell", "-v0", "-c", tell) == "2\n"


def test_returned_or_approved(office):
    """Two windows decide at the same moment: one decision stands, the other is refused."""
    address = f"/penilaian/{office.sheets['judged']}/"
    requests = [
        (f"{address}kembalikan/", {"note": "Lengkapi."}),
        (f"{address}setujui/", {}),
    ] * (AT_ONCE // 2)

    answers = office.at_once("chief", requests)

    stored = office.stored("judged")
    returned, approved = ({status for status, _ in answers[each::2]} for each in (0, 1))
    taken = {"dikembalikan": ({302}, {422}), "disetujui": ({422}, {302})}
    assert (returned, approved) == taken[stored["status"]]
    assert len(stored["steps"]) == 4


def test_opened_once(office):
    code = "from assessments.models import Period; print(Period.objects.get().pk)"
    period = office.server.manage("shell", "-v0", "-c", code).strip()

    answers = office.at_once(
        "newcomer", [("/penilaian/buka/", {"period": period, "target": "WBK"})] * AT_ONCE
    )

    won = [location for _, location in answers if location.endswith("/area/1/")]
    count = "from assessments.models import Assessment; print(Assessment.objects.count())"
    assert len(won) == 1
    assert {status for status, _ in answers} == {302}
    assert office.server.manage("shell", "-v0", "-c", count) == f"{len(office.sheets) + 1}\n"
