"""A sheet of last year, and this year's to carry it into."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.urls import reverse

from accounts.models import Role
from assessments.models import (
    Answer,
    Assessment,
)
from assessments.services.carry_over import carry_over
from assessments.services.lifecycle import submit
from assessments.worksheet import load_worksheet
from evidence.models import EvidenceFile
from tests.assessments.versions import (
    SAME,
)
from tests.factories_assessments import (
    attach,
    best_answers,
    fill,
    make_assessment,
    make_period,
    person,
)


def sent_last_year(satker):
    """A sheet of 2025 that was sent, with a note and a file beside every question."""
    period = make_period(2025)
    sheet = make_assessment(satker, period=period)
    worksheet = load_worksheet(sheet.instrument_id)
    fill(sheet, best_answers(worksheet) | {SAME: "B"}, notes={SAME: "Rapat tiap bulan."})
    attach(sheet, *worksheet.by_code, name="SK_2025.pdf")
    submit(assessment=sheet, by=person(Role.PIMPINAN, satker))
    return Assessment.objects.get(pk=sheet.pk)


def open_2026(satker, instrument=None):
    return make_assessment(satker, period=make_period(2026, instrument=instrument))


def renew(satker, name, *newer):
    """Each file of the satker's library replaces the one before; returns the last."""
    file = EvidenceFile.objects.get(satker=satker, name=name)
    for number, each in enumerate(newer, 1):
        key = uuid.uuid4()
        file = EvidenceFile.objects.create(
            id=key,
            satker=satker,
            file=f"{key.hex[:2]}/{key.hex}",
            name=each,
            content_type=file.content_type,
            size=file.size,
            sha256=key.hex * 2,
            uploaded_by=file.uploaded_by,
            uploaded_at=file.uploaded_at + timedelta(minutes=number),
            replaces=file,
        )
    return file


def run(assessment):
    with transaction.atomic():
        locked = Assessment.objects.locked().select_related("satker", "period")
        return carry_over(
            assessment=locked.get(pk=assessment.pk),
            by=person(Role.OPERATOR, assessment.satker),
        )


def stored(assessment, code):
    return Answer.objects.get(assessment=assessment, question__code=code)


def rows(assessment):
    return list(
        Answer.objects.filter(assessment=assessment)
        .order_by("question_id")
        .values_list("question_id", "entered", "note", "version", "carried_year")
    )


def url(assessment, name="carry_over"):
    return reverse(f"assessments:{name}", args=[assessment.pk])
