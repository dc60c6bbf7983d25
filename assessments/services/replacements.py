"""A newer version of an evidence file takes the older one's place (decision 49)."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from assessments.enums import EDITABLE, Status
from assessments.errors import AssessmentLocked
from assessments.models import AnswerEvidence, Assessment
from assessments.services.attachments import move_link
from assessments.services.turns import marked_questions, require_filling_open
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
    """
    open_ones = _open_assessments(old)
    new = replace_file(old=old, new=new, by=by)
    links = AnswerEvidence.objects.filter(file=old).select_related("file")
    moved = kept = 0
    for link in links:
        assessment = open_ones.get(link.assessment_id)
        if assessment is None or not _is_open(assessment, link.question_id):
            kept += 1
            continue
        link.assessment = assessment
        code = load_worksheet(assessment.instrument_id).by_pk[link.question_id].code
        move_link(link=link, code=code, new=new, by=by)
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


def _is_open(assessment: Assessment, question_id: int) -> bool:
    if assessment.status != Status.RETURNED:
        return True
    return marked_questions(assessment).filter(question_id=question_id).exists()
