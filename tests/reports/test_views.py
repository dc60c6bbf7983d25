import uuid

import pytest
from django.urls import reverse

from accounts.models import Role
from tests import factories_assessments as make

pytestmark = pytest.mark.django_db

FORMATS = {
    "lke_pdf": ("pdf", "application/pdf", b"%PDF-"),
    "lke_xlsx": (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        b"PK\x03\x04",
    ),
}


@pytest.fixture(params=FORMATS)
def name(request):
    return request.param


def url_of(name, assessment):
    return reverse(f"reports:{name}", args=[assessment.pk])


class TestLke:
    @pytest.mark.parametrize(
        ("role", "place", "draft", "submitted", "approved"),
        [
            (Role.OPERATOR, "own", 200, 200, 200),
            (Role.PIMPINAN, "own", 200, 200, 200),
            (Role.OPERATOR, "other", 404, 404, 404),
            (Role.VERIFIKATOR, "kanwil", 403, 200, 200),
            (Role.KETUA, "kanwil", 403, 200, 200),
            (Role.VERIFIKATOR, "other kanwil", 404, 404, 404),
            (Role.KETUA, "other kanwil", 404, 404, 404),
            (Role.TPI, "centre", 404, 404, 200),
            (Role.ADMIN_PUSAT, "centre", 200, 200, 200),
            (Role.PEMANTAU, "centre", 403, 403, 403),
            (Role.PEMANTAU, "kanwil", 403, 403, 403),
            (Role.PEMANTAU, "other kanwil", 404, 404, 404),
        ],
    )
    def test_who_may_download(self, client, role, place, draft, submitted, approved):
        period = make.make_period()
        sheets = [
            make.make_assessment(period=period),
            make.make_submitted(period=period),
            make.make_approved(period=period),
        ]
        answers = []

        for sheet in sheets:
            places = {
                "own": sheet.satker,
                "other": make.make_satker(),
                "kanwil": make.make_kanwil(),
                "other kanwil": make.make_kanwil("82", "Kanwil Provinsi Maluku Utara"),
                "centre": make.make_centre(),
            }
            client.force_login(make.person(role, places[place]))
            answers.append(client.get(url_of("lke_xlsx", sheet)).status_code)

        assert answers == [draft, submitted, approved]

    def test_the_pdf_asks_the_same(self, client):
        assessment = make.make_submitted()
        client.force_login(make.make_user(Role.PEMANTAU))

        assert client.get(url_of("lke_pdf", assessment)).status_code == 403

        client.force_login(make.make_user(Role.OPERATOR, make.make_satker()))

        assert client.get(url_of("lke_pdf", assessment)).status_code == 404

    def test_is_saved_under_its_name(self, client, name):
        assessment = make.make_assessment(make.make_satker(code="330801"))
        client.force_login(make.person(Role.OPERATOR, assessment.satker))
        extension, content_type, begins = FORMATS[name]

        response = client.get(url_of(name, assessment))

        assert response.status_code == 200
        assert response["Content-Type"] == content_type
        assert (
            response["Content-Disposition"] == f'attachment; filename="LKE-2026-330801.{extension}"'
        )
        assert response["Cache-Control"] == "private, no-store"
        assert response.content.startswith(begins)

    def test_only_looks(self, client, name):
        assessment = make.make_assessment()
        client.force_login(make.person(Role.OPERATOR, assessment.satker))

        assert client.post(url_of(name, assessment)).status_code == 405

    def test_unknown_and_signed_out(self, client, name):
        url = reverse(f"reports:{name}", args=[uuid.uuid4()])

        assert client.get(url).status_code == 302

        client.force_login(make.make_user(Role.ADMIN_PUSAT))

        assert client.get(url).status_code == 404
