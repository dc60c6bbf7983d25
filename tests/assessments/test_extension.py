"""More time for one satker: who gives it, until when, and what it opens again."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Role
from assessments.enums import Action, Status
from assessments.models import Answer, Assessment, Transition
from assessments.services.lifecycle import submit
from audit.models import Event
from audit.services import verify
from common.dates import local, print_date
from tests.factories_assessments import (
    make_approved,
    make_assessment,
    make_kanwil,
    make_returned,
    make_satker,
    person,
)

pytestmark = pytest.mark.django_db

CODE = "A.I.1.i.b"


def chief(assessment):
    return person(Role.KETUA, assessment.satker.verifier)


def address(assessment):
    return reverse("assessments:extend", args=[assessment.pk])


def day(moment, assessment):
    return local(moment, assessment.satker.zone).date().isoformat()


def ask(client, assessment, until, reason="Banjir di kantor."):
    fields = {"sampai": day(until, assessment), "reason": reason}
    return client.post(address(assessment), fields)


def save(client, assessment, **fields):
    client.force_login(person(Role.OPERATOR, assessment.satker))
    url = reverse("assessments:save_answer", args=[assessment.pk, CODE])
    headers = {"X-Requested-With": "fetch"}
    return client.post(url, {"version": 0} | fields, headers=headers)


def test_a_draft_past_its_deadline_is_filled_again(client, time_machine):
    draft = make_assessment()
    time_machine.move_to(draft.period.fill_until + timedelta(hours=2))
    assert save(client, draft, value="A").status_code == 403
    client.force_login(chief(draft))

    answer = ask(client, draft, draft.period.fill_until + timedelta(days=5))

    assert answer.status_code == 302
    assert save(client, draft, value="A").status_code == 200
    assert Answer.objects.filter(assessment=draft, question__code=CODE).exists()
    text = client.get(reverse("assessments:detail", args=[draft.pk])).content.decode()
    assert "Waktu diperpanjang" in text
    assert "Banjir di kantor." in text


def test_it_ends_to_the_second(client, time_machine):
    draft = make_assessment()
    client.force_login(chief(draft))
    ask(client, draft, draft.period.fill_until + timedelta(days=5))
    draft.refresh_from_db()

    time_machine.move_to(draft.extended_until, tick=False)
    assert save(client, draft, value="A").status_code == 200
    time_machine.move_to(draft.extended_until + timedelta(microseconds=1), tick=False)
    assert save(client, draft, value="B", version=1).status_code == 403


def test_a_returned_sheet_past_its_deadline_is_repaired_and_sent(client, time_machine):
    sheet = make_returned()
    note = sheet.transitions.get(action=Action.RETURN).note
    time_machine.move_to(sheet.period.repair_until + timedelta(minutes=1))
    client.force_login(chief(sheet))
    until = sheet.period.repair_until + timedelta(days=1)

    assert ask(client, sheet, until).status_code == 302

    assert save(client, sheet, value="B", version=1).status_code == 200
    assert note in client.get(reverse("assessments:detail", args=[sheet.pk])).content.decode()
    submit(assessment=sheet, by=person(Role.PIMPINAN, sheet.satker))
    assert Assessment.objects.get(pk=sheet.pk).status == Status.SUBMITTED


def test_it_is_logged(client):
    draft = make_assessment()
    client.force_login(chief(draft))
    ask(client, draft, draft.period.fill_until + timedelta(days=5))

    draft.refresh_from_db()
    step = Transition.objects.get(assessment=draft, action=Action.EXTEND)
    assert step.by == chief(draft)
    assert (step.from_status, step.to_status) == (Status.DRAFT, Status.DRAFT)
    assert step.note.startswith(f"Sampai {print_date(draft.extended_until, draft.satker.zone)}")
    assert step.note.endswith("Banjir di kantor.")
    event = Event.objects.get(chain=draft.audit_chain, action=Action.EXTEND)
    assert local(draft.extended_until, draft.satker.zone).isoformat() in event.after
    assert verify().fault is None


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [
        (Role.KETUA, "own", 200),
        (Role.ADMIN_PUSAT, "centre", 200),
        (Role.VERIFIKATOR, "own", 403),
        (Role.OPERATOR, "satker", 403),
        (Role.PIMPINAN, "satker", 403),
        (Role.PEMANTAU, "centre", 403),
        (Role.TPI, "centre", 404),
        (Role.KETUA, "foreign", 404),
        (Role.OPERATOR, "stranger", 404),
    ],
)
def test_who_gives_it(client, role, place, status):
    draft = make_assessment()
    own = draft.satker.verifier
    places = {
        "own": own,
        "centre": own.parent,
        "satker": draft.satker,
        "foreign": make_kanwil("82") if place == "foreign" else None,
        "stranger": make_satker() if place == "stranger" else None,
    }
    client.force_login(person(role, places[place]))

    assert client.get(address(draft)).status_code == status
    posted = ask(client, draft, draft.period.fill_until + timedelta(days=5)).status_code
    assert posted == (302 if status == 200 else status)
    draft.refresh_from_db()
    assert (draft.extended_until is not None) == (status == 200)


class TestRefused:
    @pytest.fixture
    def draft(self, client):
        draft = make_assessment()
        client.force_login(chief(draft))
        return draft

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"sampai": "besok"}, "tanggal"),
            ({"sampai": "9999-99-99"}, "tanggal"),
            ({"sampai": "0001-01-01"}, "Batas baru harus sesudah"),
            ({"sampai": "9999-12-31"}, "Masa verifikasi berakhir"),
            ({"sampai": ""}, "Bidang ini tidak boleh kosong"),
            ({"reason": " "}, "Tulis alasan"),
            ({"reason": "\x00"}, "null"),
            ({"reason": "x" * 6000}, "terlalu panjang"),
        ],
    )
    def test_with_the_reason(self, client, draft, fields, message):
        until = day(draft.period.fill_until + timedelta(days=5), draft)
        answer = client.post(address(draft), {"sampai": until, "reason": "Banjir."} | fields)

        assert answer.status_code == 422
        assert message in answer.content.decode()
        draft.refresh_from_db()
        assert draft.extended_until is None

    def test_not_earlier_than_it_is(self, client, draft):
        ask(client, draft, draft.period.fill_until + timedelta(days=5))
        again = ask(client, draft, draft.period.fill_until + timedelta(days=2))

        assert again.status_code == 422

    def test_approved(self, client):
        sheet = make_approved()
        client.force_login(chief(sheet))

        answer = ask(client, sheet, sheet.period.review_until)

        assert answer.status_code == 422
        assert "sudah disetujui" in answer.content.decode()


def test_the_queue_shows_the_later_deadline(client):
    first, second = make_assessment(), make_assessment(make_satker())
    client.force_login(chief(first))
    ask(client, first, first.period.fill_until + timedelta(days=5))

    rows = {
        row.assessment.pk: row.until
        for group in client.get("/verifikasi/?status=draf").context["groups"]
        for row in group[1]
    }

    first.refresh_from_db()
    assert rows[first.pk] == first.extended_until
    assert rows[second.pk] == second.period.fill_until
