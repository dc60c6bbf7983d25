import pytest

from accounts.models import Role, User
from audit.models import Event
from satker.services import set_active
from tests.factories import PASSWORD, make_satker_tree, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/accounts/user/"
OTHER = "gerobak-sapi-hijau-61"


@pytest.fixture
def tree():
    return make_satker_tree()


@pytest.fixture
def admin(client, tree):
    user = make_user(tree.pusat, Role.ADMIN_PUSAT, username="admin", name="Rahmat Hakim")
    client.force_login(user)
    return user


def latest(satker):
    event = Event.objects.filter(chain__key=satker.audit_key).latest("number")
    return event.action, event.subject, event.by


class TestList:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", ["admin", "op-1", "ver-1"]),
            ("?q=op-", ["op-1"]),
            ("?q=aminah", ["op-1", "ver-1"]),
            ("?q=330801", ["op-1"]),
            ("?role__exact=verifikator", ["ver-1"]),
            ("?satker__kind__exact=kankemenag", ["op-1"]),
            ("?is_active__exact=0", []),
        ],
    )
    def test_search_and_filters(self, client, admin, tree, query, expected):
        make_user(tree.satker, username="op-1")
        make_user(tree.kanwil, Role.VERIFIKATOR, username="ver-1")

        rows = client.get(LIST + query).context["cl"].result_list

        assert [user.username for user in rows] == expected

    @pytest.mark.parametrize(
        "query", ["?q=%00", "?role__exact=%00", "?p=%00", "?o=%00", "?e=%00", "?lain=1"]
    )
    def test_odd_query_is_no_fault(self, client, admin, query):
        assert client.get(LIST + query, follow=True).status_code == (400 if "%00" in query else 200)

    @pytest.mark.parametrize("rows", [1, 3])
    def test_query_count_is_constant(self, client, admin, tree, django_assert_num_queries, rows):
        for _ in range(rows):
            make_user(tree.satker)
        client.get(LIST)

        with django_assert_num_queries(4):
            client.get(LIST)

    def test_nothing_of_groups_or_addresses(self, client, admin):
        text = client.get("/admin/").content.decode()

        assert "/admin/auth/" not in text
        assert "/admin/account/" not in text


class TestAdd:
    def post(self, client, tree, **values):
        fields = {
            "username": "Op-1",
            "name": "Siti Aminah",
            "email": "",
            "role": "operator",
            "satker": tree.satker.pk,
            "password": PASSWORD,
        }
        return client.post(f"{LIST}add/", fields | values)

    def test_page(self, client, admin):
        page = client.get(f"{LIST}add/")

        assert list(page.context["adminform"].form.fields) == [
            "username",
            "name",
            "email",
            "role",
            "satker",
            "password",
        ]

    def test_through_the_service(self, client, admin, tree):
        assert self.post(client, tree).status_code == 302

        user = User.objects.get(username="op-1")
        assert user.check_password(PASSWORD)
        assert user.must_change_password
        assert latest(tree.satker) == ("akun dibuat", "op-1", admin)

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"username": "a b"}, "username"),
            ({"username": "ADMIN"}, "username"),
            ({"username": "a\x00"}, "username"),
            ({"name": " "}, "name"),
            ({"email": "x"}, "email"),
            ({"role": "ketua"}, "role"),
            ({"role": "raja"}, "role"),
            ({"satker": 10**6}, "satker"),
            ({"password": "pendek"}, "password"),
            ({"password": "siti aminah 1"}, "password"),
            ({"password": ""}, "password"),
        ],
    )
    def test_refusal_stands_beside_its_field(self, client, admin, tree, values, field):
        page = self.post(client, tree, **values)

        assert page.status_code == 200
        assert list(page.context["adminform"].form.errors) == [field]
        assert User.objects.count() == 1


