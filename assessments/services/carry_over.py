"""Last year's answers and evidence into this year's sheet, to be confirmed (decision 38)."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from assessments.enums import Status
from assessments.errors import CarryRefused
from assessments.models import Answer, AnswerEvidence, Assessment, QuestionMap, Snapshot
from assessments.needs import listed_documents
from assessments.services.answers import NewAnswer, save_answers
from assessments.services.attachments import FILES_PER_QUESTION, attach_evidence
from assessments.services.turns import require_filling_open
from assessments.services.version_maps import Source, load_continuation
from assessments.worksheet import QuestionRow
from common.dates import local
from evidence.models import EvidenceFile

Entered = Mapping[str, str]
# A file that was sent, its newest version, and what the snapshot tells of it.
SentFile = tuple[EvidenceFile, EvidenceFile, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class CarriedLine:
    """One answer that would be carried. files: those that are not attached yet, still valid, and
    fit, each in its newest version; expired: those whose last day has passed, which stay behind.
    replaced: those of the files that are newer than what was sent, each with what it replaces.
    documents: what each was said to be last year, by its id as text, where this year's question
    lists it too."""

    question: QuestionRow
    source: Source
    entered: Entered
    note: str
    files: tuple[EvidenceFile, ...]
    expired: tuple[EvidenceFile, ...]
    replaced: tuple[tuple[EvidenceFile, EvidenceFile], ...]
    documents: Mapping[str, str]

    @property
    def kind(self) -> QuestionMap.Kind:
        return self.source.kind


@dataclass(frozen=True, slots=True)
class CarryPlan:
    """What carrying over would do. answered: questions with an answer or a note of this year,
    which stay. new: questions that continue none. gone: old questions that none continues, with
    the reason. left_out: files that a question has no room for.
    """

    year: int
    lines: tuple[CarriedLine, ...]
    answered: tuple[QuestionRow, ...]
    new: tuple[QuestionRow, ...]
    gone: tuple[tuple[QuestionRow, str], ...]
    left_out: int

    @property
    def files(self) -> int:
        return sum(len(line.files) for line in self.lines)

    @property
    def expired(self) -> tuple[tuple[EvidenceFile, tuple[QuestionRow, ...]], ...]:
        """Each expired file with the questions it no longer supports."""
        found: dict[EvidenceFile, list[QuestionRow]] = {}
        for line in self.lines:
            for file in line.expired:
                found.setdefault(file, []).append(line.question)
        return tuple((file, tuple(questions)) for file, questions in found.items())

    @property
    def replaced(self) -> tuple[tuple[EvidenceFile, EvidenceFile, int], ...]:
        """Each newer version that would be attached, what it replaces, to how many questions."""
        pairs = Counter(pair for line in self.lines for pair in line.replaced)
        return tuple((*pair, count) for pair, count in pairs.items())

    def of(self, kind: QuestionMap.Kind) -> tuple[CarriedLine, ...]:
        return tuple(line for line in self.lines if line.kind == kind)


@dataclass(frozen=True, slots=True)
class CarriedOver:
    year: int
    answers: int
    files: int


def year_to_carry(assessment: Assessment, answered: Collection[str]) -> int | None:
    """The earlier year whose answers could still fill a question; None where there is none.

    answered: codes of the questions with an answer of this year. One query where the version is
    the same, two more for each version in between.
    """
    columns = ("assessment__period__year", "assessment__instrument_id")
    found = earlier_snapshots(assessment).values_list(*columns).first()
    if found is None:
        return None
    year, instrument_id = found
    continuation = load_continuation(instrument_id, assessment.instrument_id)
    if continuation is None:
        return None
    open_to_it = (continuation.new.by_pk[pk].code not in answered for pk in continuation.sources)
    return year if any(open_to_it) else None


def build_plan(assessment: Assessment) -> CarryPlan:
    """Work out what carrying over would do now. Nine queries at most between two versions in a
    row. Raises CarryRefused."""
    if assessment.status != Status.DRAFT:
        raise CarryRefused(
            "Jawaban tahun lalu hanya dapat dibawa sebelum penilaian dikirim untuk pertama kali."
        )
    snapshot = earlier_snapshots(assessment).select_related("assessment__period").first()
    if snapshot is None:
        raise CarryRefused("Satker ini belum pernah mengirim penilaian pada tahun sebelumnya.")
    year = snapshot.assessment.period.year
    continuation = load_continuation(snapshot.assessment.instrument_id, assessment.instrument_id)
    if continuation is None:
        raise CarryRefused(
            f"Penilaian {year} memakai instrumen lain yang pertanyaannya tidak dipetakan ke "
            "instrumen tahun ini, jadi jawabannya tidak dapat dibawa."
        )
    told: dict[str, Any] = json.loads(snapshot.content)["answers"]
    taken = _taken(assessment)
    files = _files(assessment, told)
    attached = set(
        AnswerEvidence.objects.filter(assessment=assessment).values_list("question_id", "file_id")
    )
    room = Counter(question for question, _ in attached)
    lines, answered, new, left_out = [], [], [], 0
    today = local(timezone.now(), assessment.satker.zone).date()
    for question in continuation.new.questions:
        source = continuation.sources.get(question.pk)
        if question.pk in taken:
            answered.append(question)
        elif source is None:
            new.append(question)
        elif (content := told.get(source.old.code, {})).get("entered"):
            sent = [(*files[e["id"]], e) for e in content.get("evidence", []) if e["id"] in files]
            # Two versions that were sent side by side are one now.
            missing = dict.fromkeys(
                newest for _, newest, _ in sent if (question.pk, newest.pk) not in attached
            )
            expired = tuple(file for file in missing if file.is_expired(today))
            valid = [file for file in missing if file not in expired]
            fitting = tuple(valid[: max(0, FILES_PER_QUESTION - room[question.pk])])
            left_out += len(valid) - len(fitting)
            lines.append(
                CarriedLine(
                    question=question,
                    source=source,
                    entered=content["entered"],
                    note=content.get("note", ""),
                    files=fitting,
                    expired=expired,
                    replaced=tuple(
                        (newest, old)
                        for old, newest, _ in sent
                        if newest != old and newest in fitting
                    ),
                    documents=_documents(question, sent),
                )
            )
    return CarryPlan(year, tuple(lines), tuple(answered), tuple(new), continuation.gone, left_out)


@transaction.atomic
def carry_over(*, assessment: Assessment, by: User) -> CarriedOver:
    """Store last year's answers where this year has none yet, each to be confirmed, and attach
    their evidence; all or nothing. A second time changes nothing.

    assessment: locked in the caller's transaction, with satker and period. Raises
    AssessmentLocked, CarryRefused.
    """
    require_filling_open(assessment, timezone.now())
    plan = build_plan(assessment)
    changed = save_answers(
        assessment=assessment,
        new=[
            NewAnswer(line.question, line.entered, line.note, carried_year=plan.year)
            for line in plan.lines
        ],
        by=by,
    )
    for line in plan.lines:
        for file in line.files:
            attach_evidence(
                assessment=assessment,
                question=line.question,
                file=file,
                by=by,
                document=line.documents.get(str(file.pk), ""),
            )
    return CarriedOver(plan.year, changed, plan.files)


def earlier_snapshots(assessment: Assessment) -> QuerySet[Snapshot]:
    """What this satker has sent in earlier years, the latest first: the year, then the round,
    then the later step of it."""
    return snapshots_before(assessment.satker_id, assessment.period.year)


def snapshots_before(satker: int, year: int) -> QuerySet[Snapshot]:
    return Snapshot.objects.filter(
        assessment__satker_id=satker, assessment__period__year__lt=year
    ).order_by("-assessment__period__year", "-round", "-pk")


def _taken(assessment: Assessment) -> frozenset[int]:
    """Questions with something of this year: an answer, part of one, or a note."""
    rows = Answer.objects.filter(assessment=assessment)
    told = rows.values_list("question_id", "entered", "note")
    return frozenset(question for question, entered, note in told if entered or note)


def _documents(question: QuestionRow, sent: Iterable[SentFile]) -> dict[str, str]:
    """What each file is said to be, by its id as text; a newer version, unless it was said to be
    something itself, what the older one was."""
    listed = listed_documents(question)
    documents: dict[str, str] = {}
    for old, newest, told in sent:
        document = told.get("document", "")
        if document in listed and (old == newest or str(newest.pk) not in documents):
            documents[str(newest.pk)] = document
    return documents


def _files(
    assessment: Assessment, told: Mapping[str, Any]
) -> dict[str, tuple[EvidenceFile, EvidenceFile]]:
    """The files that a snapshot names and that are this satker's, by their id as text, each with
    its newest version, which may be itself. One query."""
    keys = {UUID(file["id"]) for answer in told.values() for file in answer.get("evidence", [])}
    if not keys:
        return {}
    own = EvidenceFile.objects.filter(satker_id=assessment.satker_id)
    rows = {file.pk: file for file in own.filter(Q(pk__in=keys) | Q(replaces__isnull=False))}
    newer = {file.replaces_id: file for file in rows.values()}
    return {str(key): (rows[key], _newest(rows[key], newer)) for key in keys & rows.keys()}


def _newest(file: EvidenceFile, newer: Mapping[UUID | None, EvidenceFile]) -> EvidenceFile:
    """newer: by the key of the file that each replaces, which is always an earlier one."""
    while file.pk in newer:
        file = newer[file.pk]
    return file
