"""What a check of a sheet finds, question by question: errors that stand in the way of sending,
and warnings that ask for a reason (decision 45).

The one list of these rules. Computed from facts that are at hand (`services.checks` loads them),
so that the findings page, the overview, the submission, and the reviewer's desk say the same.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import scoring
from assessments.check_rules import CheckRules, load_check_rules
from assessments.enums import BLOCKING, AnswerKind, FindingKind
from assessments.worksheet import Entries, QuestionRow, Worksheet
from common.dates import print_date

FILES_NAMED = 3


@dataclass(frozen=True, slots=True)
class FileFacts:
    """An attached file. dated: of the document. until: its last day of validity."""

    key: str
    label: str
    dated: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class GivenReason:
    """facts: of the finding it was given for."""

    facts: str
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """All that findings are computed from; by the keys of questions, entries by code.

    noted: answers with a note. year: of the period. today: in the satker's zone.
    fixed: questions that a return does not open. missing_documents: required documents that
    nothing attached covers. unchecked: answers that nobody of the team has checked.
    """

    year: int
    today: date
    entries: Entries
    carried: frozenset[int] = frozenset()
    noted: frozenset[int] = frozenset()
    files: Mapping[int, tuple[FileFacts, ...]] = field(default_factory=dict)
    fixed: frozenset[int] = frozenset()
    missing_documents: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    unchecked: frozenset[int] = frozenset()
    reasons: Mapping[tuple[int, str], GivenReason] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing on one question. what: the facts in words, "" where the kind says it all.

    facts: fingerprint of what it was computed from; a reason given for other facts has lapsed.
    """

    kind: FindingKind
    question: QuestionRow
    what: str = ""
    facts: str = ""
    given: GivenReason | None = None

    @property
    def blocks(self) -> bool:
        return self.kind in BLOCKING

    @property
    def reason(self) -> GivenReason | None:
        """The reason that holds for it as it is now."""
        return self.given if self.given and self.given.facts == self.facts else None

    @property
    def lapsed(self) -> GivenReason | None:
        """A reason that was given before the facts changed."""
        return self.given if self.given and self.given.facts != self.facts else None

    @property
    def asks(self) -> bool:
        """Whether it still wants a reason."""
        return not self.blocks and self.reason is None


def build_findings(worksheet: Worksheet, facts: SheetFacts) -> tuple[Finding, ...]:
    """Everything on every question, in the order of the sheet. Asks the database nothing."""
    rules = load_check_rules(worksheet.code)
    return tuple(
        finding
        for question in worksheet.questions
        for finding in question_findings(worksheet, question, facts, rules)
    )


def question_findings(
    worksheet: Worksheet, question: QuestionRow, facts: SheetFacts, rules: CheckRules | None = None
) -> Iterator[Finding]:
    """What is found on one question."""
    rules = load_check_rules(worksheet.code) if rules is None else rules
    entered = facts.entries.get(question.code, {})
    value = scoring.value_of(worksheet.item(question.code), entered)
    files = facts.files.get(question.pk, ())
    if value is None:
        yield Finding(FindingKind.ANSWER, question)
    elif value > 0 and question.evidence_required and not files:
        yield Finding(FindingKind.EVIDENCE, question)
    if question.pk in facts.carried:
        yield Finding(FindingKind.CONFIRMATION, question)
    yield from _figures(worksheet, question, facts, rules)
    if value is None:
        return

    def warn(kind: FindingKind, what: str, *told: object) -> Finding:
        given = facts.reasons.get((question.pk, kind))
        return Finding(kind, question, what, _fingerprint(told), given)

    if question.kind == AnswerKind.CHOICE and value == 1 and question.pk not in facts.noted:
        yield warn(FindingKind.NOTE, "", entered)
    if old := [file for file in files if why_old(file, question, facts, rules)]:
        words = _named([f"{file.label} ({why_old(file, question, facts, rules)})" for file in old])
        yield warn(FindingKind.OLD, words, sorted(map(_told, old)))
    if undated := [file for file in files if file.dated is None and file.until is None]:
        words = _named([file.label for file in undated])
        yield warn(FindingKind.UNDATED, words, sorted(map(_told, undated)))
    if value > 0 and (missing := facts.missing_documents.get(question.pk)):
        yield warn(FindingKind.DOCUMENT, _named(list(missing)), entered, missing)
    if question.pk in facts.unchecked:
        yield warn(FindingKind.UNCHECKED, "", entered)


