"""Threads beyond their own page: where one is mentioned, where they never go, what they cost."""

import gzip

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from assessments.models import Assessment, Snapshot
from assessments.services.lifecycle import submit
from assessments.worksheet import load_worksheet
from reports.document import build_report
from tests.assessments.talk import CODE, act_url, area, say, url
from tests.factories_assessments import (
    attach,
    best_answers,
    fill,
    make_assessment,
    make_user,
    person,
)
from tests.walk import text_of

pytestmark = pytest.mark.django_db

SCRIPT = {"X-Requested-With": "fetch"}


@pytest.fixture
def people(assessment):
    """The operator whose browser it is, and the head."""
    head = make_user(Role.PIMPINAN, assessment.satker, name="Budi Santoso")
    return person(Role.OPERATOR, assessment.satker), head


class TestMyTasks:
    def test_where_one_is_mentioned(self, client, operator, assessment, people):
        mine, head = people
        say(assessment, head, f"@{mine.username} <periksa>")
        say(assessment, head, "Tidak menyebut siapa pun")

        text = operator.get("/tugas/").content.decode()

        assert "Anda disebut" in text
        assert f"@{mine.name} &lt;periksa&gt;" in text
        assert "Tidak menyebut" not in text
        client.force_login(head)
        assert "Anda disebut" not in client.get("/tugas/").content.decode()


class TestLeftOut:
    """Comments are nobody's business but the satker's."""

    def test_of_snapshots_reports_and_workbooks(self, client):
        sheet = make_assessment()
        say(sheet, person(Role.OPERATOR, sheet.satker), "Rahasia satker")
        worksheet = load_worksheet(sheet.instrument_id)
        fill(sheet, best_answers(worksheet), notes={CODE: "Catatan satker"})
        attach(sheet, *worksheet.by_code)
        submit(assessment=sheet, by=person(Role.PIMPINAN, sheet.satker))
        client.force_login(person(Role.OPERATOR, sheet.satker))

        told = {
            "snapshot": Snapshot.objects.get(assessment=sheet).content,
            "report": repr(build_report(Assessment.objects.with_place().get(pk=sheet.pk))),
            "workbook": text_of(client.get(reverse("reports:lke_xlsx", args=[sheet.pk])).content),
        }

        found = {name: ("Catatan" in text, "Rahasia" in text) for name, text in told.items()}
        assert found == dict.fromkeys(told, (True, False))


class TestCost:
    def count(self, client, address, **post):
        with CaptureQueriesContext(connection) as captured:
            client.post(address, post, headers=SCRIPT) if post else client.get(address)
        return len(captured)

    @pytest.mark.parametrize("many", [0, 1, 4])
    def test_one_query_for_all_threads_and_people(self, operator, assessment, people, many):
        mine, head = people
        for _ in range(many):
            for code in list(load_worksheet(assessment.instrument_id).by_code)[:10]:
                topic = say(assessment, mine, f"@{head.username} periksa", code=code)
                say(assessment, head, f"@{mine.username} sudah", code=code, topic=topic)
        operator.get(area(assessment))

        with CaptureQueriesContext(connection) as captured:
            operator.get(area(assessment))

        asked = [each["sql"] for each in captured if "assessments_comment" in each["sql"]]
        assert len(asked) == 1
        assert len(captured) == 9

    @pytest.mark.parametrize("many", [1, 3])
    def test_the_page_and_the_acts(self, operator, assessment, people, many):
        mine, head = people
        for _ in range(many):
            comment = say(assessment, mine, f"@{head.username} periksa")
        operator.get(area(assessment))

        found = [
            self.count(operator, url(assessment)),
            self.count(operator, url(assessment), text="Satu lagi"),
            self.count(operator, act_url(assessment, comment, "selesai"), ya="1"),
        ]

        assert found == [4, 11, 11]

    def test_under_120_kb_with_every_thread_full(self, operator, assessment, people):
        mine, head = people
        area_5 = load_worksheet(assessment.instrument_id).area("5")
        for number, question in enumerate(area_5.questions):
            for each in range(3):
                text = f"@{head.username} komentar {number}-{each} tentang {question.text} " * 3
                topic = say(assessment, mine, text, code=question.code)
                say(assessment, head, f"Balasan {number}-{each}: {text}"[:900],
                    code=question.code, topic=topic)  # fmt: skip

        answer = operator.get(area(assessment, "5"), headers={"Accept-Encoding": "gzip"})

        assert len(answer.content) < 120_000
        assert gzip.decompress(answer.content).count(b'class="talk-topic"') == 66
