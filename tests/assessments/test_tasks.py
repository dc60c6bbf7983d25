"""Tasks and checks of the satker's team: what the service takes and refuses."""

import json
from datetime import timedelta

import pytest

from accounts.models import Role, User
from assessments.errors import AssessmentLocked, HandlingRefused
from assessments.models import Answer, AnswerEvidence, Assessment, Handling
from assessments.services import handling
from assessments.services.answers import NewAnswer, save_answers
from assessments.task_state import load_facts, unchecked_questions
from assessments.worksheet import load_worksheet
from audit.models import Event
from audit.services import verify
from notices.models import Notice
from tests.assessments.teamwork import CODE, ELSEWHERE, OTHER, care, check, give, questions, today
from tests.factories_assessments import (
    attach,
    fill,
    make_assessment,
    make_returned,
    make_submitted,
    person,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessment():
    made = make_assessment(answers={CODE: "Ya", OTHER: "A", ELSEWHERE: "A"})
    return Assessment.objects.with_place().get(pk=made.pk)


class TestGive:
    def test_stores_records_and_tells(self, assessment, team, lead, member):
        due = today(assessment) + timedelta(days=5)

        changed = give(
            assessment, lead, CODE, OTHER, assignee=member.pk, due=due, message="Mohon lengkapi"
        )

        found = care(assessment, OTHER)
        assert changed == 2
        assert (found.assignee, found.due, found.message) == (member, due, "Mohon lengkapi")
        event = Event.objects.get(action="tugas")
        assert CODE in event.after
        assert OTHER in event.after
        notice = Notice.objects.get(recipient=member, text__contains="memberi Anda tugas")
        assert "2 pertanyaan" in notice.text
        assert notice.url == "/tugas/"
        assert verify().fault is None

    def test_the_trail_keeps_what_was_said_before(self, assessment, team, lead, member):
        give(assessment, lead, CODE, assignee=member.pk, message="Pesan lama")
        give(assessment, lead, CODE, assignee=member.pk, message="Pesan baru")

        event = Event.objects.filter(action="tugas").latest("number")
        assert json.loads(event.before) == {
            CODE: {"kepada": member.pk, "tenggat": None, "pesan": "Pesan lama"}
        }
        assert json.loads(event.after)["pesan"] == "Pesan baru"

    def test_nobody_is_told_what_they_gave_themselves(self, assessment, team, lead):
        Notice.objects.all().delete()

        give(assessment, lead, CODE, assignee=lead.pk)

        assert not Notice.objects.exists()

    def test_again_the_same_is_nothing(self, assessment, team, lead, member):
        give(assessment, lead, CODE, assignee=member.pk)

        assert give(assessment, lead, CODE, assignee=member.pk) == 0
        assert give(assessment, lead, CODE, OTHER, assignee=member.pk) == 1
        told = Notice.objects.filter(recipient=member, text__contains="memberi Anda tugas")
        assert told.count() == 2

    def test_one_person_a_question_and_taken_back(self, assessment, team, lead, member):
        give(assessment, lead, CODE, assignee=member.pk, message="x")
        give(assessment, lead, CODE, assignee=lead.pk)
        assert care(assessment, CODE).assignee == lead
        assert Handling.objects.count() == 1

        give(assessment, lead, CODE, assignee=None)
        found = care(assessment, CODE)
        assert (found.assignee, found.due, found.message) == (None, None, "")

    def test_a_check_stays_where_a_task_moves(self, assessment, team, lead, member):
        check(assessment, lead, CODE)
        give(assessment, lead, CODE, assignee=member.pk)
        assert care(assessment, CODE).checked

    def test_not_in_another_pokja(self, assessment, team, lead, member):
        with pytest.raises(HandlingRefused, match=ELSEWHERE):
            give(assessment, lead, CODE, ELSEWHERE, assignee=member.pk)
        with pytest.raises(HandlingRefused):
            give(assessment, member, CODE, assignee=member.pk)
        assert not Handling.objects.exists()

    def test_only_to_people_of_the_satker(self, assessment, team, lead, member):
        User.objects.filter(pk=member.pk).update(is_active=False)
        stranger = make_assessment().satker
        for key in (member.pk, person(Role.OPERATOR, stranger).pk, 10**18):
            with pytest.raises(HandlingRefused) as refused:
                give(assessment, lead, CODE, assignee=key)
            assert refused.value.field == "kepada"

    @pytest.mark.parametrize(("days", "fits"), [(-1, False), (0, True), (30, True), (32, False)])
    def test_the_day_is_neither_past_nor_after_the_deadline(
        self, assessment, team, lead, member, days, fits
    ):
        due = today(assessment) + timedelta(days=days)
        if fits:
            assert give(assessment, lead, CODE, assignee=member.pk, due=due) == 1
            return
        with pytest.raises(HandlingRefused) as refused:
            give(assessment, lead, CODE, assignee=member.pk, due=due)
        assert refused.value.field == "tenggat"

    def test_after_a_return_only_what_is_to_be_repaired(self):
        sheet = make_returned(lower={OTHER: {"value": "B"}})
        head = person(Role.PIMPINAN, sheet.satker)

        with pytest.raises(HandlingRefused, match=f"^{CODE} tidak diminta") as refused:
            give(sheet, head, CODE, OTHER, assignee=head.pk)
        assert refused.value.field == "soal"
        assert not Handling.objects.exists()
        assert give(sheet, head, OTHER, assignee=head.pk) == 1

    @pytest.mark.parametrize(
        "change",
        [{"is_active": False}, {"role": Role.VERIFIKATOR}, {"satker": None}],
        ids=["closed", "another role", "another satker"],
    )
    def test_who_left_has_nothing(self, assessment, team, lead, member, change):
        give(assessment, lead, CODE, assignee=member.pk, due=today(assessment), message="x")
        if "satker" in change:
            change = {"satker": make_assessment().satker}
        User.objects.filter(pk=member.pk).update(**change)

        found = care(assessment, CODE)
        assert (found.assignee, found.due, found.message) == (None, None, "")
        assert give(assessment, lead, CODE, assignee=lead.pk) == 1

    def test_not_once_it_was_sent(self, member):
        sent = make_submitted()
        head = person(Role.PIMPINAN, sent.satker)
        with pytest.raises(AssessmentLocked):
            give(sent, head, CODE, assignee=head.pk)
        with pytest.raises(AssessmentLocked):
            check(sent, head, CODE)

    @pytest.mark.parametrize("count", [1, 16])
    def test_queries(self, assessment, team, lead, member, count, django_assert_num_queries):
        area = load_worksheet(assessment.instrument_id).area("1")
        codes = [question.code for question in area.questions][:count]
        with django_assert_num_queries(14):
            give(assessment, lead, *codes, assignee=member.pk)


class TestCheck:
    def test_mark_and_take_back(self, assessment, team, lead):
        check(assessment, lead, CODE)
        check(assessment, lead, CODE)

        found = care(assessment, CODE)
        assert (found.checked, found.checked_by) == (True, lead)
        assert Event.objects.filter(action="diperiksa").count() == 1
        handling.uncheck(assessment=assessment, question=questions(assessment, CODE)[0], by=lead)
        assert not care(assessment, CODE).checked
        assert verify().fault is None

    def test_lapses_with_the_answer(self, assessment, team, lead):
        check(assessment, lead, CODE)
        fill(assessment, {CODE: "Tidak"})

        found = care(assessment, CODE)
        assert (found.checked, found.lapsed) == (False, True)
        check(assessment, lead, CODE)
        assert care(assessment, CODE).checked

    def test_lapses_with_the_evidence(self, assessment, team, lead):
        check(assessment, lead, CODE)
        attach(assessment, CODE)
        assert care(assessment, CODE).lapsed

        check(assessment, lead, CODE)
        AnswerEvidence.objects.all().delete()
        assert care(assessment, CODE).lapsed

    def test_a_save_that_changes_nothing_leaves_it(self, assessment, team, lead):
        check(assessment, lead, CODE)
        fill(assessment, {CODE: "Ya"})
        assert care(assessment, CODE).checked

    def test_not_what_was_changed_meanwhile(self, assessment, team, lead):
        seen = load_facts(assessment)[questions(assessment, CODE)[0].pk]
        fill(assessment, {CODE: "Tidak"})

        with pytest.raises(HandlingRefused, match="berubah"):
            check(assessment, lead, CODE, seen=seen)

    def test_not_what_has_no_answer(self, assessment, team, lead):
        attach(assessment, "A.I.1.ii.a")
        with pytest.raises(HandlingRefused, match="belum dijawab"):
            check(assessment, lead, "A.I.1.ii.a")

    def test_not_an_answer_that_was_cleared(self, assessment, team, lead):
        (question,) = questions(assessment, CODE)
        cleared = NewAnswer(question, {"value": ""}, "Masih dicari.")
        save_answers(
            assessment=Assessment.objects.locked().get(pk=assessment.pk), new=[cleared], by=lead
        )
        assert Answer.objects.get(question_id=question.pk).version == 2

        with pytest.raises(HandlingRefused, match="belum dijawab"):
            check(assessment, lead, CODE)
        assert not care(assessment, CODE).checked

    def test_not_an_answer_in_part(self, assessment, team, lead):
        fill(assessment, {"A.II.1.i.a.n1": 3})

        with pytest.raises(HandlingRefused, match="belum dijawab"):
            check(assessment, lead, "A.II.1.i.a")

    def test_only_by_who_leads(self, assessment, team, member, lead):
        with pytest.raises(HandlingRefused):
            check(assessment, member, CODE)
        with pytest.raises(HandlingRefused):
            check(assessment, lead, ELSEWHERE)
        check(assessment, person(Role.PIMPINAN, assessment.satker), ELSEWHERE)

    def test_taken_back_only_by_who_leads(self, assessment, team, member, lead):
        check(assessment, lead, CODE)
        (question,) = questions(assessment, CODE)

        with pytest.raises(HandlingRefused):
            handling.uncheck(assessment=assessment, question=question, by=member)
        assert care(assessment, CODE).checked

    def test_unchecked_are_those_with_a_coordinator(self, assessment, team, lead):
        area = load_worksheet(assessment.instrument_id).area("1")
        check(assessment, lead, CODE)

        found = unchecked_questions(assessment)
        assert set(found) == {question.pk for question in area.questions if question.code != CODE}

    def test_without_a_team_nothing_is_unchecked(self, assessment):
        assert unchecked_questions(assessment) == []
