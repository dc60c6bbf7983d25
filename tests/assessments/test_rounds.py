"""Return, approve, and begin anew: what each needs and stores, and the trace of a whole life."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import Role
from assessments.enums import Action, FindingKind, Status, Tier, Verdict
from assessments.errors import AssessmentLocked, TransitionRefused
from assessments.models import Assessment, Score, Snapshot, Transition, Verification
from assessments.services.lifecycle import (
    approve,
    return_to_operator,
    submit,
)
from assessments.worksheet import load_worksheet
from audit.models import Event
from audit.services import GLOBAL_CHAIN, verify
from tests.assessments.steps import head, reviewer, traces
from tests.factories_assessments import (
    attach,
    fill,
    judge,
    make_approved,
    make_returned,
    make_submitted,
)

pytestmark = pytest.mark.django_db

CODE = "A.I.1.i.b"
OTHER = "A.I.1.ii.b"


class TestReturning:
    @pytest.fixture
    def assessment(self):
        """Sent, with one question marked."""
        assessment = make_submitted()
        judge(assessment, {CODE: {"value": "B"}}, codes=[CODE, OTHER])
        return assessment

    def give_back(self, assessment, note="Lengkapi."):
        return_to_operator(assessment=assessment, by=reviewer(assessment), note=note)

    def test_keeps_round_and_submission(self, assessment):
        self.give_back(assessment, "  Lengkapi.\n")

        stored = Assessment.objects.get()
        step = stored.transitions.last()
        assert (stored.status, stored.round) == (Status.RETURNED, 1)
        assert stored.submitted_at == assessment.submitted_at
        assert (step.note, step.from_status) == ("Lengkapi.", Status.IN_REVIEW)

    @pytest.mark.parametrize("note", ["", "  \n\t"])
    def test_needs_a_note(self, assessment, note):
        before = traces(assessment)

        with pytest.raises(TransitionRefused, match="Tulis catatan"):
            self.give_back(assessment, note)

        assert traces(assessment) == before

    def test_needs_a_marked_question(self, assessment):
        Verification.objects.update(marked=False)

        with pytest.raises(TransitionRefused, match="Tandai sedikitnya satu"):
            self.give_back(assessment)

    @pytest.mark.parametrize(("late", "accepted"), [(-1, True), (0, True), (1, False)])
    def test_by_the_deadline_of_reviews(self, assessment, time_machine, late, accepted):
        period = assessment.period
        period.repair_until = period.review_until + timedelta(days=1)
        period.save()
        time_machine.move_to(period.review_until + timedelta(microseconds=late), tick=False)

        if accepted:
            self.give_back(assessment)
            return
        with pytest.raises(AssessmentLocked, match="Masa verifikasi berakhir"):
            self.give_back(assessment)

    @pytest.mark.parametrize(("late", "accepted"), [(0, True), (1, False)])
    def test_while_there_is_time_to_repair(self, assessment, time_machine, late, accepted):
        until = assessment.period.repair_until
        time_machine.move_to(until + timedelta(microseconds=late), tick=False)

        if accepted:
            self.give_back(assessment)
            return
        with pytest.raises(TransitionRefused, match="Batas kirim perbaikan sudah lewat"):
            self.give_back(assessment)

    def test_the_database_refuses_a_return_without_note(self, assessment):
        with pytest.raises(IntegrityError):
            Transition.objects.create(
                assessment=assessment,
                action=Action.RETURN,
                to_status=Status.RETURNED,
                round=1,
                by=reviewer(assessment),
                at=timezone.now(),
            )


class TestApproving:
    def test_stores_who_when_and_both_scores(self, time_machine):
        assessment = make_submitted()
        judge(assessment, {CODE: {"value": "C"}})
        now = timezone.now()
        time_machine.move_to(now, tick=False)

        approve(assessment=assessment, by=reviewer(assessment))

        stored = Assessment.objects.get()
        totals = dict(Score.objects.values_list("tier", "total"))
        assert (stored.status, stored.approved_by, stored.approved_at) == (
            Status.APPROVED,
            reviewer(assessment),
            now,
        )
        assert totals == {Tier.MANDIRI: 100, Tier.PENDAHULUAN: 99.75}

    def test_names_every_question_without_verdict(self):
        assessment = make_submitted()
        worksheet = load_worksheet(assessment.instrument_id)
        judge(assessment, codes=[code for code in worksheet.by_code if code not in {CODE, OTHER}])
        before = traces(assessment)

        with pytest.raises(TransitionRefused, match="2 pertanyaan") as refusal:
            approve(assessment=assessment, by=reviewer(assessment))

        found = [(each.kind, each.question.code) for each in refusal.value.findings]
        assert found == [(FindingKind.VERDICT, CODE), (FindingKind.VERDICT, OTHER)]
        assert traces(assessment) == before

    @pytest.mark.parametrize(("late", "accepted"), [(-1, True), (0, True), (1, False)])
    def test_by_the_deadline_of_reviews(self, time_machine, late, accepted):
        assessment = make_submitted()
        judge(assessment)
        until = assessment.period.review_until
        time_machine.move_to(until + timedelta(microseconds=late), tick=False)

        if accepted:
            approve(assessment=assessment, by=reviewer(assessment))
            return
        with pytest.raises(AssessmentLocked, match="Masa verifikasi berakhir"):
            approve(assessment=assessment, by=reviewer(assessment))

    def test_marked_questions_do_not_stand_in_the_way(self):
        """The reviewer's own values count; nobody has to ask for a repair."""
        assessment = make_submitted()
        judge(assessment, {CODE: {"value": "B"}})

        approve(assessment=assessment, by=reviewer(assessment))

        assert Assessment.objects.get().status == Status.APPROVED


