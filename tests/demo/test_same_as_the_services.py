"""What the demo writes at once is what the services write one act at a time."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import transaction

from accounts.models import Role, User
from accounts.services import create_user
from assessments.enums import Target, Verdict
from assessments.models import Assessment, Period
from assessments.services import lifecycle
from assessments.services.answers import NewAnswer, save_answer
from assessments.services.attachments import attach_evidence
from assessments.services.book import Book
from assessments.services.bulk import LifeRecorder
from assessments.services.verification import NewVerdict, save_verification
from assessments.worksheet import QuestionRow
from audit.services import verify
from demo.documents import Shelf
from demo.fates import Fate, Lot
from demo.seed import Ministry, found_ministry, tell_life
from demo.sheets import Aim
from demo.tree import plan_tree
from evidence.models import EvidenceFile
from satker.models import Satker
from satker.services import add_satker
from tests.demo.told import tell_everything

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
LOTS = (
    Lot(Fate.NEARLY, Aim.MIDDLE, Target.WBBM),
    Lot(Fate.IN_REVIEW, Aim.LOW, Target.WBK),
    Lot(Fate.REPAIRING, Aim.JUST_SHORT, Target.WBK),
    Lot(Fate.APPROVED_AFTER_RETURN, Aim.WBK, Target.WBK),
)


@dataclass
class Services:
    """Writes a life down by living it: each act through its service, at its moment."""

    satker: Satker
    period: Period
    key: Any = None
    versions: dict[str, int] = field(default_factory=dict)
    judged: dict[str, int] = field(default_factory=dict)

    def open(self, *, target: Target, by: User, at: datetime) -> None:
        with time_machine.travel(at, tick=False):
            opened = lifecycle.open_assessment(
                satker=self.satker, period=self.period, target=target, by=by
            )
        self.key = opened.pk

    def save_answer(
        self,
        *,
        question: QuestionRow,
        entered: Mapping[str, str],
        note: str,
        by: User,
        at: datetime,
    ) -> None:
        with self.at(at) as assessment:
            saved = save_answer(
                assessment=assessment,
                new=NewAnswer(question, dict(entered), note),
                seen_version=self.versions.get(question.code, 0),
                by=by,
            )
        self.versions[question.code] = saved.version

    def attach_evidence(
        self, *, question: QuestionRow, file: EvidenceFile, by: User, at: datetime, document: str
    ) -> None:
        with self.at(at) as assessment:
            attach_evidence(
                assessment=assessment, question=question, file=file, by=by, document=document
            )

    def submit(self, *, by: User, at: datetime) -> None:
        with self.at(at) as assessment:
            lifecycle.submit(assessment=assessment, by=by)
        # What changed is to be judged anew, which moved the verdicts' versions.
        rows = assessment.verifications.values_list("question__code", "version")
        self.judged = dict(rows)

    def save_verification(
        self,
        *,
        question: QuestionRow,
        verdict: Verdict,
        entered: Mapping[str, str],
        note: str,
        reason: str,
        marked: bool,
        by: User,
        at: datetime,
    ) -> None:
        with self.at(at) as assessment:
            saved = save_verification(
                assessment=assessment,
                new=NewVerdict(question, verdict, dict(entered), note, marked, reason),
                seen_version=self.judged.get(question.code, 0),
                by=by,
            )
        self.judged[question.code] = saved.row.version

    def return_to_operator(self, *, note: str, by: User, at: datetime) -> None:
        with self.at(at) as assessment:
            lifecycle.return_to_operator(assessment=assessment, by=by, note=note)

    def approve(self, *, by: User, at: datetime) -> None:
        with self.at(at) as assessment:
            lifecycle.approve(assessment=assessment, by=by)

    @contextmanager
    def at(self, moment: datetime) -> Iterator[Assessment]:
        with time_machine.travel(moment, tick=False), transaction.atomic():
            locked = Assessment.objects.locked().select_related("satker", "period")
            yield locked.get(pk=self.key)


def found() -> Ministry:
    plan = plan_tree(satker=len(LOTS), kanwil=1)
    with time_machine.travel(NOW, tick=False):
        return found_ministry(plan, year=2026, seed="1", password="unused", now=NOW)


def tell(ministry: Ministry, write: Callable[[Satker, Lot, Shelf], None]) -> dict[str, list[Any]]:
    shelf = Shelf()
    places = [each for each, _ in ministry.lots() if len(each.code) > 2]
    try:
        for satker, lot in zip(places, LOTS, strict=True):
            write(satker, lot, shelf)
        return tell_everything()
    finally:
        shelf.clear()


def written_at_once() -> dict[str, list[Any]]:
    ministry = found()
    book = Book(ministry.trail)

    def write(satker: Satker, lot: Lot, shelf: Shelf) -> None:
        recorder = LifeRecorder(book, satker, ministry.period, ministry.instrument)
        tell_life(ministry, satker, lot, shelf=shelf, scribe=recorder, add_file=book.add_file)
        recorder.close()
        if lot is LOTS[-1]:
            book.close()

    told = tell(ministry, write)
    assert verify().fault is None
    return told


def lived_through() -> dict[str, list[Any]]:
    ministry = found()
    ministry.trail.close()

    def write(satker: Satker, lot: Lot, shelf: Shelf) -> None:
        tell_life(
            ministry,
            satker,
            lot,
            shelf=shelf,
            scribe=Services(satker, ministry.period),
            add_file=lambda file: file.save(force_insert=True),
        )

    return tell(ministry, write)


@pytest.mark.django_db
def test_lives():
    with transaction.atomic():
        expected = lived_through()
        transaction.set_rollback(True)

    told = written_at_once()

    assert len(told["Answer"]) == 100 + 3 * 113
    assert {table: len(rows) for table, rows in told.items()} == {
        table: len(rows) for table, rows in expected.items()
    }
    for table, rows in expected.items():
        for row, other in zip(rows, told[table], strict=True):
            assert other == row, table


@pytest.mark.django_db
def test_tree_and_accounts():
    with transaction.atomic():
        ministry = found()
        expected = tell_everything()
        accounts = list(ministry.users.values())
        at = accounts[0].created_at
        transaction.set_rollback(True)

    placed: dict[str, Satker] = {}
    with time_machine.travel(at, tick=False):
        for each in plan_tree(satker=len(LOTS), kanwil=1):
            parent = placed.get(each.parent or "")
            placed[each.code] = add_satker(
                code=each.code,
                name=each.name,
                kind=each.kind,
                parent=parent,
                province_code=each.province,
                by=None,
            )
        for user in accounts:
            create_user(
                username=user.username,
                name=user.name,
                role=Role(user.role),
                satker=placed[user.satker.code],
                encoded_password="unused",
                must_change_password=False,
                by=None,
            )
    told = tell_everything()

    for table in ("Satker", "User"):
        assert told[table] == expected[table]
    for table in ("Chain", "Event"):
        assert told[table] == [row for row in expected[table] if row[0] != "periode:2026"]
