"""One file and the questions of the sheet that is being filled in (decision 49)."""

from collections import Counter
from dataclasses import dataclass

from django.utils import timezone

from assessments.enums import EDITABLE
from assessments.models import AnswerEvidence, Assessment
from assessments.services.attachments import FILES_PER_QUESTION
from assessments.services.turns import deadline_refusal, open_questions
from assessments.worksheet import AreaRow, QuestionRow, load_worksheet
from evidence.models import EvidenceFile
from satker.models import Satker


@dataclass(frozen=True, slots=True)
class Choice:
    """A question that may be changed now. files: how many it has."""

    question: QuestionRow
    attached: bool
    files: int

    @property
    def full(self) -> bool:
        return not self.attached and self.files >= FILES_PER_QUESTION


@dataclass(frozen=True, slots=True)
class AttachView:
    """groups: the open questions that match, by area. fixed: how many are not open after a
    return."""

    areas: tuple[AreaRow, ...]
    groups: tuple[tuple[AreaRow, tuple[Choice, ...]], ...]
    attached: int
    fixed: int


def assessment_to_fill(satker: Satker) -> Assessment | None:
    """The satker's sheet that is open for filling now, of the nearest deadline. One query."""
    rows = Assessment.objects.with_place().filter(satker=satker, status__in=EDITABLE)
    now = timezone.now()
    open_ones = [each for each in rows if not deadline_refusal(each, now)]
    return min(open_ones, key=lambda each: each.deadline, default=None)


def build_attach_view(
    assessment: Assessment, file: EvidenceFile, *, area: str, cari: str
) -> AttachView:
    """area: the key of one area, "" for all. cari: words that code or text hold. Two queries."""
    worksheet = load_worksheet(assessment.instrument_id)
    links = AnswerEvidence.objects.filter(assessment=assessment)
    pairs = list(links.values_list("question_id", "file_id"))
    count = Counter(question for question, _ in pairs)
    attached = {question for question, key in pairs if key == file.pk}
    offered = open_questions(assessment)
    words = cari.lower().split()
    groups = []
    for each in worksheet.areas:
        if area and each.key != area:
            continue
        choices = tuple(
            Choice(question, question.pk in attached, count[question.pk])
            for question in offered
            if question.page == each.key
            and all(word in f"{question.code} {question.text}".lower() for word in words)
        )
        if choices:
            groups.append((each, choices))
    return AttachView(
        areas=worksheet.areas,
        groups=tuple(groups),
        attached=len(attached),
        fixed=len(worksheet.questions) - len(offered),
    )
