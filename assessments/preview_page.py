"""Where the preview of a file leads back to."""

from accounts.models import User
from assessments.addresses import question_url
from assessments.desk import desk_url
from assessments.library import Place
from assessments.models import AnswerEvidence
from assessments.permissions import can_open_desk
from assessments.services.downloads import ReadableFile
from assessments.worksheet import load_worksheet


def questions_of(found: ReadableFile, user: User) -> list[Place]:
    """The questions that the file supports in the assessment that gives the right to see it."""
    assessment = found.assessment
    if assessment is None:
        return []
    links = AnswerEvidence.objects.filter(file=found.file, assessment=assessment)
    worksheet = load_worksheet(assessment.instrument_id)
    on_desk = can_open_desk(user, assessment)
    places = []
    for question_id in links.order_by("question_id").values_list("question_id", flat=True):
        question = worksheet.by_pk[question_id]
        url = desk_url(assessment, question) if on_desk else question_url(assessment.pk, question)
        places.append(Place(question.code, assessment.period.year, url))
    return places
