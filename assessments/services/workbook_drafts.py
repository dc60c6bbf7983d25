"""A workbook uploaded by an operator: kept, previewed, then imported as it was previewed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.utils import timezone

import scoring
from accounts.models import User
from assessments.errors import WorkbookDraftGone, WorkbookToDecide
from assessments.models import Assessment, WorkbookImport
from assessments.services.answers import save_answers
from assessments.services.turns import require_filling_open
from assessments.services.workbook_plan import (
    Plan,
    PlannedAnswer,
    PointsDifference,
    build_plan,
    planned_evaluation,
    points_differences,
    refusal_of,
)
from assessments.workbook_json import reading_from_json, reading_to_json
from assessments.workbooks import WorkbookReading
from assessments.worksheet import load_worksheet
from audit.services import record
from common.text import has_control_characters

KEPT = timedelta(days=7)  # how long a preview waits for its confirmation
NAME_LENGTH = 200
_SECOND = timedelta(seconds=1)
TAKEN = "taken"  # in an imported reading: the versions it stored, by question code


class Choice(StrEnum):
    """Which of two answers is used where somebody saved one after the workbook was made."""

    WORKBOOK = "buku"
    STORED = "tersimpan"


@dataclass(frozen=True, slots=True)
class Preview:
    """What the import would do now.

    newer: codes of the answers that were saved after the workbook, so that somebody has to
    choose. foreign: the workbook was exported from another assessment. evaluation: with all of
    the workbook's answers.
    """

    draft: WorkbookImport
    reading: WorkbookReading
    plan: Plan
    newer: frozenset[str]
    foreign: bool
    evaluation: scoring.Evaluation
    differences: tuple[PointsDifference, ...]


def keep_draft(
    *, assessment: Assessment, reading: WorkbookReading, name: str, content: bytes, by: User
) -> WorkbookImport:
    """Keep what was read of a workbook, in place of what this person uploaded before.

    Raises WorkbookNotImported with every cell that cannot be taken over, AssessmentLocked; then
    the earlier upload stays.
    """
    now = timezone.now()
    with transaction.atomic():
        rows = Assessment.objects.locked().select_related("satker", "period", "instrument")
        locked = rows.get(pk=assessment.pk)
        require_filling_open(locked, now)
        plan = build_plan(locked, load_worksheet(locked.instrument_id), reading)
        if plan.faults:
            raise refusal_of(plan, reading)
        waiting = WorkbookImport.objects.filter(imported_at=None)
        waiting.filter(assessment=assessment, uploaded_by=by).delete()
        waiting.filter(uploaded_at__lt=now - KEPT).delete()
        draft = WorkbookImport(
            assessment=assessment,
            name=_plain_name(name),
            sha256=hashlib.sha256(content).hexdigest(),
            reading=reading_to_json(reading),
            uploaded_by=by,
            uploaded_at=now,
        )
        draft.save(force_insert=True)
    return draft


def find_draft(assessment: Assessment, by: User) -> WorkbookImport | None:
    """The upload of this person that waits for its confirmation."""
    return (
        WorkbookImport.objects.filter(
            assessment=assessment,
            uploaded_by=by,
            imported_at=None,
            uploaded_at__gte=timezone.now() - KEPT,
        )
        .order_by("-uploaded_at")
        .first()
    )


def discard_draft(*, assessment: Assessment, by: User) -> None:
    """Forget this person's upload; nothing of it was stored in the assessment."""
    WorkbookImport.objects.filter(assessment=assessment, uploaded_by=by, imported_at=None).delete()


def build_preview(assessment: Assessment, draft: WorkbookImport) -> Preview:
    """Raises WorkbookDraftGone where the workbook's form is no longer known."""
    reading = _reading(draft)
    worksheet = load_worksheet(assessment.instrument_id)
    plan = build_plan(assessment, worksheet, reading)
    foreign = reading.assessment is not None and reading.assessment != str(assessment.pk)
    evaluation = planned_evaluation(assessment, worksheet, plan)
    return Preview(
        draft=draft,
        reading=reading,
        plan=plan,
        newer=_newer(plan, _made_at(draft, reading, foreign=foreign), _known_versions(draft)),
        foreign=foreign,
        evaluation=evaluation,
        differences=tuple(points_differences(reading, evaluation)),
    )


