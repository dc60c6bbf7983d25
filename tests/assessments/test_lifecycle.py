"""Open and submit, and every action from every status: what is needed, refused and stored."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Role
from assessments.enums import Action, FindingKind, Status, Target, Tier
from assessments.errors import TransitionRefused, WrongStatus
from assessments.models import Answer, Assessment, Score, Snapshot, Transition, Verification
from assessments.services import lifecycle
from assessments.services.lifecycle import (
    open_assessment,
    submit,
)
from assessments.worksheet import load_worksheet
from audit.models import Event
from tests.assessments.steps import head, make_ready, operator, take, traces
from tests.factories_assessments import (
    attach,
    best_answers,
    fill,
    judge,
    make_assessment,
    make_kanwil,
    make_period,
    make_returned,
    make_satker,
    make_submitted,
    make_user,
    person,
)

pytestmark = pytest.mark.django_db

CODE = "A.I.1.i.b"
OTHER = "A.I.1.ii.b"


class TestOpening:
    def open(self, satker=None, period=None, target=Target.WBBM):
        satker = satker or make_satker()
        return open_assessment(
            satker=satker,
            period=period or make_period(),
            target=target,
            by=person(Role.OPERATOR, satker),
        )

    def test_a_draft_with_an_empty_score(self):
        assessment = self.open()

        score = Score.objects.get(assessment=assessment)
        assert (assessment.status, assessment.round, assessment.target) == (Status.DRAFT, 1, "WBBM")
        assert assessment.instrument == assessment.period.instrument
        assert assessment.opened_by == operator(assessment)
        assert (score.tier, score.total, score.answered, score.questions) == (
            Tier.MANDIRI,
            0,
            0,
            113,
        )

    @pytest.mark.parametrize(
        ("field", "early", "refusal"),
        [
            ("opens_at", timedelta(microseconds=-1), "baru dibuka"),
            ("opens_at", timedelta(0), None),
            ("fill_until", timedelta(0), None),
            ("fill_until", timedelta(microseconds=1), "ditutup"),
        ],
    )
    def test_period_ends_are_exact(self, time_machine, field, early, refusal):
        period, satker = make_period(), make_satker()
        time_machine.move_to(getattr(period, field) + early, tick=False)

        if refusal is None:
            assert self.open(satker, period).status == Status.DRAFT
            return
        with pytest.raises(TransitionRefused, match=refusal):
            self.open(satker, period)
        assert not Assessment.objects.exists()

    def test_closed_satker(self):
        satker = make_satker(active=False)

        with pytest.raises(TransitionRefused, match="tidak aktif"):
            open_assessment(
                satker=satker, period=make_period(), target=Target.WBK, by=make_user(Role.OPERATOR)
            )

    def test_once_a_period(self):
        first = self.open()
        events = Event.objects.count()

        with pytest.raises(TransitionRefused, match="sudah dibuka"):
            self.open(first.satker, first.period)

        assert Assessment.objects.get() == first
        assert Event.objects.count() == events

    def test_again_in_another_period(self):
        first = self.open()

        second = self.open(first.satker, make_period(2027))

        assert {first.period.year, second.period.year} == {2026, 2027}

    def test_refusal_is_in_the_clock_of_the_satker(self):
        east = make_satker(make_kanwil("82", "Kanwil Provinsi Maluku Utara"))
        period = make_period()
        period.opens_at = timezone.now() + timedelta(hours=1)
        period.save()

        with pytest.raises(TransitionRefused, match="WIT"):
            self.open(east, period)


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        (Status.DRAFT, {Action.SUBMIT: Status.SUBMITTED}),
        (Status.SUBMITTED, {Action.RETURN: Status.RETURNED, Action.APPROVE: Status.APPROVED}),
        (Status.IN_REVIEW, {Action.RETURN: Status.RETURNED, Action.APPROVE: Status.APPROVED}),
        (Status.RETURNED, {Action.SUBMIT: Status.SUBMITTED}),
        (Status.APPROVED, {}),
    ],
)
def test_every_action_from_every_status(status, allowed):
    """The sheet lacks nothing, so that the status alone decides."""
    assessment = make_submitted()
    judge(assessment, {CODE: {"value": "B"}})
    who, now = head(assessment), timezone.now()
    if status == Status.DRAFT:
        Verification.objects.update(marked=False)
        assessment.snapshots.all().delete()
    Assessment.objects.update(status=status, approved_by=who, approved_at=now)

    for action in (Action.SUBMIT, Action.RETURN, Action.APPROVE):
        before = traces(assessment)
        if action in allowed:
            with transaction.atomic():
                take(action, assessment)
                assert Assessment.objects.get().status == allowed[action]
                transaction.set_rollback(True)
            continue
        with pytest.raises(WrongStatus) as refusal:
            take(action, assessment)
        assert Status(status).label in str(refusal.value)
        assert traces(assessment) == before


def test_status_is_asked_under_the_lock():
    """Two people hold the same page; the second finds it sent already."""
    stale = make_ready()
    submit(assessment=Assessment.objects.get(), by=head(stale))

    with pytest.raises(WrongStatus, match="Dikirim"):
        submit(assessment=stale, by=head(stale))

    assert Snapshot.objects.count() == 1


@pytest.mark.parametrize(
    ("status", "action"),
    [(Status.DRAFT, Action.SUBMIT), (Status.SUBMITTED, Action.RETURN)],
)
def test_moment_of_a_step_is_after_the_wait_for_the_lock(time_machine, monkeypatch, status, action):
    """What somebody saved while the step waited is part of it, and so not later than it."""
    assessment = make_ready()
    if status == Status.SUBMITTED:
        take(Action.SUBMIT, assessment)
        judge(assessment, {CODE: {"value": "C"}}, codes=[CODE])
    time_machine.move_to(timezone.now(), tick=False)
    locked = lifecycle._locked

    def wait(*given):
        row = locked(*given)
        time_machine.shift(timedelta(seconds=5))
        return row

    monkeypatch.setattr(lifecycle, "_locked", wait)

    take(action, assessment)

    assert Transition.objects.filter(action=action).get().at == timezone.now()


class TestSubmitting:
    def test_stores_who_and_when(self, time_machine):
        assessment = make_ready()
        now = timezone.now()
        time_machine.move_to(now, tick=False)

        submit(assessment=assessment, by=head(assessment))

        stored = Assessment.objects.get()
        assert (stored.status, stored.round, stored.submitted_by, stored.submitted_at) == (
            Status.SUBMITTED,
            1,
            head(assessment),
            now,
        )

    def test_empty_sheet_names_every_question(self):
        assessment = make_assessment()

        with pytest.raises(TransitionRefused, match="113 hal") as refusal:
            submit(assessment=assessment, by=head(assessment))

        worksheet = load_worksheet(assessment.instrument_id)
        found = [(each.kind, each.question.code) for each in refusal.value.findings]
        assert found == [(FindingKind.ANSWER, code) for code in worksheet.by_code]

    def test_open_question_and_missing_evidence_are_told_apart(self):
        assessment = make_assessment()
        worksheet = load_worksheet(assessment.instrument_id)
        fill(assessment, best_answers(worksheet))
        attach(assessment, *(code for code in worksheet.by_code if code not in {CODE, OTHER}))
        Answer.objects.filter(question__code=OTHER).update(entered={})

        with pytest.raises(TransitionRefused) as refusal:
            submit(assessment=assessment, by=head(assessment))

        found = {(each.kind, each.question.code) for each in refusal.value.findings}
        assert found == {(FindingKind.EVIDENCE, CODE), (FindingKind.ANSWER, OTHER)}

    def test_partial_counts_are_no_answer(self):
        assessment = make_assessment()
        worksheet = load_worksheet(assessment.instrument_id)
        answers = best_answers(worksheet)
        answers.pop("A.II.1.i.b.n2")
        fill(assessment, answers)
        attach(assessment, *worksheet.by_code)

        with pytest.raises(TransitionRefused) as refusal:
            submit(assessment=assessment, by=head(assessment))

        assert [each.question.code for each in refusal.value.findings] == ["A.II.1.i.b"]

    def test_an_answer_worth_nothing_needs_no_evidence(self):
        assessment = make_assessment()
        worksheet = load_worksheet(assessment.instrument_id)
        fill(assessment, best_answers(worksheet) | {CODE: "C", "B.I.a": "0"})
        attach(assessment, *(code for code in worksheet.by_code if code not in {CODE, "B.I.a"}))

        submit(assessment=assessment, by=head(assessment))

        assert Assessment.objects.get().status == Status.SUBMITTED

    def test_refusal_changes_nothing(self):
        assessment = make_assessment()
        by = head(assessment)
        before = traces(assessment)

        with pytest.raises(TransitionRefused):
            submit(assessment=assessment, by=by)

        assert traces(assessment) == before

    @pytest.mark.parametrize(("late", "accepted"), [(-1, True), (0, True), (1, False)])
    def test_first_submission_by_the_first_deadline(self, time_machine, late, accepted):
        assessment = make_ready()
        until = assessment.period.fill_until
        time_machine.move_to(until + timedelta(microseconds=late), tick=False)

        if accepted:
            submit(assessment=assessment, by=head(assessment))
            return
        with pytest.raises(TransitionRefused, match="Pengisian ditutup"):
            submit(assessment=assessment, by=head(assessment))

    @pytest.mark.parametrize(("late", "accepted"), [(-1, True), (0, True), (1, False)])
    def test_resubmission_by_the_deadline_of_repairs(self, time_machine, late, accepted):
        assessment = make_returned()
        until = assessment.period.repair_until
        time_machine.move_to(until + timedelta(microseconds=late), tick=False)

        if accepted:
            submit(assessment=assessment, by=head(assessment))
            return
        with pytest.raises(TransitionRefused, match="Pengisian ditutup"):
            submit(assessment=assessment, by=head(assessment))

    def test_before_the_period_opens(self):
        assessment = make_ready()
        period = assessment.period
        period.opens_at = timezone.now() + timedelta(minutes=1)
        period.save()

        with pytest.raises(TransitionRefused, match="baru dibuka"):
            submit(assessment=assessment, by=head(assessment))

    def test_a_moved_deadline_counts_at_once(self, time_machine):
        assessment = make_ready()
        period = assessment.period
        time_machine.move_to(period.fill_until + timedelta(minutes=1), tick=False)
        period.fill_until += timedelta(days=1)
        period.save()

        submit(assessment=assessment, by=head(assessment))

        assert Assessment.objects.get().status == Status.SUBMITTED
