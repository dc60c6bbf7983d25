"""Somebody changes an assessment after a save has read it and before it writes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import Role
from assessments.enums import Tier
from assessments.models import Answer, AnswerChange, Assessment, Period, Score
from assessments.services.answers import NewAnswer, save_answer
from assessments.services.lifecycle import submit
from assessments.worksheet import load_worksheet
from audit.errors import ChainMoved
from audit.models import Event
from audit.services import verify
from tests.factories_assessments import attach, best_answers, fill, person

MINE, THEIRS, COUNTS = "A.I.1.i.b", "A.I.1.ii.b", "A.II.1.i.b"


@contextmanager
def after_the_answers_are_read(act: Callable[[], object]) -> Iterator[None]:
    """Does it once, when a save has read all it needs and has not begun to write."""
    waiting = [act]

    def watch(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if waiting and sql.startswith('SELECT "assessments_answer"."question_id"'):
            waiting.pop()()
        return result

    with connection.execute_wrapper(watch):
        yield
    assert not waiting


def answer_of(assessment: Assessment, code: str) -> tuple[dict[str, str], int]:
    answer = Answer.objects.get(assessment=assessment, question__code=code)
    return answer.entered, answer.version


class TestService:
    def test_nothing_is_written(self, assessment):
        question = load_worksheet(assessment.instrument_id).by_code[MINE]
        read = Assessment.objects.with_chain().get(pk=assessment.pk)
        fill(assessment, {THEIRS: "A"})

        with pytest.raises(ChainMoved):
            save_answer(
                assessment=read,
                new=NewAnswer(question, {"value": "B"}, None),
                seen_version=0,
                by=person(Role.OPERATOR, assessment.satker),
            )

        assert not Answer.objects.filter(assessment=assessment, question__code=MINE).exists()
        assert AnswerChange.objects.filter(answer__assessment=assessment).count() == 1
        assert verify().fault is None


class TestPage:
    def test_both_answers_stand_and_count(self, save, assessment):
        with after_the_answers_are_read(lambda: fill(assessment, {THEIRS: "A"})):
            response = save(MINE, value="A")

        assert response.status_code == 200
        assert "2 dari 113 pertanyaan terjawab" in response.content.decode()
        assert answer_of(assessment, MINE) == ({"value": "A"}, 1)
        assert answer_of(assessment, THEIRS) == ({"value": "A"}, 1)
        assert Score.objects.get(assessment=assessment, tier=Tier.MANDIRI).answered == 2
        assert verify().fault is None

    def test_same_answer_is_a_conflict(self, save, assessment):
        with after_the_answers_are_read(lambda: fill(assessment, {MINE: "C"})):
            response = save(MINE, value="A")

        assert response.status_code == 409
        assert answer_of(assessment, MINE) == ({"value": "C"}, 1)

    def test_a_newer_answer_is_told_before_a_fault_beside_it(self, save, assessment):
        """The counts were right beside those on screen; somebody has lowered one meanwhile."""
        fill(assessment, {f"{COUNTS}.n1": 3, f"{COUNTS}.n2": 2})
        fill(assessment, {f"{COUNTS}.n1": 0, f"{COUNTS}.n2": 0})

        response = save(COUNTS, 1, n2="2")

        assert response.status_code == 409
        assert 'data-theirs="n1" value="0"' in response.content.decode()
        assert answer_of(assessment, COUNTS) == ({"n1": "0", "n2": "0"}, 2)

    def test_who_waited_for_the_turn_has_saved_when_the_turn_came(self, save, assessment):
        with time_machine.travel(timezone.now(), tick=False) as clock:
            with after_the_answers_are_read(lambda: clock.shift(20)):
                response = save(MINE, value="A")
            written = timezone.now()

        change = AnswerChange.objects.get(answer__assessment=assessment)
        event = Event.objects.get(chain=assessment.audit_chain, action="jawaban")
        assert response.status_code == 200
        assert (change.at, change.answer.saved_at, event.at) == (written,) * 3

    def test_whose_turn_came_after_the_deadline_has_not_saved(self, save, assessment):
        now = timezone.now()
        Period.objects.update(fill_until=now + timedelta(seconds=10))

        with (
            time_machine.travel(now, tick=False) as clock,
            after_the_answers_are_read(lambda: clock.shift(20)),
        ):
            response = save(MINE, value="A")

        assert response.status_code == 403
        assert not Answer.objects.filter(assessment=assessment).exists()

    def test_a_sheet_sent_in_between_stays_as_it_was_sent(self, save, assessment):
        worksheet = load_worksheet(assessment.instrument_id)
        fill(assessment, best_answers(worksheet))
        attach(assessment, *worksheet.by_code)
        head = person(Role.PIMPINAN, assessment.satker)
        before = answer_of(assessment, MINE)

        with after_the_answers_are_read(lambda: submit(assessment=assessment, by=head)):
            response = save(MINE, 1, value="C")

        assert response.status_code == 403
        assert answer_of(assessment, MINE) == before
