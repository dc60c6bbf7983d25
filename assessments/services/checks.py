"""What is found on a sheet: the facts are read here, the rules stand in `assessments.findings`."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db.models.functions import Left
from django.utils import timezone

from assessments.enums import EDITABLE, FindingKind, Status, Tier
from assessments.findings import (
    FileFacts,
    Finding,
    GivenReason,
    SheetFacts,
    build_findings,
)
from assessments.models import Answer, AnswerEvidence, Assessment, FindingReason, Verification
from assessments.needs import missing_documents
from assessments.services.snapshots import FileDates, load_sent_dates
from assessments.services.turns import marked_keys
from assessments.task_state import facts_of, unchecked_questions
from assessments.worksheet import ENTERED_TEXT, Worksheet, load_worksheet, parse_entered
from common.dates import local
from evidence.models import EvidenceFile

_ENOUGH_OF_A_NOTE = 200  # characters, to tell whether anything but blanks was written


def sheet_findings(assessment: Assessment, *, checks: bool = True) -> tuple[Finding, ...]:
    """Errors and warnings of the whole sheet, in its order. Four to six queries.

    checks: with the answers that nobody of the team has checked, for the satker's own people.
    """
    worksheet = load_worksheet(assessment.instrument_id)
    return build_findings(worksheet, load_facts(worksheet, assessment, checks=checks))


def submission_findings(assessment: Assessment) -> tuple[Finding, ...]:
    """What stands in the way of sending: open questions, answers above 0 without the evidence
    they need (decision 9), answers carried over that nobody has confirmed (decision 38), and
    figures that cannot be (decision 45). Two queries, after a return three."""
    worksheet = load_worksheet(assessment.instrument_id)
    facts = load_facts(worksheet, assessment, warnings=False)
    return tuple(finding for finding in build_findings(worksheet, facts) if finding.blocks)


def approval_findings(assessment: Assessment) -> tuple[Finding, ...]:
    """Questions without a verdict (decision 10)."""
    worksheet = load_worksheet(assessment.instrument_id)
    judged = frozenset(
        Verification.objects.filter(assessment=assessment, tier=Tier.PENDAHULUAN)
        .exclude(verdict="")
        .values_list("question_id", flat=True)
    )
    return tuple(
        Finding(FindingKind.VERDICT, question)
        for question in worksheet.questions
        if question.pk not in judged
    )


def load_facts(
    worksheet: Worksheet, assessment: Assessment, *, warnings: bool = True, checks: bool = True
) -> SheetFacts:
    """All that findings are computed from, in four queries; one more where the team has
    coordinators, and one more after a return.

    assessment: with satker and period. What was sent is judged as on the day it was sent.
    warnings: without, nothing is read that only warnings need: two queries less.
    checks: as `sheet_findings`; of a sheet that is sent nobody is told any more (decision 42).
    """
    checks = warnings and checks and assessment.status in EDITABLE
    answers = Answer.objects.filter(assessment=assessment).values_list(
        "question_id", ENTERED_TEXT, "carried_year", Left("note", _ENOUGH_OF_A_NOTE), "version"
    )
    entries, carried, noted, versions = {}, set(), set(), {}
    for pk, entered, year, note, version in answers:
        versions[pk] = version
        entries[worksheet.by_pk[pk].code] = parse_entered(entered)
        if year is not None:
            carried.add(pk)
        if note.strip():
            noted.add(pk)
    files, ticks = _files(assessment)
    return SheetFacts(
        year=assessment.period.year,
        today=day_of_check(assessment),
        entries=entries,
        carried=frozenset(carried),
        noted=frozenset(noted),
        files=files,
        fixed=_fixed(worksheet, assessment),
        missing_documents=missing_documents(worksheet.questions, ticks) if warnings else {},
        unchecked=_unchecked(assessment, versions, files) if checks else frozenset(),
        reasons=load_reasons(assessment) if warnings else {},
    )


def load_reasons(
    assessment: Assessment, *, question_id: int | None = None
) -> dict[tuple[int, str], GivenReason]:
    """By question key and kind of finding. One query. question_id: of this question alone."""
    rows = FindingReason.objects.filter(assessment=assessment)
    if question_id is not None:
        rows = rows.filter(question_id=question_id)
    columns = ("question_id", "kind", "facts", "reason", "by__name", "at")
    return {
        (pk, kind): GivenReason(facts, text, by, at)
        for pk, kind, facts, text, by, at in rows.values_list(*columns)
    }


def day_of_check(assessment: Assessment) -> date:
    """Today, or once it was sent the day of that, in the satker's zone."""
    sent = assessment.submitted_at if assessment.status not in EDITABLE else None
    return local(sent or timezone.now(), assessment.satker.zone).date()


def file_facts(file: EvidenceFile, dates: FileDates) -> FileFacts:
    """dates: as they were sent; of other files, those that are said of it now."""
    dated, until = dates.get(str(file.pk), (file.document_date, file.valid_until))
    return FileFacts(str(file.pk), file.label, dated, until)


def _unchecked(
    assessment: Assessment,
    versions: Mapping[int, int],
    files: Mapping[int, tuple[FileFacts, ...]],
) -> frozenset[int]:
    """What no coordinator has checked as it stands, from rows that are at hand."""
    facts = {
        pk: facts_of(versions.get(pk, 0), (UUID(file.key) for file in files.get(pk, ())))
        for pk in versions.keys() | files.keys()
    }
    return frozenset(unchecked_questions(assessment, facts=facts))


def _fixed(worksheet: Worksheet, assessment: Assessment) -> frozenset[int]:
    """After a return, the questions that nobody asked to repair."""
    if assessment.status != Status.RETURNED:
        return frozenset()
    return frozenset(worksheet.by_pk.keys() - marked_keys(assessment))


def _files(
    assessment: Assessment,
) -> tuple[dict[int, tuple[FileFacts, ...]], list[tuple[int, str]]]:
    """The files by question key, with their dates as they were sent; and the question key and
    document of each link. One query, once the sheet is sent two."""
    sent = load_sent_dates(assessment)
    links = AnswerEvidence.objects.filter(assessment=assessment)
    columns = ("file__title", "file__name", "file__document_date", "file__valid_until")
    files: dict[int, tuple[FileFacts, ...]] = {}
    ticks = []
    rows = links.values_list("question_id", "document", "file_id", *columns)
    for pk, document, file_id, title, name, dated, until in rows:
        ticks.append((pk, document))
        dates = sent.get(str(file_id), (dated, until))
        file = FileFacts(str(file_id), title or name, *dates)
        files[pk] = (*files.get(pk, ()), file)
    return files, ticks
