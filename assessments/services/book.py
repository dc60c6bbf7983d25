"""Rows of many assessments on their way into the database; for `services.bulk`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from django.db import models

from accounts.models import User
from assessments.enums import Tier
from assessments.models import (
    Answer,
    AnswerChange,
    AnswerEvidence,
    Assessment,
    Score,
    Snapshot,
    Transition,
    Verification,
    VerificationChange,
)
from audit.bulk import Trail
from common.tables import Row, Table, keys_were_given, next_key
from evidence.models import EvidenceFile

_ROWS_AT_ONCE = 1000
_TABLES: dict[type[models.Model], tuple[str, ...]] = {
    EvidenceFile: (
        *("id", "satker", "file", "name", "content_type"),
        *("size", "sha256", "uploaded_by", "uploaded_at"),
        *("sent_sha256", "title", "kind", "document_date", "valid_until", "replaces"),
    ),
    Answer: (
        *("id", "assessment", "question", "entered", "note"),
        *("version", "saved_by", "saved_at", "carried_year"),
    ),
    AnswerChange: (
        *("answer", "version", "entered", "note", "by", "at"),
        *("save_id", "carried_year"),
    ),
    AnswerEvidence: (
        *("assessment", "question", "file", "attached_by", "attached_at", "document"),
    ),
    Verification: (
        *("id", "assessment", "question", "tier", "verdict", "entered", "note", "reason"),
        *("marked", "version", "round", "saved_by", "saved_at"),
    ),
    VerificationChange: (
        *("verification", "version", "verdict", "entered", "note", "reason"),
        *("marked", "round", "by", "at"),
    ),
}
_FEW = (Assessment, Transition, Snapshot, Score)


@dataclass(slots=True)
class AnswerLine:
    """One answer as it stands."""

    key: int
    question: int
    entered: dict[str, str] = field(default_factory=dict)
    note: str = ""
    version: int = 0
    by: User | None = None
    at: datetime | None = None

    def told(self) -> dict[str, object] | None:
        """As the audit trail tells it; None before the first save."""
        return {"entered": self.entered, "note": self.note} if self.version else None

    def row(self, assessment: UUID) -> Row:
        content = self.entered, self.note, self.version
        return self.key, assessment, self.question, *content, _key_of(self.by), self.at, None

    def change(self) -> Row:
        content = self.entered, self.note
        return self.key, self.version, *content, _key_of(self.by), self.at, None, None


@dataclass(slots=True)
class VerdictLine:
    """One verification as it stands."""

    key: int
    question: int
    verdict: str = ""
    entered: dict[str, str] = field(default_factory=dict)
    note: str = ""
    reason: str = ""
    marked: bool = False
    version: int = 0
    round: int = 0
    by: User | None = None
    at: datetime | None = None

    def told(self) -> dict[str, object] | None:
        """As the audit trail tells it; None before the first save."""
        if not self.version:
            return None
        return {
            "verdict": self.verdict,
            "entered": self.entered,
            "note": self.note,
            "reason": self.reason,
            "marked": self.marked,
        }

    def row(self, assessment: UUID) -> Row:
        place = self.key, assessment, self.question, Tier.PENDAHULUAN.value
        content = self.verdict, self.entered, self.note, self.reason, self.marked
        return *place, *content, self.version, self.round, _key_of(self.by), self.at

    def change(self) -> Row:
        content = self.verdict, self.entered, self.note, self.reason, self.marked
        return self.key, self.version, *content, self.round, _key_of(self.by), self.at


class Book:
    """Rows to be written, by table. `write` after some lives, `close` after the last, all in one
    transaction.

    Tables with a hundred rows an assessment take tuples (the order: `_TABLES`), the others
    unsaved instances.
    """

    def __init__(self, trail: Trail) -> None:
        self.trail = trail
        self.files: list[Row] = []
        self.answers: list[Row] = []
        self.answer_changes: list[Row] = []
        self.links: list[Row] = []
        self.verdicts: list[Row] = []
        self.verdict_changes: list[Row] = []
        self._few: dict[type[models.Model], list[Any]] = {model: [] for model in _FEW}
        self._tables = {model: Table(model, *names) for model, names in _TABLES.items()}
        self._answer_keys = count(next_key(Answer))
        self._verdict_keys = count(next_key(Verification))

    def new_answer(self, question: int) -> AnswerLine:
        return AnswerLine(next(self._answer_keys), question)

    def new_verdict(self, question: int) -> VerdictLine:
        return VerdictLine(next(self._verdict_keys), question)

    def add_file(self, file: EvidenceFile) -> None:
        """file: in the vault already."""
        self.files.append(
            (
                file.pk,
                file.satker_id,
                file.file.name,
                file.name,
                file.content_type,
                file.size,
                file.sha256,
                file.uploaded_by_id,
                file.uploaded_at,
                file.sent_sha256,
                file.title,
                file.kind,
                file.document_date,
                file.valid_until,
                file.replaces_id,
            )
        )

    def add(self, row: models.Model) -> None:
        """A row of a table with few."""
        self._few[type(row)].append(row)

    def write(self) -> None:
        """Write all rows, those that others point to first, and let go of them."""
        self.trail.write()
        for model, instances in self._few.items():
            model._default_manager.bulk_create(instances, batch_size=_ROWS_AT_ONCE)
            instances.clear()
        for model, rows in self._rows():
            self._tables[model].write(rows)
            rows.clear()

    def close(self) -> None:
        self.write()
        keys_were_given([Answer, Verification])
        self.trail.close()

    def _rows(self) -> Iterator[tuple[type[models.Model], list[Row]]]:
        yield EvidenceFile, self.files
        yield Answer, self.answers
        yield AnswerChange, self.answer_changes
        yield AnswerEvidence, self.links
        yield Verification, self.verdicts
        yield VerificationChange, self.verdict_changes


def _key_of(user: User | None) -> int | None:
    return None if user is None else user.pk
