from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from assessments.models import Assessment
from assessments.worksheet import Worksheet, load_worksheet
from teams.services import NewPokja, NewTeam, set_team
from teams.team import Team, load_team
from tests.factories_assessments import (
    best_answers,
    make_assessment,
    make_submitted,
    make_user,
    person,
    shipped_instrument,
)


@pytest.fixture
def worksheet(db: None) -> Worksheet:
    return load_worksheet(shipped_instrument().pk)


@pytest.fixture
def nearly_best(worksheet: Worksheet) -> Assessment:
    """Everything at its best but one answer, which is worth half."""
    made = make_assessment(answers=best_answers(worksheet) | {"A.I.1.i.b": "B"})
    return Assessment.objects.with_place().get(pk=made.pk)


@pytest.fixture
def assessment(db: None) -> Assessment:
    """A draft without answers, open for filling."""
    return make_assessment()


@pytest.fixture
def operator(client: Client, assessment: Assessment) -> Client:
    """The browser of the satker's operator."""
    client.force_login(person(Role.OPERATOR, assessment.satker))
    return client


@pytest.fixture
def save(operator: Client, assessment: Assessment) -> Callable[..., HttpResponse]:
    """``save("A.I.1.i.a", value="Ya")``: post one answer as a script does."""

    def post(code: str, version: int = 0, **fields: Any) -> HttpResponse:
        url = reverse("assessments:save_answer", args=[assessment.pk, code])
        return operator.post(
            url, {"version": version} | fields, headers={"X-Requested-With": "fetch"}
        )

    return post


@pytest.fixture
def sheet(db: None) -> Assessment:
    """A complete sheet that was sent; nothing judged yet."""
    return make_submitted()


@pytest.fixture
def reviewer(client: Client, sheet: Assessment) -> Client:
    """The browser of a verifikator of the sheet's Kanwil."""
    client.force_login(person(Role.VERIFIKATOR, sheet.satker.verifier))
    return client


@pytest.fixture
def verify(reviewer: Client, sheet: Assessment) -> Callable[..., HttpResponse]:
    """``verify("A.I.1.i.a", verdict="sesuai")``: post one verdict as a script does."""

    def post(code: str, version: int = 0, **fields: Any) -> HttpResponse:
        url = reverse("assessments:verify_answer", args=[sheet.pk, code])
        return reviewer.post(
            url, {"version": version} | fields, headers={"X-Requested-With": "fetch"}
        )

    return post


@pytest.fixture
def lead(assessment: Assessment) -> User:
    """The coordinator of pokja 1; the operator is the secretary."""
    return make_user(Role.OPERATOR, assessment.satker, name="Koordinator")


@pytest.fixture
def member(assessment: Assessment) -> User:
    return make_user(Role.OPERATOR, assessment.satker, name="Anggota")


@pytest.fixture
def team(assessment: Assessment, lead: User, member: User) -> Team:
    secretary = person(Role.OPERATOR, assessment.satker)
    head = person(Role.PIMPINAN, assessment.satker)
    pokja = {"1": NewPokja(lead.pk, frozenset({member.pk}))}
    new = NewTeam(None, secretary.pk, pokja)
    set_team(satker=assessment.satker, new=new, seen=load_team(assessment.satker).digest, by=head)
    return load_team(assessment.satker)
