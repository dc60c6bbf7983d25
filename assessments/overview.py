"""The overview of one assessment: how it stands, what is missing, where it is on its way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from assessments.enums import EDITABLE, Action, FindingKind, Status, Tier
from assessments.findings import Finding, build_findings
from assessments.models import Assessment, Snapshot, Transition, Verification
from assessments.open_tasks import words_of_open
from assessments.repair_progress import load_repairs
from assessments.services.checks import load_facts
from assessments.standing import Standing, build_standing
from assessments.worksheet import (
    HASIL,
    QuestionRow,
    Worksheet,
    load_answers,
    load_worksheet,
    verified_entries,
)
from common.dates import print_date, print_moment

CODES_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Todo:
    """One kind of thing that is missing, with links to the first few places."""

    title: str
    first: QuestionRow
    questions: tuple[QuestionRow, ...]

    @property
    def shown(self) -> tuple[QuestionRow, ...]:
        return self.questions[:CODES_SHOWN]

    @property
    def by_page(self) -> tuple[tuple[str, tuple[QuestionRow, ...]], ...]:
        """("Area 5", its questions), area by area, each in the order of the sheet."""
        pages: dict[str, list[QuestionRow]] = {}
        for question in sorted(self.questions, key=lambda each: each.page):
            label = "Hasil" if question.page == HASIL else f"Area {question.page}"
            pages.setdefault(label, []).append(question)
        return tuple((label, tuple(questions)) for label, questions in pages.items())

    @property
    def more(self) -> int:
        return len(self.questions) - len(self.shown)


@dataclass(frozen=True, slots=True)
class Overview:
    """standing: the satker's own score. verified: the reviewer's, None before any verdict.

    repair: the questions a return asks to repair, None in every other status. to_confirm: answers
    carried over from an earlier year that nobody has confirmed yet. warnings: of the check before
    sending. open_now: what is still to do, in words, by question key. answered: codes of
    questions with an answer, complete or not.
    """

    standing: Standing
    verified: Standing | None
    verdicts: int
    difference: Fraction | None
    todos: tuple[Todo, ...]
    warnings: tuple[Finding, ...]
    repair: Todo | None
    steps: tuple[tuple[str, str, str], ...]
    transitions: tuple[Transition, ...]
    submission: Snapshot | None
    to_confirm: int
    open_now: Mapping[int, str]
    answered: frozenset[str]

    @property
    def work(self) -> tuple[Todo, ...]:
        """What the satker has before it: what to repair, then what is missing."""
        return ((self.repair,) if self.repair else ()) + self.todos

    @property
    def asking(self) -> tuple[Todo, ...]:
        """Warnings that want a reason, by kind."""
        return _by_kind([finding for finding in self.warnings if finding.asks])

    @property
    def asking_count(self) -> int:
        return sum(finding.asks for finding in self.warnings)

    @property
    def explained(self) -> tuple[Finding, ...]:
        """Warnings with a reason."""
        return tuple(finding for finding in self.warnings if not finding.asks)

    @property
    def return_note(self) -> Transition | None:
        """The latest return, while nothing newer was sent."""
        steps = [step for step in self.transitions if step.action != Action.EXTEND]
        return steps[-1] if steps and steps[-1].action == Action.RETURN else None


def build_overview(assessment: Assessment, *, warnings: bool = False) -> Overview:
    """Everything the overview shows, in six queries at most; in four before it was sent.

    warnings: with those of the check before sending, for two queries more, three where the team
    has coordinators.
    """
    worksheet = load_worksheet(assessment.instrument_id)
    findings: Sequence[Finding] = ()
    if assessment.status in EDITABLE:
        facts = load_facts(worksheet, assessment, warnings=warnings)
        entries, carried = facts.entries, facts.carried
        findings = build_findings(worksheet, facts)
    else:
        entries, carried = load_answers(worksheet, assessment.pk)
    standing = build_standing(worksheet, worksheet.evaluate(entries), assessment.target)
    reviewed = _reviewed(worksheet, assessment)
    repair, repairs = None, load_repairs(assessment)
    if repairs is not None:
        done = sum(repairs.values())
        marked = [worksheet.by_code[code] for code, *_, marked in reviewed if marked]
        repair = _repair(marked, done)
    verified = None
    if reviewed:
        counting = verified_entries(entries, (each[:3] for each in reviewed))
        verified = build_standing(worksheet, worksheet.evaluate(counting), assessment.target)
    transitions = tuple(assessment.transitions.select_related("by"))
    return Overview(
        standing=standing,
        verified=verified,
        verdicts=len(reviewed),
        difference=verified.total.points - standing.total.points if verified else None,
        todos=build_todos(findings),
        warnings=tuple(f for f in findings if not f.blocks) if warnings else (),
        repair=repair,
        steps=_steps(assessment),
        transitions=transitions,
        submission=_submission(assessment),
        to_confirm=len(carried),
        open_now=words_of_open(findings, repairs),
        answered=frozenset(code for code, entered in entries.items() if entered),
    )


def _reviewed(
    worksheet: Worksheet, assessment: Assessment
) -> tuple[tuple[str, str, Mapping[str, str], bool], ...]:
    """Codes of the questions with a verdict, the verdict, what the reviewer entered, and whether
    it asks for a repair."""
    if assessment.submitted_at is None:
        return ()
    rows = Verification.objects.filter(assessment=assessment, tier=Tier.PENDAHULUAN)
    found = rows.exclude(verdict="").values_list("question_id", "verdict", "entered", "marked")
    return tuple((worksheet.by_pk[pk].code, *told) for pk, *told in found)


def _submission(assessment: Assessment) -> Snapshot | None:
    """What was sent last."""
    if assessment.submitted_at is None:
        return None
    return assessment.snapshots.filter(action=Action.SUBMIT).order_by("round").last()


def build_todos(findings: Sequence[Finding]) -> tuple[Todo, ...]:
    """What stands in the way, grouped by kind, each in the order of the sheet."""
    kinds = {
        FindingKind.ANSWER: "pertanyaan belum dijawab",
        FindingKind.EVIDENCE: "jawaban tanpa bukti wajib",
        FindingKind.CONFIRMATION: "jawaban tahun lalu belum dikonfirmasi",
        FindingKind.FIGURES: "pertanyaan dengan angka yang tidak mungkin",
        FindingKind.VERDICT: "pertanyaan belum diverifikasi",
    }
    todos = []
    for kind, words in kinds.items():
        questions = tuple(each.question for each in findings if each.kind == kind)
        if questions:
            todos.append(Todo(f"{len(questions)} {words}", questions[0], questions))
    return tuple(todos)


def _by_kind(findings: Sequence[Finding]) -> tuple[Todo, ...]:
    kinds = dict.fromkeys(finding.kind for finding in findings)
    todos = []
    for kind in sorted(kinds, key=list(FindingKind).index):
        questions = tuple(each.question for each in findings if each.kind == kind)
        todos.append(Todo(f"{kind.label} ({len(questions)})", questions[0], questions))
    return tuple(todos)


def _repair(marked: Sequence[QuestionRow], done: int) -> Todo | None:
    """done: how many were changed since the return."""
    questions = tuple(sorted(marked, key=lambda each: each.position))
    if not questions:
        return None
    title = f"{len(questions)} pertanyaan diminta diperbaiki"
    if done:
        title = f"{title}, {done} sudah diubah"
    return Todo(title, questions[0], questions)


def _steps(assessment: Assessment) -> tuple[tuple[str, str, str], ...]:
    """The stages for the timeline: (label, detail, done | now | next)."""
    zone, period = assessment.satker.zone, assessment.period
    verifier = assessment.satker.verifier

    def when(at: datetime | None) -> str:
        return "" if at is None else print_moment(at, zone)

    filling = "now" if assessment.status in EDITABLE else "done"
    reviewing = "next"
    if assessment.status in {Status.SUBMITTED, Status.IN_REVIEW}:
        reviewing = "now"
    elif assessment.status == Status.APPROVED:
        reviewing = "done"
    sent_to = verifier.name if verifier else "pusat"
    if assessment.status == Status.RETURNED:
        own = (
            ("Perbaikan", f"Pernah dikirim {when(assessment.submitted_at)}", "now"),
            (f"Dikirim lagi ke {sent_to}", f"Paling lambat {when(assessment.deadline)}", "next"),
        )
    else:
        own = (
            ("Pengisian", f"Sejak {print_date(assessment.opened_at, zone)}", filling),
            (
                f"Dikirim ke {sent_to}",
                when(assessment.submitted_at) or f"Paling lambat {when(assessment.deadline)}",
                "next" if filling == "now" else "done",
            ),
        )
    return (
        *own,
        ("Penilaian pendahuluan", f"Sampai {print_date(period.review_until, zone)}", reviewing),
        (
            "Disetujui",
            when(assessment.approved_at),
            "done" if assessment.status == Status.APPROVED else "next",
        ),
    )
