"""Where things are found on the site."""

from uuid import UUID

from django.urls import reverse

from assessments.worksheet import QuestionRow


def question_url(assessment_id: UUID, question: QuestionRow) -> str:
    """The question on its area page."""
    page = reverse("assessments:area", args=[assessment_id, question.page])
    return f"{page}#{question.anchor}"
