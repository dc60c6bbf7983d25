"""What was submitted or approved, frozen: one canonical text and its SHA-256 (decision 6)."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import scoring
from accounts.models import User
from assessments.enums import EDITABLE, Action, Tier
from assessments.models import (
    Answer,
    AnswerEvidence,
    Assessment,
    Instrument,
    Snapshot,
    Verification,
)
from assessments.worksheet import Worksheet, load_entries, load_worksheet
from evidence.models import EvidenceFile

FORMAT = 1

Content = dict[str, Any]
# By the file's id as text: the date of the document, its last day of validity.
FileDates = Mapping[str, tuple[date | None, date | None]]


def freeze(*, assessment: Assessment, action: Action, by: User, at: datetime) -> Snapshot:
    """Store what stands now; sole writer of Snapshot. The caller holds the lock."""
    snapshot = build_snapshot(snapshot_content(assessment, action=action, by=by, at=at))
    snapshot.assessment, snapshot.by, snapshot.at = assessment, by, at
    snapshot.save(force_insert=True)
    return snapshot


def build_snapshot(content: Content) -> Snapshot:
    """The unsaved row of a content, its text sealed with the hash; without whose and by whom."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Snapshot(
        action=content["action"],
        round=content["round"],
        content=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def snapshot_content(assessment: Assessment, *, action: Action, by: User, at: datetime) -> Content:
    worksheet = load_worksheet(assessment.instrument_id)
    return build_content(
        assessment,
        Instrument.objects.get(pk=assessment.instrument_id),
        action=action,
        by=by,
        at=at,
        answers=answers_content(worksheet, assessment),
        verifications={} if action == Action.SUBMIT else _verifications(worksheet, assessment),
        evaluations={
            tier: worksheet.evaluate(load_entries(worksheet, assessment.pk, tier))
            for tier in frozen_tiers(action)
        },
    )


def frozen_tiers(action: Action) -> tuple[Tier, ...]:
    """Whose scores a step freezes."""
    return (Tier.MANDIRI,) if action == Action.SUBMIT else (Tier.MANDIRI, Tier.PENDAHULUAN)


def build_content(
    assessment: Assessment,
    instrument: Instrument,
    *,
    action: Action,
    by: User,
    at: datetime,
    answers: Mapping[str, Content],
    verifications: Mapping[str, Content],
    evaluations: Mapping[Tier, scoring.Evaluation],
) -> Content:
    """The content of a snapshot from what was read already; asks the database nothing."""
    satker = assessment.satker
    return {
        "format": FORMAT,
        "action": action.value,
        "round": assessment.round,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "by": {"username": by.username, "name": by.name, "role": by.role},
        "assessment": str(assessment.pk),
        "year": assessment.period.year,
        "target": assessment.target,
        "satker": {"code": satker.code, "name": satker.name, "kind": satker.kind},
        "instrument": {
            "code": instrument.code,
            "version": instrument.version,
            "digest": instrument.digest,
        },
        "answers": answers,
        "verifications": verifications,
        "scores": {tier.value: _score(evaluation) for tier, evaluation in evaluations.items()},
    }


def changed_questions(before: Content, after: Content) -> frozenset[str]:
    """Codes whose answer, note or evidence differs between two snapshots' contents.

    The version does not count: text that was changed and changed back is the same text.
    """

    def told(answers: Mapping[str, Content], code: str) -> tuple[object, ...]:
        answer = answers.get(code, {})
        files = sorted(file["id"] for file in answer.get("evidence", []))
        return answer.get("entered", {}), answer.get("note", ""), files

    old, new = before["answers"], after["answers"]
    return frozenset(code for code in old.keys() | new.keys() if told(old, code) != told(new, code))


def submissions(assessment: Assessment) -> list[Content]:
    """Contents of all submissions, oldest first."""
    rows = assessment.snapshots.filter(action=Action.SUBMIT).order_by("round")
    return [json.loads(row.content) for row in rows]


def load_sent_dates(assessment: Assessment) -> FileDates:
    """What the satker said of each file's dates when it last sent the sheet; nothing while the
    sheet is with the satker, nor of what was sent before the dates were frozen. One query."""
    if assessment.status in EDITABLE:
        return {}
    sent = assessment.snapshots.filter(action=Action.SUBMIT).order_by("-round")
    text = sent.values_list("content", flat=True).first()
    return sent_dates(json.loads(text)) if text else {}


def sent_dates(content: Mapping[str, Any]) -> FileDates:
    """As `load_sent_dates`, from a snapshot's content; {} from {}."""

    def day(text: str) -> date | None:
        return date.fromisoformat(text) if text else None

    return {
        file["id"]: (day(file["document_date"]), day(file["valid_until"]))
        for answer in content.get("answers", {}).values()
        for file in answer.get("evidence", [])
        if "document_date" in file
    }


def file_content(file: EvidenceFile, document: str, dates: FileDates) -> Content:
    """A file beside an answer, as a snapshot tells it. dates: where they differ from the file's."""
    dated, until = dates.get(str(file.pk), (file.document_date, file.valid_until))
    told = {
        "id": str(file.pk),
        "name": file.name,
        "size": file.size,
        "sha256": file.sha256,
        "document_date": str(dated or ""),
        "valid_until": str(until or ""),
    }
    return told | ({"document": document} if document else {})


def answers_content(worksheet: Worksheet, assessment: Assessment) -> dict[str, Content]:
    """The satker's answers with their files, by code, as they stand now; once they are sent, the
    dates of the files as they were then. Two queries, once sent three."""
    dates = load_sent_dates(assessment)
    answers: dict[str, Content] = {}
    for answer in Answer.objects.filter(assessment=assessment):
        answers[worksheet.by_pk[answer.question_id].code] = {
            "entered": answer.entered,
            "note": answer.note,
            "version": answer.version,
        }
    links = AnswerEvidence.objects.filter(assessment=assessment).select_related("file")
    for link in links.order_by("attached_at", "pk"):
        answer = answers.setdefault(worksheet.by_pk[link.question_id].code, {})
        told = file_content(link.file, link.document, dates)
        answer.setdefault("evidence", []).append(told)
    return answers


def _verifications(worksheet: Worksheet, assessment: Assessment) -> dict[str, Content]:
    rows = Verification.objects.filter(assessment=assessment, tier=Tier.PENDAHULUAN)
    return {
        worksheet.by_pk[row.question_id].code: {
            "verdict": row.verdict,
            "entered": row.entered,
            "note": row.note,
            "by": row.saved_by.username,
        }
        for row in rows.select_related("saved_by")
    }


def _score(evaluation: scoring.Evaluation) -> Content:
    """As decimal strings that, as in print, never reach a floor the figure lies under."""

    def told(points: Fraction, what: str) -> str:
        return scoring.to_decimal_string(points, floors=evaluation.floors_of(what))

    return {
        "total": told(evaluation.total, "total"),
        "answered": evaluation.answered,
        "nodes": {code: told(node.points, code) for code, node in evaluation.nodes.items()},
        "areas": {
            str(number): told(area.points, f"area{number}")
            for number, area in evaluation.areas.items()
        },
        "predikat": {code: verdict.meets for code, verdict in evaluation.verdicts.items()},
    }
