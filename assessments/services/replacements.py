"""A newer version of an evidence file takes the older one's place (decision 49)."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from assessments.enums import EDITABLE, Status
from assessments.errors import AssessmentLocked
from assessments.models import AnswerEvidence, Assessment
from assessments.services.attachments import move_link
from assessments.services.turns import marked_keys, require_filling_open
from assessments.worksheet import load_worksheet
from evidence.models import EvidenceFile
from evidence.services import replace_file


@dataclass(frozen=True, slots=True)
class Replaced:
    """moved: links that name the new file now; kept: those that keep the old one."""

    file: EvidenceFile
    moved: int
    kept: int


@transaction.atomic
def replace_evidence(*, old: EvidenceFile, new: EvidenceFile, by: User) -> Replaced:
    """Let `new` stand for `old`, and move to it what the satker may still change.

    Answers that are open for filling now (a draft; after a return its marked questions) name the
    new file from then on; sent and frozen ones keep the old one with its hash. The new file takes
    over title and kind; its dates are asked anew. Raises CannotReplace, SameContent; ValueError
    for a foreign file. All or nothing.

    What is read does not grow with the links: six queries, and one for each returned sheet.
    """
    open_ones = _open_assessments(old)
    marked = {key: marked_keys(assessment) for key, assessment in open_ones.items()}
    new = replace_file(old=old, new=new, by=by)
    links = AnswerEvidence.objects.filter(file=old).select_related("file")
    others = AnswerEvidence.objects.filter(file=new, assessment__in=open_ones)
    beside = {(each.assessment_id, each.question_id): each for each in others}
    moved = kept = 0
    for link in links:
        key, question_id = link.assessment_id, link.question_id
        assessment = open_ones.get(key)
        if assessment is None or not _is_open(assessment, question_id, marked[key]):
            kept += 1
            continue
        link.assessment = assessment
        code = load_worksheet(assessment.instrument_id).by_pk[question_id].code
        move_link(link=link, beside=beside.get((key, question_id)), code=code, new=new, by=by)
        moved += 1
    return Replaced(new, moved, kept)


def _open_assessments(file: EvidenceFile) -> dict[object, Assessment]:
    """Those the file supports that the satker may fill in now, locked, before the satker's chain
    is: every other act takes the locks in that order too."""
    keys = AnswerEvidence.objects.filter(file=file).values("assessment")
    rows = Assessment.objects.locked().select_related("satker", "period")
    found = {}
    for assessment in rows.filter(pk__in=keys, status__in=EDITABLE).order_by("pk"):
        try:
            require_filling_open(assessment, timezone.now())
        except AssessmentLocked:
            continue
        found[assessment.pk] = assessment
    return found


def _is_open(assessment: Assessment, question_id: int, marked: Collection[int]) -> bool:
    return assessment.status != Status.RETURNED or question_id in marked
