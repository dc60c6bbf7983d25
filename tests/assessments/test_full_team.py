"""The largest area page as a whole team leaves it: few queries, and light on the wire."""

import gzip
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from assessments.models import Assessment
from assessments.services import handling
from assessments.services.handling import NewTask
from assessments.task_state import load_facts
from assessments.worksheet import load_worksheet
from common.dates import local
from tests.assessments.talk import say
from tests.factories_assessments import (
    attach,
    attach_documents,
    best_answers,
    fill,
    make_approved,
    make_assessment,
    make_period,
    make_satker,
    make_user,
    person,
)

pytestmark = pytest.mark.django_db

AREA = "6"
QUERIES = 12
BYTES = 120_000  # as transferred


@pytest.fixture
def team():
    """Eight people, with last year behind them."""
    satker = make_satker()
    make_approved(satker, period=make_period(2025))
    return satker, [make_user(Role.OPERATOR, satker, name=f"Anggota {n}") for n in range(8)]


@pytest.fixture
def sheet(team):
    satker, people = team
    made = make_assessment(satker, period=make_period(2026))
    worksheet = load_worksheet(made.instrument_id)
    notes = {q.code: f"Catatan tentang {q.text} " * 5 for q in worksheet.questions}
    fill(made, best_answers(worksheet), notes=notes)
    attach_documents(made)
    attach(made, *worksheet.by_code, name="Notulen rapat koordinasi bulanan.pdf")
    assessment = Assessment.objects.with_place().get(pk=made.pk)
    head = person(Role.PIMPINAN, satker)
    due = local(timezone.now(), satker.zone).date() + timedelta(days=7)
    for number, question in enumerate(worksheet.area(AREA).questions):
        task = NewTask(people[number % 8].pk, due, "Mohon dilengkapi sebelum rapat")
        handling.give(assessment=assessment, questions=[question], task=task, by=head)
        if number % 2:
            seen = load_facts(assessment, [question.pk])[question.pk]
            handling.check(assessment=assessment, question=question, seen=seen, by=head)
        for words in ("Apakah SK-nya sudah terbit?", "Sudah, lihat lampiran.", "Terima kasih."):
            say(assessment, people[number % 8], f"{words} @{head.username}", code=question.code)
    return assessment


@pytest.mark.parametrize("who", [Role.OPERATOR, Role.PIMPINAN])
def test_the_largest_area_page(client, sheet, who):
    client.force_login(person(who, sheet.satker))
    address = reverse("assessments:area", args=[sheet.pk, AREA])
    client.get(address)  # moves the session along

    with CaptureQueriesContext(connection) as found:
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})

    text = gzip.decompress(answer.content).decode()
    assert "Mohon dilengkapi sebelum rapat" in text
    assert text.count('<p class="typed">Apakah SK-nya sudah terbit?') == 22
    assert "2025" in text
    assert len(found) <= QUERIES
    assert len(answer.content) < BYTES
