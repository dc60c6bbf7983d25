import pytest
from django.urls import reverse

from accounts.models import Role
from evidence.services import store
from tests.evidence.samples import pdf, upload
from tests.factories import make_user

LIST = "/admin/evidence/evidencefile/"


@pytest.fixture
def admin(client, satker):
    user = make_user(satker, Role.ADMIN_PUSAT)
    client.force_login(user)
    return client


@pytest.fixture
def files(satker, operator):
    return [
        store(satker=satker, upload=upload(f"SK {number}.pdf", pdf()), by=operator)
        for number in range(3)
    ]


class TestEvidenceFileAdmin:
    def test_search(self, admin, files):
        response = admin.get(LIST, {"q": "SK 1"})

        assert list(response.context["cl"].result_list) == [files[1]]

    def test_search_for_what_no_database_takes(self, admin, files):
        assert admin.get(LIST, {"q": "\0"}).status_code == 400

    def test_filter(self, admin, files):
        response = admin.get(LIST, {"content_type": "image/png"})

        assert list(response.context["cl"].result_list) == []

    @pytest.mark.parametrize("rows", [1, 3])
    def test_no_query_per_row(self, admin, satker, operator, rows, django_assert_num_queries):
        for number in range(rows):
            store(satker=satker, upload=upload(f"{number}.pdf", pdf()), by=operator)
        admin.get(LIST)  # the first page of a session writes the session

        with django_assert_num_queries(6):
            admin.get(LIST)

    def test_looking_at_one(self, admin, files):
        response = admin.get(reverse("admin:evidence_evidencefile_change", args=[files[0].pk]))

        assert response.status_code == 200
        assert files[0].sha256 in response.content.decode()
        assert files[0].file.name not in response.content.decode()

    @pytest.mark.parametrize("page", ["add", "change", "delete"])
    def test_nothing_can_be_changed(self, admin, files, page):
        arguments = [] if page == "add" else [files[0].pk]

        response = admin.post(reverse(f"admin:evidence_evidencefile_{page}", args=arguments), {})

        assert response.status_code == 403