@transaction.atomic
def import_draft(
    *,
    assessment: Assessment,
    draft_id: UUID,
    seen: Mapping[str, int],
    choices: Mapping[str, Choice],
    by: User,
) -> WorkbookImport:
    """Store what the preview showed: all of it, less the answers whose stored one was chosen.

    assessment: locked in the caller's transaction. seen: the versions of the answers that the
    preview showed as changing, by question code; choices: by question code.

    Raises WorkbookDraftGone, AssessmentLocked, WorkbookNotImported, and WorkbookToDecide where
    an answer was saved after the preview, or one saved after the workbook has no choice yet.
    None of them changes anything. A repeat of what was imported changes nothing either.
    """
    draft = WorkbookImport.objects.filter(
        pk=draft_id, assessment=assessment, uploaded_by=by
    ).first()
    if draft is None:
        raise WorkbookDraftGone
    if draft.imported_at is not None:
        return draft
    now = timezone.now()
    require_filling_open(assessment, now)
    preview = build_preview(assessment, draft)
    if preview.plan.faults:
        raise refusal_of(preview.plan, preview.reading)
    _require_decided(preview, seen, choices)
    taken = [
        answer for answer in preview.plan.answers if not _keeps_stored(answer, preview, choices)
    ]
    kept = [answer.question.code for answer in preview.plan.answers if answer not in taken]
    draft.changed = save_answers(assessment=assessment, new=[a.new for a in taken], by=by)
    draft.imported_at = now
    # The cells are answers now; of the reading stays what later pages tell and ask.
    versions = {answer.question.code: answer.before.version + 1 for answer in taken}
    draft.reading = draft.reading | {"answers": [], TAKEN: versions}
    draft.save(update_fields=["changed", "imported_at", "reading"])
    record(
        chain=assessment.audit_chain,
        action="impor_buku_kerja",
        subject=str(draft.pk),
        by=by,
        after={
            "berkas": draft.name,
            "sha256": draft.sha256,
            "susunan": preview.reading.layout.code,
            "berubah": draft.changed,
            "tetap tersimpan": kept,
        },
    )
    return draft


def _require_decided(
    preview: Preview, seen: Mapping[str, int], choices: Mapping[str, Choice]
) -> None:
    codes = [(a.question.code, a.before.version) for a in preview.plan.answers]
    moved = frozenset(code for code, version in codes if seen.get(code) != version)
    undecided = frozenset(
        code for code, _ in codes if code in preview.newer and code not in choices
    )
    if moved or undecided:
        raise WorkbookToDecide(moved, undecided - moved)


def _keeps_stored(answer: PlannedAnswer, preview: Preview, choices: Mapping[str, Choice]) -> bool:
    code = answer.question.code
    return code in preview.newer and choices[code] == Choice.STORED


def _reading(draft: WorkbookImport) -> WorkbookReading:
    reading = reading_from_json(draft.reading)
    if reading is None:
        raise WorkbookDraftGone
    return reading


def _made_at(draft: WorkbookImport, reading: WorkbookReading, *, foreign: bool) -> datetime:
    """What the workbook knew ended then: its export, or its last saving, or its upload."""
    said = reading.saved_at
    if said is not None and said < draft.uploaded_at:  # a file may name the end of all time
        said += _SECOND  # told in whole seconds
    if reading.exported_at is not None and not foreign:
        said = reading.exported_at
    return draft.uploaded_at if said is None else min(said, draft.uploaded_at)


def _newer(plan: Plan, made_at: datetime, known: Mapping[str, set[int]]) -> frozenset[str]:
    return frozenset(
        answer.question.code
        for answer in plan.answers
        if answer.before.saved_at is not None
        and answer.before.saved_at > made_at
        and answer.before.version not in known.get(answer.question.code, ())
    )


def _known_versions(draft: WorkbookImport) -> Mapping[str, set[int]]:
    """Versions that this person's earlier imports have stored: whoever goes on working in the
    same file need not choose between their own answers."""
    known: dict[str, set[int]] = {}
    for reading in WorkbookImport.objects.filter(
        assessment_id=draft.assessment_id,
        uploaded_by_id=draft.uploaded_by_id,
        imported_at__isnull=False,
    ).values_list("reading", flat=True):
        for code, version in reading.get(TAKEN, {}).items():
            known.setdefault(code, set()).add(version)
    return known


def _plain_name(name: str) -> str:
    plain = "".join(each for each in name if not has_control_characters(each))
    return plain[-NAME_LENGTH:] or "tanpa nama.xlsx"
