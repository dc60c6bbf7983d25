"""The note of a return on the overview: for those who may read the answers, for nobody else."""

import pytest
from django.urls import reverse

from accounts.models import Role
from tests.factories_assessments import make_centre, make_returned, person

pytestmark = pytest.mark.django_db

NOTE = "Lengkapi notulen, lalu kirim lagi."  # of make_returned


@pytest.mark.parametrize(
    ("role", "reads"),
    [
        (Role.OPERATOR, True),
        (Role.PIMPINAN, True),
        (Role.VERIFIKATOR, True),
        (Role.ADMIN_PUSAT, True),
        (Role.PEMANTAU, False),
    ],
)
def test_is_for_those_who_read_the_answers(client, role, reads):
    assessment = make_returned()
    places = {
        Role.OPERATOR: assessment.satker,
        Role.PIMPINAN: assessment.satker,
        Role.VERIFIKATOR: assessment.satker.verifier,
    }
    client.force_login(person(role, places.get(role) or make_centre()))

    page = client.get(reverse("assessments:detail", args=[assessment.pk]))

    assert page.status_code == 200
    assert (NOTE in page.content.decode()) == reads
