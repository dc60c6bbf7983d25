"""What a satker changed between two submissions, question by question."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from assessments.answer_words import short_answer
from assessments.models import Assessment
from assessments.services.snapshots import submissions
from assessments.worksheet import QuestionRow, Worksheet
from common.words import mark_differences

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """What the satker changed since the round before. Answers in words, "" where they are the
    same; notes with the differing words marked; file names."""

    round: int
    answer_before: str
    answer_after: str
    note_before: SafeString
    note_after: SafeString
    note_changed: bool
    added: tuple[str, ...]
    removed: tuple[str, ...]


def last_two_submissions(assessment: Assessment) -> tuple[Content, Content]:
    """What was sent in the round before and last; {} for what was never sent. One query."""
    *_, before, after = ({}, {}, *submissions(assessment))
    return before, after


def build_difference(
    worksheet: Worksheet,
    question: QuestionRow,
    before: Content,
    after: Content,
) -> Difference:
    old, new = sent_answer(before, question), sent_answer(after, question)
    answers = [short_answer(worksheet, question, each.get("entered", {})) for each in (old, new)]
    same_answer = old.get("entered", {}) == new.get("entered", {})
    notes = old.get("note", ""), new.get("note", "")
    marked = mark_differences(*notes)
    return Difference(
        round=before["round"],
        answer_before="" if same_answer else answers[0],
        answer_after="" if same_answer else answers[1],
        note_before=marked[0],
        note_after=marked[1],
        note_changed=notes[0] != notes[1],
        added=_missing_from(old, new),
        removed=_missing_from(new, old),
    )


def sent_answer(content: Content, question: QuestionRow) -> Content:
    """What a submission held for a question."""
    return content.get("answers", {}).get(question.code, {}) if content else {}


def _missing_from(one: Content, other: Content) -> tuple[str, ...]:
    """Names of the files that the other answer has and this one lacks."""
    known = {file["id"] for file in one.get("evidence", [])}
    return tuple(file["name"] for file in other.get("evidence", []) if file["id"] not in known)
