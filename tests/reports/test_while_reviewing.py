"""While a reviewer is at work, no report tells the satker what they have entered (decision 10)."""

from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from accounts.models import Role
from assessments.services.lifecycle import return_to_operator
from tests import factories_assessments as make

pytestmark = pytest.mark.django_db

NOTE = "Notulen belum ditandatangani."
LOWER = {"A.I.1.i.b": {"value": "B"}}


@pytest.fixture
def in_review():
    assessment = make.make_submitted()
    make.judge(assessment, LOWER, codes=LOWER, note=NOTE)
    return assessment


def verdicts_in_workbook(client, assessment):
    """The verdicts and the reviewer's notes that the sheet tells."""
    response = client.get(reverse("reports:lke_xlsx", args=[assessment.pk]))
    sheet = openpyxl.load_workbook(BytesIO(response.content))["LKE"]
    return {cell.value for row in sheet["G4:G400"] + sheet["M4:M400"] for cell in row} - {None}


def told_by_recap(client):
    """What the one row says at "Verifikasi" and "Selisih"."""
    found = client.get(reverse("reports:recap_xlsx"))
    sheet = openpyxl.load_workbook(BytesIO(found.content)).active
    heads = [cell.value for cell in sheet[1]]
    row = [cell.value for cell in sheet[2]]
    return [row[heads.index(name)] for name in ("Nilai verifikasi", "Selisih")]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.PIMPINAN])
def test_the_satker_is_told_nothing(client, in_review, role):
    client.force_login(make.person(role, in_review.satker))

    assert verdicts_in_workbook(client, in_review) == set()
    assert told_by_recap(client) == [None, None]


def test_the_reviewer_is_told_everything(client, in_review):
    client.force_login(make.person(Role.KETUA, in_review.satker.verifier))

    assert verdicts_in_workbook(client, in_review) == {"Kurang sesuai", NOTE}
    assert None not in told_by_recap(client)


def test_the_satker_is_told_once_it_is_given_back(client, in_review):
    chief = make.person(Role.KETUA, in_review.satker.verifier)
    return_to_operator(assessment=in_review, by=chief, note="Perbaiki yang ditandai.")
    client.force_login(make.person(Role.OPERATOR, in_review.satker))

    assert verdicts_in_workbook(client, in_review) == {"Kurang sesuai", NOTE}
    assert None not in told_by_recap(client)
