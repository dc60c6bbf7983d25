"""A sheet taken from step to step, by those who may."""

from accounts.models import Role
from assessments.enums import Action
from assessments.models import Assessment, Snapshot, Transition, Verification
from assessments.services.lifecycle import (
    approve,
    return_to_operator,
    submit,
)
from assessments.worksheet import load_worksheet
from audit.models import Event
from tests.factories_assessments import (
    attach,
    best_answers,
    fill,
    make_assessment,
    person,
)


def operator(assessment):
    return person(Role.OPERATOR, assessment.satker)


def head(assessment):
    return person(Role.PIMPINAN, assessment.satker)


def reviewer(assessment):
    return person(Role.KETUA, assessment.satker.verifier)


def make_ready(**given):
    """A draft that lacks nothing."""
    assessment = make_assessment(**given)
    worksheet = load_worksheet(assessment.instrument_id)
    fill(assessment, best_answers(worksheet))
    attach(assessment, *worksheet.by_code)
    return assessment


def take(action, assessment):
    match action:
        case Action.SUBMIT:
            submit(assessment=assessment, by=head(assessment))
        case Action.RETURN:
            return_to_operator(assessment=assessment, by=reviewer(assessment), note="Perbaiki.")
        case Action.APPROVE:
            approve(assessment=assessment, by=reviewer(assessment))


def traces(assessment):
    """Everything that a step adds; the same before and after a refusal."""
    return (
        Assessment.objects.values().get(pk=assessment.pk),
        Transition.objects.filter(assessment=assessment).count(),
        Snapshot.objects.filter(assessment=assessment).count(),
        Event.objects.count(),
        list(Verification.objects.filter(assessment=assessment).order_by("pk").values()),
    )
