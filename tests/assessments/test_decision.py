"""Return and approve, as the reviewer does it on the page of the decision."""

import pytest
from django.urls import reverse

from accounts.models import Role
from assessments.enums import Action, Status
from assessments.models import Answer, Assessment, Transition, Verification
from tests.factories_assessments import (
    judge,
    make_approved,
    make_assessment,
    make_centre,
    make_kanwil,
    make_returned,
    make_submitted,
    make_user,
    person,
)

CHOICE = "A.I.1.i.b"
OTHER = "A.I.1.ii.b"


def address(name: str, assessment: Assessment) -> str:
    return reverse(f"assessments:{name}", args=[assessment.pk])


def status_of(assessment: Assessment) -> str:
    return Assessment.objects.values_list("status", flat=True).get(pk=assessment.pk)


@pytest.mark.parametrize(
    ("make", "reviewer"),
    [
        (make_assessment, {"decide": 403, "return": 403, "approve": 403}),
        (make_submitted, {"decide": 200, "return": 422, "approve": 422}),
        (make_returned, {"decide": 403, "return": 422, "approve": 422}),
        (make_approved, {"decide": 403, "return": 422, "approve": 422}),
    ],
)
def test_who_may_decide(client, db, make, reviewer):
    """422: the step is theirs, and refused for the status or for what is missing."""
    assessment = make()
    hidden = {"decide": 404, "return": 404, "approve": 404}
    refused = {"decide": 403, "return": 403, "approve": 403}
    people = {
        "verifikator": make_user(Role.VERIFIKATOR, assessment.satker.verifier),
        "ketua": make_user(Role.KETUA, assessment.satker.verifier),
        "operator": person(Role.OPERATOR, assessment.satker),
        "pimpinan": person(Role.PIMPINAN, assessment.satker),
        "elsewhere": make_user(Role.KETUA, make_kanwil("82", "Kanwil Maluku Utara")),
        "centre": make_user(Role.VERIFIKATOR, make_centre()),
        "tpi": make_user(Role.TPI),
        "admin": make_user(Role.ADMIN_PUSAT),
        "pemantau": make_user(Role.PEMANTAU),
    }
    status = status_of(assessment)

    answers = {}
    for who, user in people.items():
        client.force_login(user)
        answers[who] = {
            "decide": client.get(address("decide", assessment)).status_code,
            "return": client.post(address("return", assessment), {"note": "Kurang."}).status_code,
            "approve": client.post(address("approve", assessment)).status_code,
        }

    assert answers == {
        "verifikator": reviewer,
        "ketua": reviewer,
        "operator": refused,
        "pimpinan": refused,
        "elsewhere": hidden,
        "centre": hidden,
        "tpi": refused if make is make_approved else hidden,
        "admin": refused,
        "pemantau": refused,
    }
    assert status_of(assessment) == status


@pytest.mark.parametrize(("name", "make"), [("return", make_returned), ("approve", make_approved)])
def test_who_presses_twice_is_led_on(client, db, name, make):
    """And nobody else: the step was somebody's already."""
    assessment = make()
    steps = Transition.objects.filter(assessment=assessment)
    client.force_login(steps.last().by)
    before = steps.count()

    answer = client.post(address(name, assessment), {"note": "Kurang."})

    assert (answer.status_code, answer.url) == (302, reverse("assessments:queue"))
    assert steps.count() == before


class TestReturning:
    def test_a_refusal_does_not_offer_the_approval(self, reviewer, sheet):
        text = reviewer.post(address("return", sheet), {"note": "Kurang."}).content.decode()

        assert "pertanyaan belum diverifikasi" in text
        assert "Setujui penilaian" not in text

    def test_with_a_note_and_a_marked_question(self, reviewer, sheet):
        judge(sheet, {CHOICE: {"value": "C"}}, codes=[CHOICE])

        response = reviewer.post(address("return", sheet), {"note": "Lengkapi notulen."})

        step = Transition.objects.filter(assessment=sheet).last()
        assert (response.status_code, response.url) == (302, reverse("assessments:queue"))
        assert (step.action, step.from_status, step.to_status, step.note) == (
            Action.RETURN,
            Status.IN_REVIEW,
            Status.RETURNED,
            "Lengkapi notulen.",
        )

    @pytest.mark.parametrize("note", ["", "  \n"])
    def test_without_a_note(self, reviewer, sheet, note):
        judge(sheet, {CHOICE: {"value": "C"}}, codes=[CHOICE])

        response = reviewer.post(address("return", sheet), {"note": note})

        assert response.status_code == 422
        assert "Tulis catatan pengembalian untuk satker." in response.content.decode()
        assert status_of(sheet) == Status.IN_REVIEW

    def test_without_a_marked_question(self, reviewer, sheet):
        judge(sheet, codes=[CHOICE])

        response = reviewer.post(address("return", sheet), {"note": "Kurang."})

        assert response.status_code == 422
        assert "Tandai sedikitnya satu pertanyaan" in response.content.decode()
        assert "Kurang.</textarea>" in response.content.decode()

    def test_a_question_lowered_without_a_repair_does_not_count(self, reviewer, sheet):
        judge(sheet, {CHOICE: {"value": "C"}}, codes=[CHOICE])
        Verification.objects.update(marked=False)

        assert reviewer.post(address("return", sheet), {"note": "Kurang."}).status_code == 422


class TestAfterAReturn:
    @pytest.fixture
    def returned(self, db):
        return make_returned(lower={CHOICE: {"value": "B"}})

    def post(self, client, assessment: Assessment, code: str) -> int:
        client.force_login(person(Role.OPERATOR, assessment.satker))
        version = Answer.objects.get(assessment=assessment, question__code=code).version
        return client.post(
            reverse("assessments:save_answer", args=[assessment.pk, code]),
            {"version": version, "note": "Sudah dilengkapi."},
            headers={"X-Requested-With": "fetch"},
        ).status_code

    def test_only_marked_questions_can_be_edited(self, client, returned):
        assert self.post(client, returned, CHOICE) == 200
        assert self.post(client, returned, OTHER) == 403

    def test_only_they_are_forms(self, client, returned):
        client.force_login(person(Role.OPERATOR, returned.satker))

        text = client.get(reverse("assessments:area", args=[returned.pk, "1"])).content.decode()

        assert text.count("data-autosave") == 1
        assert f'action="/penilaian/{returned.pk}/jawaban/{CHOICE}/"' in text


class TestApproving:
    def test_once_every_question_has_a_verdict(self, reviewer, sheet):
        judge(sheet, {CHOICE: {"value": "C"}})

        response = reviewer.post(address("approve", sheet))

        assert (response.status_code, status_of(sheet)) == (302, Status.APPROVED)

    def test_not_with_112(self, reviewer, sheet):
        questions = list(sheet.instrument.questions.values_list("code", flat=True))
        judge(sheet, codes=questions[:-1])

        response = reviewer.post(address("approve", sheet))

        assert (response.status_code, status_of(sheet)) == (422, Status.IN_REVIEW)
        assert "1 pertanyaan belum diverifikasi" in response.content.decode()

    def test_the_page_leads_to_what_is_open(self, reviewer, sheet):
        judge(sheet, codes=["A.I.1.i.a"])

        text = reviewer.get(address("decide", sheet)).content.decode()

        assert "112 pertanyaan belum diverifikasi" in text
        assert f"{address('desk', sheet)}?soal={CHOICE}" in text
        assert "Setujui penilaian</button>" not in text
