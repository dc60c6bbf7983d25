import pytest
from django.urls import reverse

from accounts.models import Role
from audit.models import Event
from tests.audit.tampering import add_events, event
from tests.factories import make_satker_tree, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/audit/event/"


@pytest.fixture
def admin(client):
    user = make_user(make_satker_tree().pusat, Role.ADMIN_PUSAT, username="admin")
    client.force_login(user)
    return user


def shown(response):
    return [event.subject for event in response.context["cl"].result_list]


class TestList:
    def test_newest_first(self, client, admin):
        add_events("uji", 2)

        assert shown(client.get(LIST))[:2] == ["baris 2", "baris 1"]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ('q="baris+2"', ["baris 2"]),
            ("q=uji", ["baris 2", "baris 1"]),
            ("q=admin&peristiwa=masuk", ["admin"]),
            ("peristiwa=masuk", ["admin"]),
            ('peristiwa=tidak+ada&q="baris+1"', ["baris 1"]),
            ("q=baris&at__gte=2001-01-01T00:00%2B07:00", ["baris 2", "baris 1"]),
        ],
    )
    def test_search_and_filters(self, client, admin, query, expected):
        add_events("uji", 2)

        assert shown(client.get(f"{LIST}?{query}")) == expected

    @pytest.mark.parametrize("query", ["q=%00", "peristiwa=%00", "at__gte=%00", "p=%00"])
    def test_nul_is_no_fault(self, client, admin, query):
        assert client.get(f"{LIST}?{query}").status_code == 400

    @pytest.mark.parametrize("rows", [1, 3])
    def test_query_count_is_constant(self, client, admin, django_assert_num_queries, rows):
        for number in range(rows):
            add_events(f"uji:{number}", 1)
        client.get(LIST)

        with django_assert_num_queries(5):
            client.get(LIST)


class TestEvent:
    def test_shows_what_was_recorded(self, client, admin):
        chain = add_events("uji", 1)

        page = client.get(reverse("admin:audit_event_change", args=[event(chain, 1).pk]))

        assert page.status_code == 200
        assert "<pre>1</pre>" in page.content.decode()

    def test_cannot_be_changed_or_deleted(self, client, admin):
        chain = add_events("uji", 1)
        pk = event(chain, 1).pk

        answers = [
            client.post(reverse("admin:audit_event_change", args=[pk]), {"subject": "lain"}),
            client.post(reverse("admin:audit_event_delete", args=[pk]), {"post": "yes"}),
            client.post(reverse("admin:audit_event_add"), {"subject": "lain"}),
        ]

        assert [answer.status_code for answer in answers] == [403, 403, 403]
        assert event(chain, 1).subject == "baris 1"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN_PUSAT])
def test_others_do_not_see_the_trail(client, role):
    tree = make_satker_tree()
    client.force_login(make_user(tree.pusat, role))

    assert client.get(LIST).status_code in {302, 403}
    assert Event.objects.exists()
