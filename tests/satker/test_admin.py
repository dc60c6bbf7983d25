import pytest

from accounts.models import Role
from audit.models import Event
from satker.models import Satker
from satker.services import rename_satker
from tests.factories import make_satker, make_satker_tree, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/satker/satker/"


@pytest.fixture
def tree():
    return make_satker_tree()


@pytest.fixture
def admin(client, tree):
    user = make_user(tree.pusat, Role.ADMIN_PUSAT, username="admin")
    client.force_login(user)
    return user


def filled(**values):
    return {
        "code": "330802",
        "name": "Kankemenag Purworejo",
        "kind": "kankemenag",
        "province_code": "",
        "active": "on",
    } | values


class TestList:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", 7),
            ("?q=3308", 2),
            ("?q=satker+82", 2),
            ("?kind__exact=kanwil", 2),
            ("?province_code__exact=82", 2),
            ("?active__exact=0", 0),
        ],
    )
    def test_search_and_filters(self, client, admin, query, expected):
        page = client.get(LIST + query)

        assert len(page.context["cl"].result_list) == expected

    @pytest.mark.parametrize(
        "query", ["?q=%00", "?kind__exact=%00", "?p=%00", "?o=%00", "?e=%00", "?lain=1"]
    )
    def test_odd_query_is_no_fault(self, client, admin, query):
        assert client.get(LIST + query, follow=True).status_code == (400 if "%00" in query else 200)

    @pytest.mark.parametrize("rows", [1, 3])
    def test_query_count_is_constant(self, client, admin, tree, django_assert_num_queries, rows):
        for number in range(rows):
            make_satker(f"n{number}", parent=tree.kanwil)
        client.get(LIST)

        with django_assert_num_queries(4):
            client.get(LIST)

    def test_no_delete_action(self, client, admin):
        assert client.get(LIST).context["action_form"] is None


class TestAdd:
    def test_through_the_service(self, client, admin, tree):
        answer = client.post(f"{LIST}add/", filled(parent=tree.kanwil.pk))

        assert answer.status_code == 302
        satker = Satker.objects.get(code="330802")
        assert (satker.path, satker.verifier, satker.province_code) == (
            "pusat/33/330802/",
            tree.kanwil,
            "33",
        )
        assert Event.objects.get(chain__key=satker.audit_key).by == admin

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"parent": ""}, "parent"),
            ({"code": "330801"}, "code"),
            ({"code": "a b"}, "code"),
            ({"code": "1\x00"}, "code"),
            ({"kind": "kanwil"}, "parent"),
            ({"kind": "desa"}, "kind"),
            ({"name": ""}, "name"),
        ],
    )
    def test_refusal_stands_beside_its_field(self, client, admin, tree, values, field):
        page = client.post(f"{LIST}add/", filled(parent=tree.kanwil.pk) | values)

        assert page.status_code == 200
        assert list(page.context["adminform"].form.errors) == [field]
        assert Satker.objects.count() == 7


class TestChange:
    def post(self, client, satker, **values):
        return client.post(
            f"{LIST}{satker.pk}/change/",
            filled(
                code=satker.code,
                name=satker.name,
                kind=satker.kind,
                parent=satker.parent_id or "",
                province_code=satker.province_code,
            )
            | values,
        )

    def test_move_brings_the_branch_along(self, client, admin, tree):
        answer = self.post(client, tree.satker, parent=tree.other_kanwil.pk)

        assert answer.status_code == 302
        madrasah = Satker.objects.get(pk=tree.madrasah.pk)
        assert (madrasah.path, madrasah.verifier) == (
            "pusat/82/330801/330801m1/",
            tree.other_kanwil,
        )
        event = Event.objects.filter(chain__key=tree.satker.audit_key).latest("number")
        assert (event.action, event.by, event.after) == ("satker diubah", admin, '{"induk":"82"}')

    def test_only_what_the_form_changed_is_written(self, client, admin, tree):
        page = client.get(f"{LIST}{tree.satker.pk}/change/")
        assert page.status_code == 200
        self.post(client, tree.satker, name="Nama baru")
        rename_satker(satker=tree.satker, name="Lebih baru", by=None)

        self.post(client, Satker.objects.get(pk=tree.satker.pk), province_code="34")

        tree.satker.refresh_from_db()
        assert (tree.satker.name, tree.satker.province_code) == ("Lebih baru", "34")

    def test_below_itself_is_refused(self, client, admin, tree):
        page = self.post(client, tree.satker, parent=tree.madrasah.pk)

        assert page.status_code == 200
        assert "parent" in page.context["adminform"].form.errors

    def test_closing_with_active_ones_below_is_refused(self, client, admin, tree):
        page = self.post(client, tree.kanwil, active="")

        assert list(page.context["adminform"].form.errors) == ["active"]

    def test_delete_is_refused(self, client, admin, tree):
        answer = client.post(f"{LIST}{tree.madrasah.pk}/delete/", {"post": "yes"})

        assert answer.status_code == 403
        assert Satker.objects.filter(pk=tree.madrasah.pk).exists()


def test_parents_are_found_by_typing(client, admin):
    answer = client.get(
        "/admin/autocomplete/",
        {"app_label": "satker", "model_name": "satker", "field_name": "parent", "term": "33"},
    )

    assert [row["text"] for row in answer.json()["results"]] == [
        "Satker 33",
        "Satker 330801",
        "Satker 330801m1",
    ]


@pytest.mark.parametrize("role", [Role.VERIFIKATOR, Role.KETUA, Role.PEMANTAU])
def test_others_are_kept_out(client, tree, role):
    client.force_login(make_user(tree.pusat, role))

    assert client.get(LIST).status_code in {302, 403}
