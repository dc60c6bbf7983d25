"""Whatever people type stands in a page as text: notes, names of files, of people, of offices."""

import re

import pytest
from django.urls import reverse

from accounts.models import Role
from assessments.services.lifecycle import return_to_operator
from tests.factories_assessments import (
    attach,
    fill,
    judge,
    make_satker,
    make_submitted,
    make_user,
    person,
)

pytestmark = pytest.mark.django_db

CODE = "A.I.1.i.b"

# What people may type, and what would happen if it reached the page as markup.
MARKUP = "</textarea><script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;"
ESCAPED = (
    "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(2)&gt;"
    "&quot;&#x27;&amp;amp;"
)


def url(assessment, page="1"):
    return reverse("assessments:area", args=[assessment.pk, page])


def get(client, assessment, page="1", role=Role.OPERATOR, satker=None):
    client.force_login(person(role, satker or assessment.satker))
    return client.get(url(assessment, page))


def card(text, code):
    """The HTML of one question."""
    anchor = code.replace(".", "-")
    return re.search(rf'<article [^>]*id="{anchor}".*?</article>', text, re.DOTALL).group()


class TestEscaping:
    """Whatever people type stands in the page as text."""

    @pytest.fixture
    def assessment(self):
        satker = make_satker(name=f"Kantor {MARKUP[:60]}")
        make_user(Role.OPERATOR, satker, name=f"Siti {MARKUP[:60]}")
        make_user(Role.KETUA, satker.verifier, name=f"Budi {MARKUP[:60]}")
        assessment = make_submitted(satker)
        judge(assessment, {CODE: {"value": "C"}}, codes=[CODE], note=f"Telaah {MARKUP}")
        return assessment

    def give_back(self, assessment):
        return_to_operator(
            assessment=assessment,
            by=person(Role.KETUA, assessment.satker.verifier),
            note=f"Kembali {MARKUP}",
        )
        fill(assessment, {}, notes={CODE: f"Catatan {MARKUP}"})
        attach(assessment, CODE, name=f"Berkas {MARKUP}.pdf")

    def is_clean(self, text):
        return "<script>alert" not in text and "<img src=x" not in text

    def test_forms(self, client, assessment):
        self.give_back(assessment)

        text = get(client, assessment).content.decode()

        shown = card(text, CODE)
        assert self.is_clean(text)
        for each in ("Catatan", "Berkas", "Telaah"):
            assert f"{each} {ESCAPED}" in shown

    @pytest.mark.parametrize("role", [Role.PIMPINAN, Role.KETUA])
    def test_locked_cards(self, client, assessment, role):
        self.give_back(assessment)
        satker = assessment.satker if role == Role.PIMPINAN else assessment.satker.verifier

        text = get(client, assessment, role=role, satker=satker).content.decode()

        shown = card(text, CODE)
        assert self.is_clean(text)
        for each in ("Catatan", "Berkas", "Telaah"):
            assert f"{each} {ESCAPED}" in shown

    @pytest.mark.parametrize("name", ["detail", "submit", "receipt"])
    def test_other_pages(self, client, assessment, name):
        self.give_back(assessment)
        client.force_login(person(Role.OPERATOR, assessment.satker))

        answer = client.get(reverse(f"assessments:{name}", args=[assessment.pk]))

        text = answer.content.decode()
        assert answer.status_code == 200
        assert self.is_clean(text)
        assert "&lt;/textarea&gt;" in text

    def test_history(self, client, assessment):
        self.give_back(assessment)
        client.force_login(person(Role.OPERATOR, assessment.satker))

        text = client.get(
            reverse("assessments:history", args=[assessment.pk, CODE])
        ).content.decode()

        assert self.is_clean(text)
        assert f"Catatan {ESCAPED}" in text

    @pytest.mark.parametrize("name", ["decide", "desk", "queue"])
    def test_reviewers_pages(self, client, assessment, name):
        client.force_login(person(Role.KETUA, assessment.satker.verifier))
        place = reverse(f"assessments:{name}", args=[] if name == "queue" else [assessment.pk])

        answer = client.get(place, {"soal": CODE} if name == "desk" else {})

        assert answer.status_code == 200
        assert self.is_clean(answer.content.decode())
