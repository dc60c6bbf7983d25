"""What tests of the pages of one assessment share."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from tests.factories_assessments import person

CODE = "A.I.1.i.b"

# 74.996875 in all: what two decimals, half up, would print as the floor of 75.
JUST_BELOW = {"B.I.a": "2.285", "B.II.a": "0"}


def address(name, assessment, *more):
    return reverse(f"assessments:{name}", args=[assessment.pk, *more])


def get(client, assessment, role=Role.OPERATOR, satker=None):
    client.force_login(person(role, satker or assessment.satker))
    return client.get(address("detail", assessment))


def main(answer):
    text = answer.content.decode()
    return text[text.index("<main") : text.index("</main>")]


def count_queries(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return len(captured)