class TestChange:
    def post(self, client, user, **values):
        fields = {
            "name": user.name,
            "email": user.email,
            "role": user.role,
            "satker": user.satker_id,
            "is_active": "on" if user.is_active else "",
        }
        return client.post(f"{LIST}{user.pk}/change/", fields | values)

    def test_page_has_no_password_and_no_groups(self, client, admin, tree):
        user = make_user(tree.satker)

        page = client.get(f"{LIST}{user.pk}/change/")

        assert list(page.context["adminform"].form.fields) == [
            "name",
            "email",
            "role",
            "satker",
            "is_active",
        ]
        assert user.password not in page.content.decode()

    @pytest.mark.parametrize(
        ("values", "action"),
        [
            ({"name": "Budi"}, "akun diubah"),
            ({"role": "pimpinan"}, "hak diubah"),
            ({"is_active": ""}, "akun ditutup"),
        ],
    )
    def test_through_the_services(self, client, admin, tree, values, action):
        user = make_user(tree.satker, username="op-1")

        assert self.post(client, user, **values).status_code == 302
        assert latest(tree.satker) == (action, "op-1", admin)

    def test_the_name_to_sign_in_with_stays(self, client, admin, tree):
        user = make_user(tree.satker, username="op-1")

        self.post(client, user, username="lain", name="Budi")

        user.refresh_from_db()
        assert (user.username, user.name) == ("op-1", "Budi")

    def test_role_that_does_not_exist_there_is_refused(self, client, admin, tree):
        user = make_user(tree.satker)

        page = self.post(client, user, role="ketua")

        assert list(page.context["adminform"].form.errors) == ["role"]

    def test_opening_at_a_closed_satker_is_refused(self, client, admin, tree):
        user = make_user(tree.madrasah)
        self.post(client, user, is_active="")
        set_active(satker=tree.madrasah, active=False, by=None)

        page = self.post(client, user, is_active="on")

        assert list(page.context["adminform"].form.errors) == ["satker"]

    @pytest.mark.parametrize("values", [{"role": "operator"}, {"is_active": ""}])
    def test_own_rights_are_refused_with_a_message(self, client, admin, values):
        page = self.post(client, admin, **values)
        page = client.get(page.headers["Location"])

        assert "Anda tidak dapat" in str(next(iter(page.context["messages"])))
        admin.refresh_from_db()
        assert (admin.role, admin.is_active) == (Role.ADMIN_PUSAT, True)

    def test_delete_is_refused(self, client, admin, tree):
        user = make_user(tree.satker)

        assert client.post(f"{LIST}{user.pk}/delete/", {"post": "yes"}).status_code == 403


def test_djangos_own_password_page_leads_to_ours(client, admin):
    fields = {"old_password": PASSWORD, "new_password1": OTHER, "new_password2": OTHER}

    answer = client.post("/admin/password_change/", fields)

    assert answer.headers["Location"] == "/kata-sandi/"
    admin.refresh_from_db()
    assert admin.check_password(PASSWORD)


class TestGivePassword:
    def test_must_be_changed_at_the_next_sign_in(self, client, admin, tree):
        user = make_user(tree.satker, username="op-1")
        page = f"{LIST}{user.pk}/kata-sandi/"

        shown = client.get(page)
        answer = client.post(page, {"password": OTHER})

        assert shown.status_code == 200
        assert answer.headers["Location"] == f"{LIST}{user.pk}/change/"
        user.refresh_from_db()
        assert user.check_password(OTHER)
        assert user.must_change_password
        assert latest(tree.satker) == ("kata sandi diganti", "op-1", admin)

    @pytest.mark.parametrize("password", ["", "pendek", "a\x00bcdefghijklm", "x" * 201])
    def test_refused(self, client, admin, tree, password):
        user = make_user(tree.satker)

        page = client.post(f"{LIST}{user.pk}/kata-sandi/", {"password": password})

        assert page.status_code == 422
        assert page.context["form"].errors["password"]
        user.refresh_from_db()
        assert user.check_password(PASSWORD)

    def test_of_nobody_is_not_found(self, client, admin):
        assert client.get(f"{LIST}999999/kata-sandi/").status_code == 404

    @pytest.mark.parametrize("role", [Role.KETUA, Role.PEMANTAU])
    def test_others_are_kept_out(self, client, tree, role):
        user = make_user(tree.satker)
        client.force_login(make_user(tree.pusat, role))

        answer = client.post(f"{LIST}{user.pk}/kata-sandi/", {"password": OTHER})

        assert answer.status_code in {302, 403}
        user.refresh_from_db()
        assert user.check_password(PASSWORD)
