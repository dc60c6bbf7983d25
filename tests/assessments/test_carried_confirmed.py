"""Carried answers wait for a person to confirm them."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from assessments.enums import FindingKind, Status
from assessments.errors import TransitionRefused
from assessments.models import (
    AnswerChange,
    Assessment,
)
from assessments.services.checks import submission_findings
from assessments.services.lifecycle import submit
from assessments.worksheet import load_worksheet
from audit.models import Event
from tests.assessments.carried import open_2026, run, sent_last_year, stored, url
from tests.assessments.versions import (
    SAME,
    WORDED,
)
from tests.factories_assessments import (
    fill,
    make_satker,
    person,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def satker():
    return make_satker(name="Kankemenag Kabupaten Contoh")


@pytest.fixture
def last_year(satker):
    return sent_last_year(satker)


class TestConfirming:
    @pytest.fixture
    def assessment(self, satker, last_year):
        assessment = open_2026(satker)
        run(assessment)
        return assessment

    @pytest.fixture
    def save(self, client, assessment):
        client.force_login(person(Role.OPERATOR, assessment.satker))

        def post(code, version=1, **fields):
            address = reverse("assessments:save_answer", args=[assessment.pk, code])
            return client.post(address, {"version": version} | fields)

        return post

    def test_an_unchanged_save_confirms(self, save, assessment):
        response = save(SAME, value="B", note="Rapat tiap bulan.")

        answer = stored(assessment, SAME)
        assert response.status_code == 200
        assert 'data-version="2"' in response.content.decode()
        assert "Terjawab" in response.content.decode()
        assert (answer.version, answer.carried_year) == (2, None)
        assert list(
            AnswerChange.objects.filter(answer=answer).values_list("version", "carried_year")
        ) == [(1, 2025), (2, None)]
        event = Event.objects.filter(action="jawaban", subject=SAME).latest("pk")
        assert json.loads(event.before) == json.loads(event.after) | {"dibawa": 2025}

    def test_so_does_an_empty_post_and_a_change(self, save, assessment):
        save(SAME)
        save(WORDED, note="Lain.")

        assert stored(assessment, SAME).carried_year is None
        assert stored(assessment, WORDED).carried_year is None
        assert len(submission_findings(assessment)) == 111

    def test_a_second_confirmation_changes_nothing(self, save, assessment):
        save(SAME)

        again = save(SAME)

        assert 'data-version="2"' in again.content.decode()
        assert AnswerChange.objects.filter(answer=stored(assessment, SAME)).count() == 2

    def test_not_over_a_newer_answer(self, save, assessment):
        assert save(SAME, 0, value="B").status_code == 409
        assert stored(assessment, SAME).carried_year == 2025

    def test_the_plain_button(self, save, assessment):
        response = save(SAME, value="B", halaman="1")

        assert (response.status_code, stored(assessment, SAME).carried_year) == (302, None)

    def test_takes_as_many_queries_as_any_save(self, save, assessment):
        save(WORDED, value="Tidak")
        with CaptureQueriesContext(connection) as confirming:
            save(SAME, value="B")
        with CaptureQueriesContext(connection) as changing:
            save(SAME, 2, value="C")

        assert len(confirming) == len(changing)

    def test_submission_waits_for_the_last(self, save, assessment, satker):
        head = person(Role.PIMPINAN, satker)
        worksheet = load_worksheet(assessment.instrument_id)
        codes = list(worksheet.by_code)
        for code in codes[:-1]:
            save(code)

        with pytest.raises(TransitionRefused) as caught:
            submit(assessment=assessment, by=head)

        found = [(each.kind, each.question.code) for each in caught.value.findings]
        assert found == [(FindingKind.CONFIRMATION, codes[-1])]
        save(codes[-1])
        submit(assessment=assessment, by=head)
        assert Assessment.objects.get(pk=assessment.pk).status == Status.SUBMITTED

    def test_an_import_of_the_same_answer_does_not_confirm(self, assessment):
        fill(assessment, {SAME: "B"})

        assert stored(assessment, SAME).carried_year == 2025

    def test_the_page_before_sending_names_them(self, client, assessment):
        client.force_login(person(Role.PIMPINAN, assessment.satker))

        text = client.get(url(assessment, "submit")).content.decode()

        assert "113 jawaban tahun lalu belum dikonfirmasi" in text
        assert reverse("assessments:area", args=[assessment.pk, "1"]) + "#A-I-1-i-b" in text

    def test_area_page_marks_each_and_counts(self, client, assessment, save):
        save(SAME)
        client.force_login(person(Role.OPERATOR, assessment.satker))

        text = client.get(reverse("assessments:area", args=[assessment.pk, "1"])).content.decode()

        questions = len(load_worksheet(assessment.instrument_id).area("1").questions)
        assert text.count("Dibawa dari 2025, perlu dikonfirmasi.") == questions - 1
        assert text.count("</svg> Konfirmasi</button>") == questions - 1
        assert f"{questions - 1} jawaban di halaman ini dibawa dari tahun lalu" in text

    def test_fragment_brings_the_count_along(self, save, assessment):
        questions = load_worksheet(assessment.instrument_id).area("1").questions
        answers = [save(question.code).content.decode() for question in questions]

        counted = [re.search(r"(\d+) jawaban di halaman ini", text) for text in answers]
        assert [int(found[1]) for found in counted[:-1]] == list(range(len(questions) - 1, 0, -1))
        assert counted[-1] is None
        assert all('<div data-for="carried"></div>' in text for text in answers)

    def test_who_only_reads_sees_the_mark_without_the_button(self, client, assessment):
        client.force_login(person(Role.PIMPINAN, assessment.satker))

        text = client.get(reverse("assessments:area", args=[assessment.pk, "1"])).content.decode()

        assert "Dibawa dari 2025, perlu dikonfirmasi." in text
        assert "Konfirmasi</button>" not in text

    def test_history_says_where_it_came_from(self, client, assessment, save):
        save(SAME)

        page = client.get(reverse("assessments:history", args=[assessment.pk, SAME]))

        assert page.content.decode().count("dibawa dari 2025") == 1

    def test_area_page_takes_few_queries(self, client, assessment, django_assert_max_num_queries):
        client.force_login(person(Role.OPERATOR, assessment.satker))
        address = reverse("assessments:area", args=[assessment.pk, "1"])
        client.get(address)

        with django_assert_max_num_queries(10) as found:
            client.get(address)
        assert len(found) == 9
