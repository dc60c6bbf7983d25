"""A filled workbook into a satker's assessment: all of it or nothing."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

import scoring
from accounts.models import Role, User
from assessments.enums import Target, Tier
from assessments.models import Assessment, Period
from assessments.services.answers import save_answers
from assessments.services.lifecycle import open_assessment
from assessments.services.turns import require_filling_open
from assessments.services.workbook_plan import (
    Change,
    PointsDifference,
    WorkbookNotImported,
    build_plan,
    points_differences,
    refusal_of,
)
from assessments.workbooks import WorkbookReading
from assessments.worksheet import load_entries, load_worksheet
from satker.models import Satker


@dataclass(frozen=True, slots=True)
class ImportedWorkbook:
    """What an import did, or would do. opened: the assessment was opened for it."""

    assessment: Assessment
    opened: bool
    changes: tuple[Change, ...]
    evaluation: scoring.Evaluation
    differences: tuple[PointsDifference, ...]


@transaction.atomic
def import_workbook(
    *,
    reading: WorkbookReading,
    satker: Satker,
    period: Period,
    target: Target,
    by: User,
    dry_run: bool = False,
) -> ImportedWorkbook:
    """Store the answers and notes of a workbook; blank cells leave what is stored.

    Opens the assessment where there is none, with that target. dry_run: does everything and
    takes it back. Raises WorkbookNotImported (for a person who may not, too), AssessmentLocked
    and TransitionRefused; none changes anything.
    """
    if not _may_import(by, satker):
        raise WorkbookNotImported(
            (f"{by.username} bukan operator {satker.name} dan bukan admin pusat.",)
        )
    assessment = (
        Assessment.objects.locked()
        .select_related("satker", "period", "instrument")
        .filter(satker=satker, period=period)
        .first()
    )
    opened = assessment is None
    if assessment is None:
        assessment = open_assessment(satker=satker, period=period, target=target, by=by)
    require_filling_open(assessment, timezone.now())
    worksheet = load_worksheet(assessment.instrument_id)
    plan = build_plan(assessment, worksheet, reading)
    if plan.faults:
        raise refusal_of(plan, reading)
    save_answers(assessment=assessment, new=[answer.new for answer in plan.answers], by=by)
    evaluation = worksheet.evaluate(load_entries(worksheet, assessment.pk, Tier.MANDIRI))
    if dry_run:
        transaction.set_rollback(True)
    return ImportedWorkbook(
        assessment=assessment,
        opened=opened,
        changes=plan.changes,
        evaluation=evaluation,
        differences=tuple(points_differences(reading, evaluation)),
    )


def _may_import(by: User, satker: Satker) -> bool:
    """The satker's operator; or an admin of the centre on its behalf, named as who saved."""
    return by.role == Role.ADMIN_PUSAT or (by.role == Role.OPERATOR and by.satker_id == satker.pk)