class TestRounds:
    @pytest.fixture
    def assessment(self):
        """Judged to the end, three questions lowered and marked, given back."""
        assessment = make_submitted()
        judge(
            assessment,
            {code: {"value": "C"} for code in (CODE, OTHER, "A.I.1.ii.a")}
            | {"A.I.1.ii.a": {"value": "Tidak"}},
        )
        return_to_operator(assessment=assessment, by=reviewer(assessment), note="Perbaiki.")
        return Assessment.objects.get()

    def verdict(self, code):
        row = Verification.objects.get(question__code=code)
        return row.verdict, row.entered, row.marked, row.round

    def test_what_changed_is_judged_anew(self, assessment):
        fill(assessment, {CODE: "B"})  # answer
        fill(assessment, {}, notes={OTHER: "Notulen dilengkapi."})  # note alone

        submit(assessment=assessment, by=head(assessment))

        assert self.verdict(CODE) == ("", {}, False, 2)
        assert self.verdict(OTHER) == ("", {}, False, 2)

    def test_evidence_counts_as_a_change(self, assessment):
        attach(assessment, CODE, name="Notulen.pdf")

        submit(assessment=assessment, by=head(assessment))

        assert self.verdict(CODE) == ("", {}, False, 2)

    def test_what_was_marked_and_stayed_keeps_its_verdict(self, assessment):
        submit(assessment=assessment, by=head(assessment))

        assert self.verdict(CODE) == (Verdict.KURANG_SESUAI, {"value": "C"}, False, 2)
        assert self.verdict("A.I.2.i.a") == (Verdict.SESUAI, {}, False, 1)

    def test_the_verified_score_forgets_what_is_judged_anew(self, assessment):
        fill(assessment, {CODE: "B"})
        submit(assessment=assessment, by=head(assessment))

        score = Score.objects.get(tier=Tier.PENDAHULUAN)
        assert score.verified == 112
        with pytest.raises(TransitionRefused) as refusal:
            approve(assessment=assessment, by=reviewer(assessment))
        assert [each.question.code for each in refusal.value.findings] == [CODE]

    def test_earlier_verdicts_stay_in_the_history(self, assessment):
        fill(assessment, {CODE: "B"})
        submit(assessment=assessment, by=head(assessment))

        row = Verification.objects.get(question__code=CODE)
        history = row.changes.values_list("version", "verdict", "entered", "marked", "round")
        assert list(history) == [
            (1, Verdict.KURANG_SESUAI, {"value": "C"}, True, 1),
            (2, "", {}, False, 2),
        ]

    def test_rounds_are_counted_at_resubmission(self, assessment):
        for expected in (2, 3):
            submit(assessment=assessment, by=head(assessment))
            assert Assessment.objects.get().round == expected
            Verification.objects.filter(question__code=CODE).update(marked=True)
            return_to_operator(assessment=assessment, by=reviewer(assessment), note="Lagi.")

        snapshots = Snapshot.objects.values_list("action", "round").order_by("round")
        assert list(snapshots) == [(Action.SUBMIT, 1), (Action.SUBMIT, 2), (Action.SUBMIT, 3)]

    def test_a_whole_life_is_written_down(self, assessment):
        submit(assessment=assessment, by=head(assessment))
        approve(assessment=assessment, by=reviewer(assessment))

        steps = Transition.objects.values_list(
            "action", "from_status", "to_status", "round", "by__role", "note"
        )
        assert list(steps) == [
            (Action.OPEN, "", Status.DRAFT, 1, Role.OPERATOR, ""),
            (Action.SUBMIT, Status.DRAFT, Status.SUBMITTED, 1, Role.PIMPINAN, ""),
            (Action.BEGIN_REVIEW, Status.SUBMITTED, Status.IN_REVIEW, 1, Role.KETUA, ""),
            (Action.RETURN, Status.IN_REVIEW, Status.RETURNED, 1, Role.KETUA, "Perbaiki."),
            (Action.SUBMIT, Status.RETURNED, Status.SUBMITTED, 2, Role.PIMPINAN, ""),
            (Action.APPROVE, Status.SUBMITTED, Status.APPROVED, 2, Role.KETUA, ""),
        ]


