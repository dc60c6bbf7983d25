"""What is still to do on a sheet, question by question, and whose task that is.

The one definition of an open task: the list of a person's tasks, the overview and the reminders
all ask here.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from assessments.enums import FindingKind, Status
from assessments.findings import FileFacts, Finding, SheetFacts, question_findings
from assessments.models import Answer, AnswerEvidence, Assessment, Handling
from assessments.repair_progress import changed_since_return
from assessments.services.checks import day_of_check
from assessments.services.turns import repair_requests
from assessments.worksheet import QuestionRow, load_worksheet
from teams.team import Team

WORDS: Mapping[FindingKind, str] = {
    FindingKind.ANSWER: "belum dijawab",
    FindingKind.EVIDENCE: "belum ada bukti",
    FindingKind.CONFIRMATION: "perlu dikonfirmasi",
    FindingKind.FIGURES: "angka tidak mungkin",
}
NOT_REPAIRED = "belum diperbaiki"


def words_of_open(
    findings: Iterable[Finding], repairs: Mapping[int, bool] | None
) -> dict[int, str]:
    """What is still to do, in words, by question key: what stands in the way of sending, and after
    a return what was not repaired since. Nothing is open that a return does not open.

    repairs: `load_repairs` of the sheet.
    """
    found: dict[int, list[str]] = {}
    for question, done in (repairs or {}).items():
        if not done:
            found[question] = [NOT_REPAIRED]
    for finding in findings:
        key = finding.question.pk
        if finding.kind in WORDS and (repairs is None or key in repairs):
            found.setdefault(key, []).append(WORDS[finding.kind])
    return {question: ", ".join(words) for question, words in found.items()}


def tasks_of(
    user: User,
    team: Team,
    questions: Sequence[QuestionRow],
    holders: Mapping[int, User | None],
    *,
    returned: bool,
) -> list[QuestionRow]:
    """Those of the questions that are the person's: what was given to them; and of a returned
    sheet what nobody has in their pokja, or in one without people that they lead.

    holders: who has a question, by its key.
    """
    own = set(team.pokja_of(user))
    own |= {key for key in team.led_by(user) if not team.pokja[key].people}

    def is_own(question: QuestionRow) -> bool:
        holder = holders.get(question.pk)
        if holder is not None or not returned:
            return holder == user
        return question.page in own

    return [question for question in questions if is_own(question)]


def open_among(tasks: QuerySet[Handling]) -> list[Handling]:
    """Those of the given questions that are still open, of any number of sheets, in the order of
    the rows and with their sheets. Three queries, one where there are none."""
    of_task = {"assessment_id": OuterRef("assessment_id"), "question_id": OuterRef("question_id")}
    rows = tasks.select_related("assessment__satker", "assessment__period").annotate(
        marked=Exists(repair_requests().filter(**of_task)), changed=changed_since_return()
    )
    if not rows:
        return []
    is_task = Exists(tasks.order_by().filter(**of_task))
    answers = {(row.assessment_id, row.question_id): row for row in Answer.objects.filter(is_task)}
    files: dict[tuple[UUID, int], tuple[FileFacts, ...]] = {}
    for link in AnswerEvidence.objects.filter(is_task).select_related("file"):
        key, file = (link.assessment_id, link.question_id), link.file
        told = FileFacts(str(file.pk), file.label, file.document_date, file.valid_until)
        files[key] = (*files.get(key, ()), told)
    found = []
    for row in rows:
        key = (row.assessment_id, row.question_id)
        sheet = row.assessment
        repairs = None
        if sheet.status == Status.RETURNED:
            repairs = {row.question_id: row.changed} if row.marked else {}
        worksheet = load_worksheet(sheet.instrument_id)
        question = worksheet.by_pk[row.question_id]
        facts = _facts(sheet, question, answers.get(key), files.get(key, ()))
        if words_of_open(question_findings(worksheet, question, facts), repairs):
            found.append(row)
    return found


def _facts(
    sheet: Assessment, question: QuestionRow, answer: Answer | None, files: tuple[FileFacts, ...]
) -> SheetFacts:
    """Of one question, as far as what stands in the way of sending depends on them."""
    is_carried = answer is not None and answer.carried_year is not None
    return SheetFacts(
        year=sheet.period.year,
        today=day_of_check(sheet),
        entries={question.code: answer.entered if answer else {}},
        carried=frozenset({question.pk} if is_carried else ()),
        files={question.pk: files},
    )
