"""The page "Riwayat jawaban": every saved version of one answer, and what changed with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator

from accounts.models import User
from assessments.answer_words import entry_words
from assessments.models import Answer, AnswerChange
from assessments.worksheet import QuestionRow
from common.words import mark_differences

VERSIONS_ON_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class SavedVersion:
    """One version. was: the answer before it, "" where it is the same. note: as HTML, what is new
    in it marked. fields: what a form has to post to restore it. carried_year: the year it was
    carried over from, None for what a person has typed."""

    version: int
    by: User
    at: datetime
    was: str
    words: str
    note: str
    fields: Mapping[str, str]
    carried_year: int | None


def build_history(answer: Answer | None, question: QuestionRow, page: str | None) -> Page:
    """A page of versions, newest first. answer: None for one never saved."""
    rows = AnswerChange.objects.filter(answer=answer).select_related("by").order_by("-version")
    found = Paginator(rows, VERSIONS_ON_A_PAGE).get_page(page)
    shown = list(found.object_list)
    oldest = shown[-1].version - 1 if shown else 0
    befores = [*shown[1:], rows.filter(version=oldest).first() if oldest else None]
    found.object_list = [
        _version(question, row, before)
        for row, before in zip(shown, befores[: len(shown)], strict=True)
    ]
    return found


def _version(question: QuestionRow, row: AnswerChange, before: AnswerChange | None) -> SavedVersion:
    words = entry_words(question, row.entered)
    was = entry_words(question, before.entered) if before else words
    return SavedVersion(
        version=row.version,
        by=row.by,
        at=row.at,
        was="" if was == words else was,
        words=words,
        note=mark_differences(before.note, row.note)[1] if before else row.note,
        fields={name: row.entered.get(name, "") for name in question.field_names}
        | {"note": row.note},
        carried_year=row.carried_year,
    )
