"""An assessment as the official workbook holds it: answers, notes, documents and links by cell."""

from collections.abc import Callable
from uuid import UUID

from django.utils import timezone

from assessments.models import Answer, AnswerEvidence, Assessment
from assessments.services.workbook_templates import template_for
from assessments.workbook_layouts import Layout, load_layouts, own_layout
from assessments.worksheet import load_worksheet
from reports.official_parts import OfficialAnswer, OfficialSheet
from reports.sheets.official import render_own
from reports.sheets.template import render_template


def build_official(
    assessment: Assessment, layout: Layout, *, link: Callable[[UUID], str]
) -> OfficialSheet:
    """link: the address of an evidence file."""
    read_at = timezone.now()
    worksheet = load_worksheet(assessment.instrument_id)
    stored = {
        question_id: (entered, note)
        for question_id, entered, note in Answer.objects.filter(assessment=assessment).values_list(
            "question_id", "entered", "note"
        )
    }
    files: dict[int, list[tuple[UUID, str]]] = {}
    for question_id, file_id, name in AnswerEvidence.objects.filter(
        assessment=assessment
    ).values_list("question_id", "file_id", "file__name"):
        files.setdefault(question_id, []).append((file_id, name))
    answers = {}
    for question in worksheet.questions:
        entered, note = stored.get(question.pk, ({}, ""))
        attached = files.get(question.pk, [])
        if entered or note or attached:
            answers[question.code] = OfficialAnswer(
                entered=entered,
                note=note,
                documents=tuple(name for _, name in attached),
                links=tuple(link(file_id) for file_id, _ in attached),
            )
    satker = assessment.satker
    return OfficialSheet(
        assessment_id=assessment.pk,
        title=f"LKE {assessment.period.year}, {satker.name} ({satker.code})",
        layout=layout,
        worksheet=worksheet,
        answers=answers,
        read_at=read_at,
    )


def render_official(assessment: Assessment, *, link: Callable[[UUID], str]) -> bytes | None:
    """The workbook (xlsx): the instrument's template filled in, or our own with the same columns.

    None where no layout of the instrument is known.
    """
    template = template_for(assessment.instrument)
    if template is not None:
        layout = next((each for each in load_layouts() if each.code == template.layout), None)
        if layout is not None:
            official = build_official(assessment, layout, link=link)
            return render_template(official, bytes(template.content))
    layout = own_layout(assessment.instrument.code)
    if layout is None:
        return None
    return render_own(build_official(assessment, layout, link=link))
