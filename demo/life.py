"""The life of one assessment, told act by act to whoever writes it down.

What happens is what the services allow, in the order of time; tests/demo has the services
themselves live through it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Protocol

from accounts.models import User
from assessments.enums import Target, Verdict
from assessments.needs import listed_documents
from assessments.worksheet import QuestionRow, Worksheet
from demo.calendar import Clock
from demo.fates import Fate, Lot
from demo.sheets import Entries, Entry, SheetMaker, percent_of
from demo.words import Words
from evidence.models import EvidenceFile


class Scribe(Protocol):
    """Who writes the acts down: `assessments.services.bulk.LifeRecorder`, or the services."""

    def open(self, *, target: Target, by: User, at: datetime) -> None: ...

    def save_answer(
        self,
        *,
        question: QuestionRow,
        entered: Mapping[str, str],
        note: str,
        by: User,
        at: datetime,
    ) -> None: ...

    def attach_evidence(
        self, *, question: QuestionRow, file: EvidenceFile, by: User, at: datetime, document: str
    ) -> None: ...

    def submit(self, *, by: User, at: datetime) -> None: ...

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
    ) -> None: ...

    def return_to_operator(self, *, note: str, by: User, at: datetime) -> None: ...

    def approve(self, *, by: User, at: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of one assessment; head: of the satker, chief: of the reviewing team."""

    operator: User
    head: User
    reviewer: User
    chief: User


# For each fate the parts of the time until today, in percent: filling from and to, reviewing
# from and to, repairing, reviewing again.
_SPANS: Mapping[Fate, tuple[int, ...]] = {
    Fate.BEGUN: (70, 100),
    Fate.HALF: (30, 98),
    Fate.NEARLY: (15, 100),
    Fate.READY: (10, 97),
    Fate.SUBMITTED: (12, 92),
    Fate.RESUBMITTED: (8, 55, 60, 78, 96),
    Fate.IN_REVIEW: (8, 76, 84, 100),
    Fate.REVIEWED: (6, 70, 78, 98),
    Fate.RETURNED: (8, 64, 72, 94),
    Fate.REPAIRING: (5, 58, 66, 86, 99),
    Fate.APPROVED: (4, 52, 60, 80),
    Fate.APPROVED_AFTER_RETURN: (3, 42, 48, 60, 70, 82),
}
_RETURNED_ONCE = frozenset(
    {Fate.RESUBMITTED, Fate.RETURNED, Fate.REPAIRING, Fate.APPROVED_AFTER_RETURN}
)
_LEFT_OPEN = 13  # of the questions, in a draft that is nearly complete
_UNPROVED = 6  # answers without their evidence, in the same

# Percent of the questions that are not "sesuai", from and to.
_STRICTNESS = (5, 18)
_NOTHING_GRANTED = 30  # percent of those
_WRITTEN_TWICE = 6  # percent of the answers
_SAME_FILE_AGAIN = 75  # percent of the answers that the last file of the page proves too
_REPAIRED = 88  # percent of the marked questions


