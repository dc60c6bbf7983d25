import hashlib
import io
import json
import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from accounts.models import Role, User
from assessments.enums import Action, FindingKind, Status, Tier, Verdict
from assessments.models import (
    Answer,
    AnswerChange,
    Assessment,
    Comment,
    Period,
    Score,
    Snapshot,
    Transition,
    Verification,
    VerificationChange,
)
from assessments.permissions import can_fill, can_submit, can_verify
from assessments.services.checks import approval_findings, submission_findings
from assessments.services.steps import STEPS
from assessments.services.turns import require_filling_open
from audit.services import verify
from demo.calendar import plan_calendar
from demo.management.commands.seed_demo import PASSWORD
from demo.team import MEMBERS
from evidence.models import EvidenceFile
from evidence.sweep import find_faults, find_orphans
from satker.models import Satker, SatkerKind
from teams.models import TeamMember
from tests.demo.seeding import KANWIL, SATKER, remove_files, seed


@pytest.fixture(scope="module")
def module_database(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    """One seeded database for the tests of this module, undone at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        remove_files()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def orphans_before(module_database: None) -> set[UUID]:
    """Files that earlier tests of this process left on the disk."""
    return _orphans()


@pytest.fixture(scope="module")
def printed(orphans_before: set[UUID]) -> str:
    return seed()


@pytest.fixture
def seeded(printed: str, db: None) -> str:
    """What the command printed."""
    return printed


class TestWhatIsThere:
    def test_tree(self, seeded):
        kinds = dict(Satker.objects.values_list("kind").annotate(Count("pk")))

        assert sum(kinds.values()) == 1 + KANWIL + SATKER
        assert (kinds["pusat"], kinds["kanwil"]) == (1, KANWIL)

    def test_every_status_at_each_kanwil(self, seeded):
        for kanwil in Satker.objects.filter(kind=SatkerKind.KANWIL):
            below = Assessment.objects.filter(satker__verifier=kanwil)
            assert {each.status for each in below} == set(Status)

    def test_some_satker_have_not_begun(self, seeded):
        assert Satker.objects.filter(assessments=None).exclude(kind=SatkerKind.PUSAT).exists()

    def test_some_meet_wbk_some_wbbm_some_neither(self, seeded):
        complete = Score.objects.filter(tier=Tier.MANDIRI, answered=F("questions"))

        assert complete.filter(wbk_shortfalls=0, wbbm_shortfalls__gt=0).exists()
        assert complete.filter(wbbm_shortfalls=0).exists()
        assert complete.filter(wbk_shortfalls__in=[1, 2]).exists()
        assert complete.filter(wbk_shortfalls__gt=2).exists()

    def test_accounts(self, seeded):
        names = set(User.objects.values_list("username", flat=True))
        expected = {"admin", "pemantau", "tpi", "verifikator-pusat"}
        for satker in Satker.objects.exclude(kind=SatkerKind.PUSAT):
            expected |= {f"operator-{satker.code}", f"pimpinan-{satker.code}"}
            if satker.kind == SatkerKind.KANWIL:
                expected |= {f"ketua-{satker.code}", f"verifikator-{satker.code}"}
        in_a_team = set(TeamMember.objects.values_list("satker__code", flat=True))
        expected |= {name.format(code) for code in in_a_team for name in MEMBERS}

        assert len(in_a_team) == 1
        assert names == expected
        assert not User.objects.filter(Q(must_change_password=True) | Q(is_active=False)).exists()
        assert User.objects.values("password").distinct().count() == 1
        assert User.objects.get(username="tpi").check_password(PASSWORD)

    def test_period_is_open(self, seeded):
        period = Period.objects.get()
        planned = plan_calendar(period.year, timezone.now())

        assert period.instrument.code == "lke-2021"
        assert period.opens_at == planned.opens_at
        assert period.opens_at < timezone.now() < period.fill_until
        assert period.fill_until < period.repair_until < period.review_until


class TestWhatIsPrinted:
    def test_password_and_accounts_that_exist(self, seeded):
        assert f"Kata sandi semua akun: {PASSWORD}" in seeded
        names = re.findall(r"^  (\S+)", seeded, re.MULTILINE)
        people = User.objects.filter(username__in=names)
        assert people.count() == len(names) == len(set(names))
        assert {person.role for person in people} == set(Role.values)

    def test_first_operator_has_a_draft_to_go_on_with(self, seeded):
        first = re.findall(r"operator-\S+", seeded)[0]
        operator = User.objects.get(username=first)

        assessment = Assessment.objects.visible_to(operator).select_related("period").get()

        assert assessment.status == Status.DRAFT
        assert can_fill(operator, assessment)
        require_filling_open(assessment, timezone.now())
        assert assessment.answers.count() == 100
        missing = [finding.kind for finding in submission_findings(assessment)]
        counts = missing.count(FindingKind.ANSWER), missing.count(FindingKind.EVIDENCE)
        assert counts == (13, 6)

    def test_a_head_who_can_submit(self, seeded):
        line = next(each for each in seeded.splitlines() if "siap dikirim" in each)
        code = re.search(r"operator-(\S+)", line)[1]
        head = User.objects.get(username=f"pimpinan-{code}")

        assessment = Assessment.objects.visible_to(head).get()

        assert f"pimpinan-{code}" in seeded
        assert can_submit(head, assessment)
        assert submission_findings(assessment) == ()

    def test_reviewers_have_something_to_do(self, seeded):
        for reviewer in User.objects.filter(username__in=["verifikator-33", "verifikator-pusat"]):
            assert reviewer.username in seeded
            seen = Assessment.objects.visible_to(reviewer).select_related("satker")
            assert any(can_verify(reviewer, assessment) for assessment in seen)


class TestWhatIsStored:
    def test_constraints_of_the_database(self, seeded):
        connection.check_constraints()

    def test_audit_trail(self, seeded):
        verification = verify()

        assert verification.fault is None
        assert verification.anchors == Transition.objects.count()

    def test_scores(self, seeded):
        call_command("check_scores", stdout=io.StringIO())

    def test_answers_have_their_history(self, seeded):
        for answer in Answer.objects.prefetch_related("changes"):
            changes = list(answer.changes.all())
            assert [change.version for change in changes] == list(range(1, answer.version + 1))
            last = changes[-1]
            assert (last.entered, last.note, last.at, last.by_id) == (
                answer.entered,
                answer.note,
                answer.saved_at,
                answer.saved_by_id,
            )

    def test_verdicts_have_their_history(self, seeded):
        latest = VerificationChange.objects.filter(version=F("verification__version"))
        assert latest.count() == Verification.objects.count() > 0
        assert not latest.exclude(
            verdict=F("verification__verdict"),
            note=F("verification__note"),
            marked=F("verification__marked"),
        ).exists()

    def test_submitted_sheets_are_complete(self, seeded):
        submitted = Assessment.objects.filter(submitted_at__isnull=False)
        for assessment in submitted.exclude(status=Status.RETURNED):
            assert submission_findings(assessment) == ()

    def test_approved_sheets_are_judged(self, seeded):
        for assessment in Assessment.objects.filter(status=Status.APPROVED):
            assert approval_findings(assessment) == ()
            assert {score.tier for score in assessment.scores.all()} == {
                Tier.MANDIRI,
                Tier.PENDAHULUAN,
            }

    def test_returned_sheets_have_marked_questions(self, seeded):
        for assessment in Assessment.objects.filter(status=Status.RETURNED):
            marked = assessment.verifications.filter(marked=True)
            assert marked.exists()
            assert not marked.filter(Q(note="") | Q(verdict__in=["", Verdict.SESUAI])).exists()
            returned = assessment.transitions.filter(action=Action.RETURN).latest("at")
            assert returned.note

    def test_steps_are_those_of_the_table(self, seeded):
        for assessment in Assessment.objects.prefetch_related("transitions"):
            opened, *steps = assessment.transitions.all()
            assert (opened.action, opened.from_status) == (Action.OPEN, "")
            status = opened.to_status
            for step in steps:
                starts, ends = STEPS[Action(step.action)]
                assert step.from_status == status
                assert step.from_status in starts
                assert step.to_status == ends
                status = step.to_status
            assert status == assessment.status

    def test_snapshots_are_sealed(self, seeded):
        snapshots = Snapshot.objects.select_related("assessment__satker")
        assert snapshots.filter(action=Action.APPROVE).exists()
        for snapshot in snapshots:
            assert hashlib.sha256(snapshot.content.encode()).hexdigest() == snapshot.sha256
            content = json.loads(snapshot.content)
            assert content["satker"]["code"] == snapshot.assessment.satker.code
            assert len(content["answers"]) == 113
        steps = Transition.objects.filter(action__in=[Action.SUBMIT, Action.APPROVE])
        assert snapshots.count() == steps.count()

    def test_evidence_is_on_disk(self, seeded, orphans_before):
        assert EvidenceFile.objects.count() > 100
        assert list(find_faults(read=True)) == []
        assert _orphans() == orphans_before

    def test_evidence_belongs_to_the_satker(self, seeded):
        assert EvidenceFile.objects.filter(links=None).count() == 0
        foreign = EvidenceFile.objects.exclude(satker=F("links__assessment__satker"))
        assert not foreign.exists()

    def test_everything_happened_between_the_opening_and_now(self, seeded):
        period = Period.objects.get()
        for rows in (
            AnswerChange.objects.all(),
            Transition.objects.all(),
            VerificationChange.objects.all(),
        ):
            assert not rows.exclude(at__gt=period.opens_at, at__lt=timezone.now()).exists()

    def test_the_database_counts_on(self, seeded):
        """Keys that were given do not stand in the way of new ones."""
        newest = Answer.objects.latest("pk")
        draft = Assessment.objects.annotate(count=Count("answers")).filter(count=100)[0]
        findings = submission_findings(draft)
        still_open = next(each for each in findings if each.kind == FindingKind.ANSWER)
        missing = Answer(
            assessment=draft,
            question_id=still_open.question.pk,
            saved_by=draft.opened_by,
            saved_at=timezone.now(),
        )

        missing.save()

        assert missing.pk > newest.pk


def _orphans() -> set[UUID]:
    return {orphan.id for orphan in find_orphans(before=timezone.now())}


def test_the_first_drafts_are_talked_about(seeded):
    talked = Comment.objects.values("assessment").annotate(count=Count("pk"))

    assert [row["count"] for row in talked] == [5, 5]
    assert set(
        Assessment.objects.filter(comments__isnull=False).values_list("status", flat=True)
    ) == {Status.DRAFT}
    assert Comment.objects.exclude(mentioned="").count() == 4
    assert Comment.objects.filter(done_at__isnull=False).count() == 2
