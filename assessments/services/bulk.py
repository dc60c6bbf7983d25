"""Whole lives of assessments at once, for data that is made and not lived through (the demo).

Stores what the services store one act at a time; tests/demo compares the two. Nothing is checked
here: the caller lets happen only what the services would allow, in the order of time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from accounts.models import User
from assessments.enums import Action, Status, Target, Tier, Verdict
from assessments.findings import Finding, SheetFacts, build_findings
from assessments.models import Assessment, Instrument, Period, Score, Snapshot, Transition
from assessments.needs import missing_documents
from assessments.services.book import AnswerLine, Book, VerdictLine
from assessments.services.checks import file_facts
from assessments.services.scores import score_fields
from assessments.services.snapshots import (
    build_content,
    build_snapshot,
    changed_questions,
    file_content,
    frozen_tiers,
)
from assessments.services.steps import STEPS
from assessments.worksheet import Entries, QuestionRow, load_worksheet, verified_entries
from common.dates import local
from evidence.models import EvidenceFile
from satker.models import Satker


@dataclass(slots=True)
class LifeRecorder:
    """One assessment: its acts as methods, each as the service of that act would store it.

    `close` after the last act.
    """

    book: Book
    satker: Satker
    period: Period
    instrument: Instrument
    assessment: Assessment = field(init=False)
    _answers: dict[str, AnswerLine] = field(init=False, default_factory=dict)
    _files: dict[str, list[tuple[EvidenceFile, str]]] = field(init=False, default_factory=dict)
    _verdicts: dict[str, VerdictLine] = field(init=False, default_factory=dict)
    _refreshed: dict[Tier, datetime] = field(init=False, default_factory=dict)
    _submissions: list[dict[str, Any]] = field(init=False, default_factory=list)

    def open(self, *, target: Target, by: User, at: datetime) -> None:
        key = uuid4()
        self.assessment = Assessment(
            pk=key,
            satker=self.satker,
            period=self.period,
            instrument=self.instrument,
            target=target,
            opened_by=by,
            opened_at=at,
            audit_chain=self.book.trail.new_chain(f"assessment:{key}"),
        )
        self.book.add(self.assessment)
        self._refreshed[Tier.MANDIRI] = at
        self._log_step(Action.OPEN, "", by, at)

    def save_answer(
        self,
        *,
        question: QuestionRow,
        entered: Mapping[str, str],
        note: str,
        by: User,
        at: datetime,
    ) -> None:
        answer = self._answers.get(question.code)
        if answer is None:
            answer = self._answers[question.code] = self.book.new_answer(question.pk)
        before = answer.told()
        answer.entered, answer.note = dict(entered), note
        answer.version += 1
        answer.by, answer.at = by, at
        self.book.answer_changes.append(answer.change())
        self._record(at, by, "jawaban", question.code, before, answer.told())
        self._refreshed[Tier.MANDIRI] = at

    def attach_evidence(
        self,
        *,
        question: QuestionRow,
        file: EvidenceFile,
        by: User,
        at: datetime,
        document: str = "",
    ) -> None:
        """file: in the vault; its row may still be in the book. document: what it is."""
        self._files.setdefault(question.code, []).append((file, document))
        self.book.links.append((self.assessment.pk, question.pk, file.pk, by.pk, at, document))
        self._record(at, by, "bukti_dilampirkan", question.code, None, _told(file, document))

    def submit(self, *, by: User, at: datetime) -> None:
        is_repair = self.assessment.status == Status.RETURNED
        if is_repair:
            self.assessment.round += 1
        self._refreshed[Tier.MANDIRI] = at
        self.assessment.submitted_by, self.assessment.submitted_at = by, at
        snapshot, content = self._freeze(Action.SUBMIT, by, at)
        self._submissions.append(content)
        if is_repair:
            self._begin_round(by, at)
        told: dict[str, object] = {"sha256": snapshot.sha256}
        if unexplained := sum(finding.asks for finding in self._findings(at)):
            told["peringatan_tanpa_alasan"] = unexplained
        self._take_step(Action.SUBMIT, by, at, after=told)

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
        """entered, reason, marked: empty and False where the verdict is "sesuai"."""
        row = self._verdicts.get(question.code)
        if row is None:
            row = self._verdicts[question.code] = self.book.new_verdict(question.pk)
        before = row.told()
        row.verdict, row.entered = verdict.value, dict(entered)
        row.note, row.reason, row.marked = note, reason, marked
        self._store_verdict(row, question.code, before, by, at)
        if self.assessment.status == Status.SUBMITTED:
            self._take_step(Action.BEGIN_REVIEW, by, at)
        self._refreshed[Tier.PENDAHULUAN] = at

    def return_to_operator(self, *, note: str, by: User, at: datetime) -> None:
        self._take_step(Action.RETURN, by, at, note=note)

    def approve(self, *, by: User, at: datetime) -> None:
        self._refreshed[Tier.PENDAHULUAN] = at
        self.assessment.approved_by, self.assessment.approved_at = by, at
        snapshot, _ = self._freeze(Action.APPROVE, by, at)
        self._take_step(Action.APPROVE, by, at, after={"sha256": snapshot.sha256})

    def close(self) -> None:
        """Put what stands at the end into the book: answers, verdicts, scores."""
        key = self.assessment.pk
        self.book.answers += (answer.row(key) for answer in self._answers.values())
        self.book.verdicts += (row.row(key) for row in self._verdicts.values())
        worksheet = load_worksheet(self.instrument.pk)
        verified = sum(bool(row.verdict) for row in self._verdicts.values())
        for tier, at in self._refreshed.items():
            fields = score_fields(worksheet, worksheet.evaluate(self._entries(tier)))
            if tier != Tier.MANDIRI:
                fields["verified"] = verified
            self.book.add(Score(assessment=self.assessment, tier=tier, refreshed_at=at, **fields))

    def _findings(self, at: datetime) -> tuple[Finding, ...]:
        """As `services.checks.sheet_findings`; what the demo submits has no error."""
        worksheet = load_worksheet(self.instrument.pk)
        facts = SheetFacts(
            year=self.period.year,
            today=local(at, self.satker.zone).date(),
            entries=self._entries(Tier.MANDIRI),
            noted=frozenset(row.question for row in self._answers.values() if row.note.strip()),
            files={
                worksheet.by_code[code].pk: tuple(file_facts(file, {}) for file, _ in files)
                for code, files in self._files.items()
            },
            missing_documents=missing_documents(
                worksheet.questions,
                (
                    (worksheet.by_code[code].pk, document)
                    for code, files in self._files.items()
                    for _, document in files
                ),
            ),
        )
        return build_findings(worksheet, facts)

    def _entries(self, tier: Tier) -> Entries:
        """As `worksheet.load_entries`."""
        entries: Entries = {code: answer.entered for code, answer in self._answers.items()}
        if tier != Tier.MANDIRI:
            rows = self._verdicts.items()
            return verified_entries(
                entries, ((code, row.verdict, row.entered) for code, row in rows)
            )
        return entries

    def _begin_round(self, by: User, at: datetime) -> None:
        changed = changed_questions(*self._submissions[-2:])
        for code, row in self._verdicts.items():
            if not row.marked and code not in changed:
                continue
            before = row.told()
            row.marked = False
            if code in changed:
                row.verdict, row.entered, row.reason = "", {}, ""
            self._store_verdict(row, code, before, by, at)
        self._refreshed[Tier.PENDAHULUAN] = at

    def _store_verdict(
        self,
        row: VerdictLine,
        code: str,
        before: Mapping[str, object] | None,
        by: User,
        at: datetime,
    ) -> None:
        row.version += 1
        row.round = self.assessment.round
        row.by, row.at = by, at
        self.book.verdict_changes.append(row.change())
        self._record(at, by, "verifikasi", code, before, row.told())

    def _freeze(self, action: Action, by: User, at: datetime) -> tuple[Snapshot, dict[str, Any]]:
        worksheet = load_worksheet(self.instrument.pk)
        content = build_content(
            self.assessment,
            self.instrument,
            action=action,
            by=by,
            at=at,
            answers=self._frozen_answers(),
            verifications={} if action == Action.SUBMIT else self._frozen_verdicts(),
            evaluations={
                tier: worksheet.evaluate(self._entries(tier)) for tier in frozen_tiers(action)
            },
        )
        snapshot = build_snapshot(content)
        snapshot.assessment, snapshot.by, snapshot.at = self.assessment, by, at
        self.book.add(snapshot)
        return snapshot, content

    def _frozen_answers(self) -> dict[str, dict[str, Any]]:
        answers: dict[str, dict[str, Any]] = {
            code: {"entered": answer.entered, "note": answer.note, "version": answer.version}
            for code, answer in self._answers.items()
        }
        for code, files in self._files.items():
            answers.setdefault(code, {})["evidence"] = [
                file_content(file, document, {}) for file, document in files
            ]
        return answers

    def _frozen_verdicts(self) -> dict[str, dict[str, Any]]:
        return {
            code: {
                "verdict": row.verdict,
                "entered": row.entered,
                "note": row.note,
                "by": row.by.username,
            }
            for code, row in self._verdicts.items()
        }

    def _take_step(
        self,
        action: Action,
        by: User,
        at: datetime,
        *,
        note: str = "",
        after: Mapping[str, object] | None = None,
    ) -> None:
        before = self.assessment.status
        self.assessment.status = STEPS[action][1]
        self._log_step(action, before, by, at, note, after)

    def _log_step(
        self,
        action: Action,
        before: str,
        by: User,
        at: datetime,
        note: str = "",
        after: Mapping[str, object] | None = None,
    ) -> None:
        assessment = self.assessment
        self.book.add(
            Transition(
                assessment=assessment,
                action=action,
                from_status=before,
                to_status=assessment.status,
                round=assessment.round,
                note=note,
                by=by,
                at=at,
            )
        )
        self._record(
            at,
            by,
            action,
            str(assessment.pk),
            {"status": before} if before else None,
            {"status": assessment.status, "round": assessment.round, "note": note}
            | dict(after or {}),
        )
        self.book.trail.anchor(chain=assessment.audit_chain, at=at, by=by)

    def _record(
        self, at: datetime, by: User, action: str, subject: str, before: object, after: object
    ) -> None:
        self.book.trail.record(
            chain=self.assessment.audit_chain,
            at=at,
            action=action,
            subject=subject,
            by=by,
            before=before,
            after=after,
        )


def _told(file: EvidenceFile, document: str) -> dict[str, object]:
    """A file as the audit trail tells it."""
    told = {"id": str(file.pk), "name": file.name, "sha256": file.sha256, "size": file.size}
    return told | ({"document": document} if document else {})
