"""The satker's answers: stored as entered, versioned, scored and audited in one transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, F, TextField, Value, When
from django.utils import timezone

import scoring
from accounts.models import User
from assessments.enums import Tier
from assessments.errors import StaleAnswer
from assessments.models import Answer, AnswerChange, Assessment
from assessments.services.scores import refresh_score
from assessments.services.turns import require_filling_open
from assessments.worksheet import (
    ENTERED_TEXT,
    Entries,
    QuestionRow,
    Worksheet,
    load_worksheet,
    merged_entry,
    parse_entered,
)
from audit.services import record

Entered = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """What stands after a save. saved_at: None where the save changed nothing."""

    version: int
    entered: Entered
    note: str
    saved_at: datetime | None
    evaluation: scoring.Evaluation


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """What was sent for one question.

    fields: the fields as typed, value or n1, n2, …; a field left out keeps what is stored, an
    empty one clears it. note: None keeps the stored note.
    """

    question: QuestionRow
    fields: Entered
    note: str | None


@dataclass(slots=True)
class _Stored:
    pk: int | None
    version: int
    entered: Entered
    note: str


def save_answer(
    *, assessment: Assessment, new: NewAnswer, seen_version: int, by: User
) -> SavedAnswer:
    """Store one answer and bring the assessment's score up to date.

    assessment: locked in the caller's transaction (`Assessment.objects.locked()`), so that the
    row is read once. seen_version: the version the person had on screen, 0 for none.

    A save that would store what is already there changes nothing and keeps the version, so a
    repeat after a lost response is harmless. Raises AssessmentLocked when the answer cannot be
    edited now, InvalidEntry for what is not on the question's scale, StaleAnswer when another
    text was saved meanwhile; none of them changes anything.
    """
    now = timezone.now()
    require_filling_open(assessment, now, question_id=new.question.pk)
    worksheet = load_worksheet(assessment.instrument_id)
    entries, stored = _load(worksheet, assessment, (new.question.pk,))
    current = stored.get(new.question.pk) or _Stored(None, 0, {}, "")
    entered, note = _merge(worksheet, current, new)
    if entered == current.entered and note == current.note:
        evaluation = worksheet.evaluate(entries)
        return SavedAnswer(current.version, entered, note, None, evaluation)
    if current.version and current.version != seen_version:
        raise StaleAnswer(
            Answer.objects.select_related("saved_by").get(
                assessment=assessment, question_id=new.question.pk
            )
        )
    version = _store(assessment, new.question, current, entered, note, by, now)
    entries[new.question.code] = entered
    evaluation = refresh_score(assessment, Tier.MANDIRI, entries)
    return SavedAnswer(version, entered, note, now, evaluation)


def save_answers(*, assessment: Assessment, new: Iterable[NewAnswer], by: User) -> int:
    """Store many answers at once (an imported workbook), whatever their versions; all or
    nothing. Returns how many changed.

    assessment: locked in the caller's transaction. Raises AssessmentLocked and InvalidEntry as
    `save_answer`.
    """
    now = timezone.now()
    require_filling_open(assessment, now)
    worksheet = load_worksheet(assessment.instrument_id)
    new = tuple(new)
    entries, stored = _load(worksheet, assessment, [each.question.pk for each in new])
    changed = 0
    for each in new:
        current = stored.get(each.question.pk) or _Stored(None, 0, {}, "")
        entered, note = _merge(worksheet, current, each)
        if entered == current.entered and note == current.note:
            continue
        require_filling_open(assessment, now, question_id=each.question.pk)
        _store(assessment, each.question, current, entered, note, by, now)
        entries[each.question.code] = entered
        changed += 1
    if changed:
        refresh_score(assessment, Tier.MANDIRI, entries)
    return changed


def _load(
    worksheet: Worksheet, assessment: Assessment, with_notes: Iterable[int]
) -> tuple[Entries, dict[int, _Stored]]:
    """All entries for scoring and the stored rows by question; notes only where asked for.

    One query: a note may be thousands of characters, and a save needs one of 113.
    """
    wanted = frozenset(with_notes)
    own_note = Case(
        When(question_id__in=wanted, then=F("note")), default=Value(""), output_field=TextField()
    )
    rows = Answer.objects.filter(assessment=assessment).values_list(
        "question_id", "pk", "version", ENTERED_TEXT, own_note
    )
    by_pk = worksheet.by_pk
    entries: Entries = {}
    stored: dict[int, _Stored] = {}
    for question_id, pk, version, text, note in rows:
        entered = entries[by_pk[question_id].code] = parse_entered(text)
        if question_id in wanted:
            stored[question_id] = _Stored(pk, version, entered, note)
    return entries, stored


def _merge(worksheet: Worksheet, current: _Stored, new: NewAnswer) -> tuple[Entered, str]:
    """What would stand after the save. Raises InvalidEntry."""
    note = current.note if new.note is None else new.note
    if not new.fields:
        return current.entered, note
    return merged_entry(worksheet, new.question.code, current.entered, new.fields), note


def _store(
    assessment: Assessment,
    question: QuestionRow,
    current: _Stored,
    entered: Entered,
    note: str,
    by: User,
    now: datetime,
) -> int:
    """Write the answer, its history row and its audit event; returns the new version."""
    version = current.version + 1
    fields = {
        "entered": dict(entered),
        "note": note,
        "version": version,
        "saved_by_id": by.pk,
        "saved_at": now,
    }
    if current.pk is None:
        answer = Answer(assessment_id=assessment.pk, question_id=question.pk, **fields)
        answer.save(force_insert=True)
        answer_pk = answer.pk
    else:
        answer_pk = current.pk
        Answer.objects.filter(pk=answer_pk).update(**fields)
    AnswerChange(
        answer_id=answer_pk, version=version, entered=dict(entered), note=note, by_id=by.pk, at=now
    ).save(force_insert=True)
    record(
        chain=assessment.audit_chain,
        action="jawaban",
        subject=question.code,
        by=by,
        before=None if not current.version else _content(current.entered, current.note),
        after=_content(entered, note),
    )
    return version


def _content(entered: Entered, note: str) -> dict[str, object]:
    return {"entered": dict(entered), "note": note}