def why_old(file: FileFacts, question: QuestionRow, facts: SheetFacts, rules: CheckRules) -> str:
    """Why a document does not belong to the period, in words; "" where it does, or has no date.

    A document that says until when it holds is judged by that day alone: a decree of three
    years ago may be in force. What expired after the year has ended held all through it.
    """
    if file.until is not None:
        last_of_year = date(facts.year, 12, 31)
        expired = file.until < min(facts.today, last_of_year)
        return f"berlaku sampai {print_date(file.until)}" if expired else ""
    earliest = facts.year - 1 if question.code in rules.year_before else facts.year
    if file.dated is not None and file.dated.year < earliest:
        return f"bertanggal {print_date(file.dated)}"
    return ""


def _figures(
    worksheet: Worksheet, question: QuestionRow, facts: SheetFacts, rules: CheckRules
) -> Iterator[Finding]:
    """Counts that cannot all be true. What enters a formula over nothing is refused at saving.

    Where the answer cannot be changed any more it only asks for a reason.
    """
    entered = facts.entries.get(question.code, {})
    labels = {item.key: item.label for item in question.inputs}
    impossible, doubtful = [], []
    for rule in rules.parts.get(question.code, ()):
        if not all(key in entered for key in (*rule.parts, *rule.whole)):
            continue
        above = sum(int(entered[key]) for key in rule.parts)
        below = sum(int(entered[key]) for key in rule.whole)
        if above > below:
            words = f"{_sum(rule.parts, labels, above)}, padahal {_sum(rule.whole, labels, below)}"
            (doubtful if rule.asks_for_reason else impossible).append(words)
    others = []
    for same in rules.same.get(question.code, ()):
        other = facts.entries.get(same.as_question, {}).get(same.as_input)
        own = entered.get(same.input)
        if own is not None and other is not None and own != other:
            doubtful.append(
                f"“{labels[same.input]}” berisi {own} di sini dan {other} pada {same.as_question}"
            )
            others.append(other)
    if impossible and question.pk not in facts.fixed:
        yield Finding(FindingKind.FIGURES, question, "; ".join(impossible))
    elif impossible or doubtful:
        kind = FindingKind.FIGURES_DIFFER
        given = facts.reasons.get((question.pk, kind))
        told = _fingerprint((entered, others))
        yield Finding(kind, question, "; ".join(impossible or doubtful), told, given)


def _sum(keys: tuple[str, ...], labels: Mapping[str, str], total: int) -> str:
    """ "“Pengaduan selesai” berisi 9"; of several inputs with their sum."""
    named = [f"“{labels[key]}”" for key in keys]
    if len(named) == 1:
        return f"{named[0]} berisi {total}"
    return f"{', '.join(named[:-1])} dan {named[-1]} berjumlah {total}"


def _named(names: list[str]) -> str:
    """The first few by name."""
    more = len(names) - FILES_NAMED
    text = "; ".join(names[:FILES_NAMED])
    return f"{text}; dan {more} lagi" if more > 0 else text


def _told(file: FileFacts) -> list[str]:
    return [file.key, str(file.dated or ""), str(file.until or "")]


def _fingerprint(told: object) -> str:
    """Names the facts of a finding: as long as it is the same, a reason given for it holds."""
    text = json.dumps(told, sort_keys=True, default=dict)
    return hashlib.sha256(text.encode()).hexdigest()