class TestTrail:
    def test_every_step_is_an_event_and_an_anchor(self):
        assessment = make_approved()

        events = Event.objects.filter(chain=assessment.audit_chain)
        steps = [
            (event.action, event.by.role, json.loads(event.after)["status"])
            for event in events.filter(action__in=Action.values).order_by("number")
        ]
        anchors = Event.objects.filter(
            chain__key=GLOBAL_CHAIN, subject=f"assessment:{assessment.pk}"
        ).order_by("number")
        hashes = dict(events.values_list("number", "hash"))
        named = [json.loads(anchor.after) for anchor in anchors]
        assert steps == [
            ("buka", Role.OPERATOR, Status.DRAFT),
            ("ajukan", Role.PIMPINAN, Status.SUBMITTED),
            ("mulai_verifikasi", Role.KETUA, Status.IN_REVIEW),
            ("setujui", Role.KETUA, Status.APPROVED),
        ]
        assert [hashes[each["count"]] for each in named] == [each["hash"] for each in named]
        assert len(named) == 4
        assert named[-1]["count"] == len(hashes)
        assert verify().fault is None

    def test_submission_and_approval_name_the_snapshot(self):
        assessment = make_approved()

        named = [
            json.loads(Event.objects.get(chain=assessment.audit_chain, action=action).after)
            for action in (Action.SUBMIT, Action.APPROVE)
        ]

        frozen = Snapshot.objects.order_by("at").values_list("sha256", flat=True)
        assert [each["sha256"] for each in named] == list(frozen)

    def test_a_return_tells_its_note(self):
        assessment = make_returned()

        event = Event.objects.get(chain=assessment.audit_chain, action=Action.RETURN)

        assert json.loads(event.before) == {"status": Status.IN_REVIEW}
        assert json.loads(event.after) == {
            "status": Status.RETURNED,
            "round": 1,
            "note": "Lengkapi notulen, lalu kirim lagi.",
        }
