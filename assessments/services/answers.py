"""The satker's answers: stored as entered, versioned, scored and audited in one transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Case, F, QuerySet, TextField, Value, When
from django.utils import timezone

import scoring
from accounts.models import User
from assessments.enums import Tier
from assessments.errors import InvalidEntry, StaleAnswer
from assessments.models import Answer, AnswerChange, Assessment
from assessments.services.scores import refresh_score, score_fields, store_score
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
from common.statements import insert_row, update_rows

Entered = Mapping[str, str]
# question, pk, version, what was entered as text, the year it was carried from, note
Row = tuple[int, int, int, str, int | None, str]


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """What stands after a save. saved_at: None where the save changed nothing.

    carried: keys of the questions whose answer was carried over and is not confirmed yet.
    """

    version: int
    entered: Entered
    note: str
    saved_at: datetime | None
    evaluation: scoring.Evaluation
    carried: frozenset[int]


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """What was sent for one question.

    fields: the fields as typed, value or n1, n2, …; a field left out keeps what is stored, an
    empty one clears it. note: None keeps the stored note. save_id: names this attempt.
    unconfirmed: earlier attempts of the same page that nobody knows the end of; a version that
    one of them stored is one the person has seen. carried_year: the year whose answer this is, to
    be confirmed; None for what a person has typed.
    """

    question: QuestionRow
    fields: Entered
    note: str | None
    save_id: UUID | None = None
    unconfirmed: frozenset[UUID] = frozenset()
    carried_year: int | None = None


@dataclass(slots=True)
class _Stored:
    pk: int | None
    version: int
    entered: Entered
    note: str
    carried_year: int | None = None

    def told(self) -> dict[str, object]:
        """As the audit trail tells it."""
        content: dict[str, object] = {"entered": dict(self.entered), "note": self.note}
        return content if self.carried_year is None else content | {"dibawa": self.carried_year}


def save_answer(
    *, assessment: Assessment, new: NewAnswer, seen_version: int, by: User
) -> SavedAnswer:
    """Store one answer and bring the assessment's score up to date.

    assessment: just read, before anything else, with the head of its audit chain
    (`Assessment.objects.with_chain()`, or `.locked()` in a transaction). Everything is read and
    computed first; the transaction only writes, and begins with the head, so that others wait for
    it as little as can be. seen_version: the version the person had on screen, 0 for none.

    A save that would store what is already there changes nothing and keeps the version, so a
    repeat after a lost response is harmless; but of an answer that was carried over it is the
    confirmation, and changes that. Raises AssessmentLocked when the answer cannot be
    edited now, InvalidEntry for what is not on the question's scale, StaleAnswer when another
    text was saved meanwhile, ChainMoved when anything about the assessment changed since it was
    read (not where it was locked); none of them changes anything.
    """
    require_filling_open(assessment, timezone.now(), question_id=new.question.pk)
    worksheet = load_worksheet(assessment.instrument_id)
    entries, stored = _load(worksheet, _rows_with_note_of(new.question.pk, assessment.pk))
    current = stored.get(new.question.pk) or _Stored(None, 0, {}, "")
    try:
        entered, note = _merge(worksheet, current, new)
    except InvalidEntry:
        # What is not on the scale may be so only beside what somebody else has saved meanwhile.
        _require_seen(assessment, current, new, seen_version, by)
        raise
    carried = frozenset(pk for pk, row in stored.items() if row.carried_year is not None)
    is_same = entered == current.entered and note == current.note
    if is_same and current.carried_year is None:
        evaluation = worksheet.evaluate(entries)
        return SavedAnswer(current.version, entered, note, None, evaluation, carried)
    _require_seen(assessment, current, new, seen_version, by)
    entries[new.question.code] = entered
    evaluation = worksheet.evaluate(entries)
    fields = score_fields(worksheet, evaluation)
    with transaction.atomic():
        now = timezone.now()  # its turn has come, on SQLite up to 20 s after it was asked for
        require_filling_open(assessment, now)
        version = _store(assessment, new, current, entered, note, by, now)
        store_score(assessment, Tier.MANDIRI, fields)
    carried -= {new.question.pk}
    return SavedAnswer(version, entered, note, now, evaluation, carried)


def save_answers(*, assessment: Assessment, new: Iterable[NewAnswer], by: User) -> int:
    """Store many answers at once (an imported workbook, last year's answers), whatever their
    versions; all or nothing. Returns how many changed; what is there already does not, and so is
    not confirmed by it.

    assessment: locked in the caller's transaction. Raises AssessmentLocked and InvalidEntry as
    `save_answer`.
    """
    now = timezone.now()
    require_filling_open(assessment, now)
    worksheet = load_worksheet(assessment.instrument_id)
    entries, stored = _load(worksheet, _rows(assessment.pk))
    changed = 0
    for each in new:
        current = stored.get(each.question.pk) or _Stored(None, 0, {}, "")
        entered, note = _merge(worksheet, current, each)
        if entered == current.entered and note == current.note:
            continue
        require_filling_open(assessment, now, question_id=each.question.pk)
        _store(assessment, each, current, entered, note, by, now)
        entries[each.question.code] = entered
        changed += 1
    if changed:
        refresh_score(assessment, Tier.MANDIRI, entries)
    return changed


def _load(worksheet: Worksheet, rows: Iterable[Row]) -> tuple[Entries, dict[int, _Stored]]:
    """All entries for scoring, and the stored rows by question."""
    by_pk = worksheet.by_pk
    entries: Entries = {}
    stored: dict[int, _Stored] = {}
    for question_id, pk, version, text, carried_year, note in rows:
        entered = entries[by_pk[question_id].code] = parse_entered(text)
        stored[question_id] = _Stored(pk, version, entered, note, carried_year)
    return entries, stored


def _rows(assessment_id: UUID, note: Case | str = "note") -> QuerySet[Answer, Row]:
    return Answer.objects.filter(assessment_id=assessment_id).values_list(
        "question_id", "pk", "version", ENTERED_TEXT, "carried_year", note
    )


def _rows_with_note_of(question_id: int, assessment_id: UUID) -> list[Row]:
    """All rows, with "" for every note but one: a note may be thousands of characters.

    The statement is composed once in a process: that takes four times as long as running it.
    """
    key = Assessment._meta.pk.get_db_prep_value(assessment_id, connection)
    with connection.cursor() as cursor:
        cursor.execute(_statement_with_one_note(connection.vendor), (question_id, "", key))
        rows: list[Row] = cursor.fetchall()
    return rows


@cache
def _statement_with_one_note(_vendor: str) -> str:
    """Its parameters: question, what stands for the other notes, assessment."""
    note = Case(When(question_id=0, then=F("note")), default=Value(""), output_field=TextField())
    statement, _ = _rows(UUID(int=0), note).query.sql_with_params()
    return statement


def _merge(worksheet: Worksheet, current: _Stored, new: NewAnswer) -> tuple[Entered, str]:
    """What would stand after the save. Raises InvalidEntry."""
    note = current.note if new.note is None else new.note
    if not new.fields:
        return current.entered, note
    return merged_entry(worksheet, new.question.code, current.entered, new.fields), note


def _require_seen(
    assessment: Assessment, current: _Stored, new: NewAnswer, seen_version: int, by: User
) -> None:
    """Raise StaleAnswer unless the person had the stored version on screen, or stored it."""
    if current.version in (0, seen_version) or _is_own(current, new, by):
        return
    raise StaleAnswer(
        Answer.objects.select_related("saved_by").get(
            assessment=assessment, question_id=new.question.pk
        )
    )


def _is_own(current: _Stored, new: NewAnswer, by: User) -> bool:
    """The stored version came from this page of the person; only the response to it was lost."""
    if not new.unconfirmed:
        return False
    return AnswerChange.objects.filter(
        answer_id=current.pk, version=current.version, save_id__in=new.unconfirmed, by_id=by.pk
    ).exists()


def _store(
    assessment: Assessment,
    new: NewAnswer,
    current: _Stored,
    entered: Entered,
    note: str,
    by: User,
    now: datetime,
) -> int:
    """Write the audit event, the answer and its history row; returns the new version."""
    version = current.version + 1
    after = _Stored(current.pk, version, entered, note, new.carried_year)
    record(
        chain=assessment.audit_chain,
        action="jawaban",
        subject=new.question.code,
        by=by,
        before=current.told() if current.version else None,
        after=after.told(),
    )
    fields = {
        "entered": dict(entered),
        "note": note,
        "version": version,
        "carried_year": new.carried_year,
        "saved_by_id": by.pk,
        "saved_at": now,
    }
    if current.pk is None:
        answer = Answer(assessment_id=assessment.pk, question_id=new.question.pk, **fields)
        insert_row(answer)
        answer_pk = answer.pk
    else:
        answer_pk = current.pk
        update_rows(Answer, {"id": answer_pk}, fields)
    change = AnswerChange(
        answer_id=answer_pk,
        version=version,
        entered=dict(entered),
        note=note,
        carried_year=new.carried_year,
        by_id=by.pk,
        at=now,
        save_id=new.save_id,
    )
    insert_row(change)
    return version
