"""The lists of the administration answer to their filters alone."""

import pytest

from accounts.models import Role
from tests.factories_assessments import make_user

LISTS = (
    *("accounts/user", "satker/satker", "assessments/period", "assessments/assessment"),
    *("assessments/instrument", "audit/event", "evidence/evidencefile"),
)


@pytest.fixture
def admin(client, db):
    client.force_login(make_user(Role.ADMIN_PUSAT))
    return client


@pytest.mark.parametrize("query", ["password__startswith=argon2", "created_at__year=2026"])
def test_a_field_without_a_filter_cannot_be_asked(admin, query):
    assert admin.get(f"/admin/accounts/user/?{query}").status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "audit/event/?at__year=0",
        "audit/event/?at__year=99999999999999999999",
        "evidence/evidencefile/?uploaded_at__year=-1",
        "assessments/period/?opens_at__year=0",
        "assessments/assessment/?submitted_at__iso_year=0",
    ],
)
def test_a_question_no_database_can_answer(admin, address):
    assert admin.get(f"/admin/{address}").status_code == 400


@pytest.mark.parametrize("name", LISTS)
def test_every_link_of_every_filter_works(admin, name):
    page = admin.get(f"/admin/{name}/")
    links = [
        choice["query_string"]
        for spec in page.context["cl"].filter_specs
        for choice in spec.choices(page.context["cl"])
    ]

    assert {admin.get(f"/admin/{name}/{link}").status_code for link in links} <= {200}