class Life:
    """One assessment from its opening until today."""

    def __init__(
        self,
        *,
        rng: Random,
        lot: Lot,
        worksheet: Worksheet,
        sheets: SheetMaker,
        cast: Cast,
        clock: Clock,
        words: Words,
        scribe: Scribe,
        put_file: Callable[[str, User, datetime], EvidenceFile],
    ) -> None:
        """put_file: title, by whom and when, to a file of the satker in the vault."""
        self.rng = rng
        self.lot = lot
        self.worksheet = worksheet
        self.sheets = sheets
        self.cast = cast
        self.clock = clock
        self.words = words
        self.scribe = scribe
        self.put_file = put_file
        self.entries: Entries = {}
        self.percents: dict[str, int] = {}
        self.marked: list[QuestionRow] = []
        self.repaired: list[QuestionRow] = []

    def live(self) -> None:
        """Everything that has happened; the lot is one of those that were opened."""
        fate = self.lot.fate
        span = _SPANS[fate]
        self._fill(*span[:2])
        if len(span) > 2 or fate == Fate.SUBMITTED:
            self._submit()
        if len(span) == 2:
            return
        self._review(span[2], span[3])
        if fate in _RETURNED_ONCE:
            self.scribe.return_to_operator(
                note=self.words.on_return(), by=self.cast.chief, at=self.clock.tick(900, 9000)
            )
        if len(span) > 4:
            self._repair(span[4])
        if fate in {Fate.RESUBMITTED, Fate.APPROVED_AFTER_RETURN}:
            self._submit()
        if fate == Fate.APPROVED_AFTER_RETURN:
            self._judge_repairs(span[5])
        if fate in {Fate.APPROVED, Fate.APPROVED_AFTER_RETURN}:
            self.scribe.approve(by=self.cast.chief, at=self.clock.tick(900, 9000))

    # The satker fills ---------------------------------------------------------------------

    def _fill(self, start: int, end: int) -> None:
        sheet = self.sheets.fill(self.rng, self.lot.aim)
        self.percents = self.sheets.percents(sheet)
        answered = self._answered_questions()
        unproved = self._unproved(answered)
        self.clock.go_to(start)
        self.scribe.open(target=self.lot.target, by=self.cast.operator, at=self.clock.tick())
        for session, questions in self._sessions(answered, start, end):
            self.clock.go_to(session)
            file: EvidenceFile | None = None
            for question in questions:
                document = self.words.document_of(question)
                self._answer(question, sheet[question.code], document)
                if not self._needs_file(question) or question.code in unproved:
                    continue
                new = file is None or self.rng.randrange(100) >= _SAME_FILE_AGAIN
                if new:
                    file = self.put_file(document, self.cast.operator, self.clock.tick(5, 40))
                self._attach(question, file, document if new else "")

    def _answered_questions(self) -> list[QuestionRow]:
        """In the order of the sheet, those that have been answered by today."""
        questions = list(self.worksheet.questions)
        match self.lot.fate:
            case Fate.BEGUN:
                return questions[: self.rng.randint(6, 24)]
            case Fate.HALF:
                count = self.rng.randint(len(questions) * 2 // 5, len(questions) * 4 // 5)
                return sorted(self.rng.sample(questions, count), key=_position)
            case Fate.NEARLY:
                leaving = [question for question in questions if question.page != "hasil"]
                left = {question.code for question in self.rng.sample(leaving, _LEFT_OPEN)}
                return [question for question in questions if question.code not in left]
        return questions

    def _unproved(self, answered: list[QuestionRow]) -> set[str]:
        """Codes of answers whose evidence is still to come; none once a sheet is complete."""
        needing = [question.code for question in answered if self._needs_file(question)]
        match self.lot.fate:
            case Fate.NEARLY:
                return set(self.rng.sample(needing, _UNPROVED))
            case Fate.BEGUN | Fate.HALF:
                return set(self.rng.sample(needing, len(needing) // 3))
        return set()

    def _sessions(
        self, questions: Iterable[QuestionRow], start: int, end: int
    ) -> list[tuple[int, list[QuestionRow]]]:
        """The questions page by page, each page with its part of the time."""
        pages: dict[str, list[QuestionRow]] = {}
        for question in questions:
            pages.setdefault(question.page, []).append(question)
        steps = max(1, len(pages) - 1)
        return [
            (start + (end - start) * number // steps, page)
            for number, page in enumerate(pages.values())
        ]

    def _answer(self, question: QuestionRow, entry: Entry, document: str) -> None:
        note = self.words.on_answer(question, self.percents[question.code], document)
        if self.rng.randrange(100) < _WRITTEN_TWICE:
            first = self.sheets.lowered(question.code, entry, to_bottom=False)
            if first != entry:
                self._save(question, first, "")
        self._save(question, entry, note)

    def _save(self, question: QuestionRow, entry: Entry, note: str) -> None:
        self.entries[question.code] = entry
        self.scribe.save_answer(
            question=question, entered=entry, note=note, by=self.cast.operator, at=self.clock.tick()
        )

    def _needs_file(self, question: QuestionRow) -> bool:
        return question.evidence_required and self.percents[question.code] > 0

    def _attach(self, question: QuestionRow, file: EvidenceFile, document: str) -> None:
        """document: what the file is, which ticks it off the question's list."""
        self.scribe.attach_evidence(
            question=question,
            file=file,
            by=self.cast.operator,
            at=self.clock.tick(5, 40),
            document=document if document in listed_documents(question) else "",
        )

    def _submit(self) -> None:
        self.scribe.submit(by=self.cast.head, at=self.clock.tick(1800, 14400))

    # The reviewers judge ------------------------------------------------------------------

    def _review(self, start: int, end: int) -> None:
        strictness = self.rng.randint(*_STRICTNESS)
        questions = list(self.worksheet.questions)
        if self.lot.fate == Fate.IN_REVIEW:
            part = self.rng.randint(30, 80)
            questions = questions[: len(questions) * part // 100]
        for session, page in self._sessions(questions, start, end):
            self.clock.go_to(session)
            for question in page:
                self._judge(question, strictness)
        if self.lot.fate in _RETURNED_ONCE and not self.marked:
            self._judge(self._worth_something(), 100)

    def _judge(self, question: QuestionRow, strictness: int) -> None:
        """A verdict, below "sesuai" in that many percent; nothing can be taken from a 0."""
        entry = self.entries[question.code]
        to_bottom = self.rng.randrange(100) < _NOTHING_GRANTED
        granted = self.sheets.lowered(question.code, entry, to_bottom=to_bottom)
        if granted == entry or self.rng.randrange(100) >= strictness:
            self._give(question, Verdict.SESUAI, {}, self.words.on_fit(), marked=False)
            return
        # Where the reviewers mean to approve, the satker is not asked for a repair.
        marked = self.lot.fate != Fate.APPROVED
        verdict = Verdict.TIDAK_SESUAI if to_bottom else Verdict.KURANG_SESUAI
        note = self.words.on_verdict(question, is_nothing_granted=to_bottom)
        self._give(question, verdict, granted, note, marked=marked)
        if marked:
            self.marked.append(question)

    def _give(
        self, question: QuestionRow, verdict: Verdict, entered: Entry, note: str, *, marked: bool
    ) -> None:
        self.scribe.save_verification(
            question=question,
            verdict=verdict,
            entered=entered,
            note=note,
            reason=self.words.reason_of(question) if entered else "",
            marked=marked,
            by=self.cast.reviewer,
            at=self.clock.tick(),
        )

    def _worth_something(self) -> QuestionRow:
        return next(each for each in self.worksheet.questions if self.percents[each.code])

    def _judge_repairs(self, session: int) -> None:
        self.clock.go_to(session)
        for question in self.repaired:
            self._give(question, Verdict.SESUAI, {}, self.words.on_fit(), marked=False)

    # The satker repairs -------------------------------------------------------------------

    def _repair(self, session: int) -> None:
        """New evidence for the marked questions, or a more modest answer."""
        self.clock.go_to(session)
        marked = self.marked
        if self.lot.fate == Fate.REPAIRING:
            marked = marked[: -(-len(marked) // 2)]
        for question in marked:
            if self.repaired and self.rng.randrange(100) >= _REPAIRED:
                continue
            entry = self.entries[question.code]
            if self.rng.randrange(2):
                entry = self.sheets.lowered(question.code, entry, to_bottom=False)
                self.percents[question.code] = percent_of(self.worksheet, question.code, entry)
            document = self.words.document_of(question)
            self._save(question, entry, self.words.on_repair(document))
            if self._needs_file(question):
                file = self.put_file(document, self.cast.operator, self.clock.tick(5, 40))
                self._attach(question, file, document)
            self.repaired.append(question)


def _position(question: QuestionRow) -> int:
    return question.position
