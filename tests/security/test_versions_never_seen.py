"""A version that nobody can have had on screen: there is no other text to lose."""

import pytest
from django.urls import reverse

from accounts.models import Role
from assessments.models import Answer, Verification
from tests.factories_assessments import make_assessment, make_submitted, person

pytestmark = pytest.mark.django_db

CODE = "A.I.1.i.a"
VERSION = 7


@pytest.mark.parametrize("as_page", [{}, {"halaman": "1"}], ids=["script", "plain form"])
class TestVersionOfNothing:
    def test_of_an_answer(self, client, as_page):
        assessment = make_assessment()
        client.force_login(person(Role.OPERATOR, assessment.satker))
        url = reverse("assessments:save_answer", args=[assessment.pk, CODE])

        response = client.post(url, {"value": "Ya", "version": VERSION} | as_page)

        assert response.status_code < 400
        assert Answer.objects.get().version == 1

    def test_of_a_verdict(self, client, as_page):
        assessment = make_submitted()
        client.force_login(person(Role.KETUA, assessment.satker.verifier))
        url = reverse("assessments:verify_answer", args=[assessment.pk, CODE])

        response = client.post(url, {"verdict": "sesuai", "version": VERSION} | as_page)

        assert response.status_code < 400
        assert Verification.objects.get().version == 1
