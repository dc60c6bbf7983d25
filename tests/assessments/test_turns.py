"""Whose turn it is: counted from the status, both ends exact."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.enums import Status
from assessments.errors import AssessmentLocked
from assessments.services.turns import require_filling_open
from tests.factories_assessments import make_assessment

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessment():
    return make_assessment()


def at(status, assessment):
    """Unsaved: nothing but the assessment and its period is asked."""
    assessment.status = status
    assessment.submitted_at = None if status == Status.DRAFT else timezone.now()


def is_open(assessment, now):
    try:
        require_filling_open(assessment, now)
    except AssessmentLocked:
        return False
    return True


@pytest.mark.parametrize("status", Status)
def test_by_status(assessment, status):
    at(status, assessment)

    expected = status in {Status.DRAFT, Status.RETURNED}
    assert is_open(assessment, timezone.now()) == expected


@pytest.mark.parametrize(
    ("status", "end"), [(Status.DRAFT, "fill_until"), (Status.RETURNED, "repair_until")]
)
@pytest.mark.parametrize(("late", "expected"), [(-1, True), (0, True), (1, False)])
def test_ends_are_exact(assessment, status, end, late, expected):
    at(status, assessment)
    now = getattr(assessment.period, end) + timedelta(microseconds=late)

    assert is_open(assessment, now) == expected


@pytest.mark.parametrize(("late", "expected"), [(0, True), (1, False)])
def test_more_time_for_this_satker_ends_exactly_too(assessment, late, expected):
    until = assessment.period.fill_until + timedelta(days=1)
    assessment.extended_until = until

    assert is_open(assessment, until + timedelta(microseconds=late)) == expected


def test_more_time_never_shortens(assessment):
    assessment.extended_until = assessment.period.fill_until - timedelta(days=1)

    assert is_open(assessment, assessment.period.fill_until)


@pytest.mark.parametrize(("early", "expected"), [(-1, False), (0, True)])
def test_beginning_is_exact(assessment, early, expected):
    now = assessment.period.opens_at + timedelta(microseconds=early)

    assert is_open(assessment, now) == expected
