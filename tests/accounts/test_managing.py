"""/akun/: a ketua manages the accounts of its satker, the centre everybody's (decision 15)."""

import logging
import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts import services
from accounts.errors import UserRefused
from accounts.models import Role, User
from audit.models import Event
from audit.services import verify
from tests.factories import PASSWORD, make_satker_tree, make_user

pytestmark = pytest.mark.django_db

LIST, NEW = "/akun/", "/akun/baru/"


@pytest.fixture
def tree():
    return make_satker_tree()


@pytest.fixture
def chief(tree):
    return make_user(tree.kanwil, Role.KETUA)


@pytest.fixture
def office(client, chief):
    """The ketua's browser."""
    client.force_login(chief)
    return client


def page_of(user, name="account"):
    return reverse(f"people:{name}", args=[user.pk])


def filled(tree, **changes):
    fields = {
        "satker": tree.satker.code,
        "name": "Siti Aminah",
        "username": "siti.aminah",
        "role": "operator",
        "email": "",
    }
    return fields | changes


def told(response):
    return re.search(r"<code data-password>([^<]+)</code>", response.content.decode())[1]


class TestWho:
    @pytest.mark.parametrize("role", [r for r in Role if r not in {Role.KETUA, Role.ADMIN_PUSAT}])
    def test_other_roles_have_no_such_page(self, client, tree, role):
        place = {Role.OPERATOR: tree.satker, Role.PIMPINAN: tree.satker}.get(role, tree.pusat)
        person = make_user(tree.satker)
        client.force_login(make_user(place, role))

        assert client.get(LIST).status_code == 403
        assert client.post(NEW, filled(tree)).status_code == 403
        assert client.get(page_of(person)).status_code == 403
        for name in ("account", "password", "active"):
            assert client.post(page_of(person, name)).status_code == 403
        assert not User.objects.filter(username="siti.aminah").exists()

    def test_the_ketua_sees_its_own_satker_alone(self, office, tree, chief):
        seen = [
            make_user(tree.satker),
            make_user(tree.madrasah, Role.PIMPINAN),
            make_user(tree.kanwil, Role.VERIFIKATOR),
        ]
        hidden = [
            chief,
            make_user(tree.kanwil, Role.KETUA),
            make_user(tree.kanwil, Role.PEMANTAU),
            make_user(tree.other_satker),
            make_user(tree.pusat, Role.ADMIN_PUSAT),
        ]

        shown = {person.pk for person in office.get(LIST).context["page"]}

        assert shown == {person.pk for person in seen}
        for person in hidden:
            assert office.get(page_of(person)).status_code == 404
            for name in ("account", "password", "active"):
                assert office.post(page_of(person, name), {"aktif": "0"}).status_code == 404

    def test_the_centre_sees_all_but_itself(self, client, tree, chief):
        admin = make_user(tree.pusat, Role.ADMIN_PUSAT)
        client.force_login(admin)

        shown = {person.pk for person in client.get(LIST).context["page"]}

        assert chief.pk in shown
        assert admin.pk not in shown
        assert client.get(page_of(admin)).status_code == 404

    def test_a_ketua_at_the_centre_leaves_the_teams_of_the_kanwil_alone(self, client, tree):
        client.force_login(make_user(tree.pusat, Role.KETUA))
        theirs = make_user(tree.kanwil, Role.VERIFIKATOR)
        own, operator = make_user(tree.pusat, Role.VERIFIKATOR), make_user(tree.kanwil)

        assert client.get(page_of(theirs)).status_code == 404
        assert client.get(page_of(own)).status_code == 200
        assert client.get(page_of(operator)).status_code == 200
        fields = filled(tree, satker=tree.kanwil.code, role="verifikator")
        assert client.post(NEW, fields).status_code == 422

    def test_the_menu_leads_there(self, office):
        assert 'href="/akun/"' in office.get("/verifikasi/").content.decode()


class TestNew:
    def test_made_with_a_password_told_once(self, office, tree, chief, caplog):
        caplog.set_level(logging.DEBUG)
        response = office.post(NEW, filled(tree, username="Siti.Aminah"))

        password = told(response)
        user = User.objects.get(username="siti.aminah")
        assert response.status_code == 200
        assert "no-store" in response.headers["Cache-Control"]
        assert user.check_password(password)
        assert user.must_change_password
        assert (user.satker, user.role) == (tree.satker, Role.OPERATOR)
        event = Event.objects.get(action="akun dibuat", subject="siti.aminah")
        assert event.by == chief
        told_of = [caplog.text, *Event.objects.values_list("after", "before", "subject")]
        assert password not in str(told_of)
        assert password not in office.get(page_of(user)).content.decode()
        assert verify().fault is None

    def test_whoever_got_it_must_choose_another(self, office, tree):
        password = told(office.post(NEW, filled(tree)))
        browser = Client()

        browser.post("/masuk/", {"login": "siti.aminah", "password": password})

        assert browser.get("/penilaian/").headers["Location"].startswith("/kata-sandi/")

    def test_sent_twice_makes_one(self, office, tree):
        office.post(NEW, filled(tree))
        again = office.post(NEW, filled(tree))

        assert again.status_code == 422
        assert "siti.aminah sudah dipakai" in again.content.decode()
        assert User.objects.filter(username="siti.aminah").count() == 1

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"satker": "820101"}, "Tidak ada satker berkode 820101"),
            ({"satker": "x" * 500}, "paling banyak 200 karakter"),
            ({"satker": "a\x00b"}, "Karakter null"),
            ({"role": "ketua"}, "pilihan yang valid"),
            ({"role": "admin_pusat"}, "pilihan yang valid"),
            ({"role": "verifikator"}, "bukan wewenang Anda"),
            ({"name": " "}, "wajib"),
            ({"username": "spasi dua"}, "Nama pengguna berisi"),
            ({"email": "bukan"}, "Alamat surel tidak sah"),
        ],
    )
    def test_refused_with_what_was_typed(self, office, tree, changes, message):
        before = User.objects.count()
        response = office.post(NEW, filled(tree, **changes))

        text = response.content.decode()
        assert response.status_code == 422
        assert message in text
        assert 'value="siti.aminah"' in text or "username" in changes
        assert User.objects.count() == before

    def test_a_verifikator_for_its_own_kanwil(self, office, tree):
        changes = {"satker": tree.kanwil.code, "role": "verifikator"}

        assert office.post(NEW, filled(tree, **changes)).status_code == 200


class TestAccount:
    def test_name_and_role_are_corrected(self, office, tree, chief):
        user = make_user(tree.satker)

        answer = office.post(
            page_of(user), {"name": "Siti A.", "role": "pimpinan", "email": "s@contoh.id"}
        )

        user.refresh_from_db()
        assert answer.status_code == 302
        assert (user.name, user.role, user.email) == ("Siti A.", "pimpinan", "s@contoh.id")
        assert Event.objects.get(action="hak diubah").by == chief

    def test_all_or_nothing(self, office, tree):
        user = make_user(tree.satker)

        answer = office.post(page_of(user), {"name": "Lain", "role": "verifikator", "email": ""})

        user.refresh_from_db()
        assert answer.status_code == 422
        assert (user.name, user.role) == ("Siti Aminah", Role.OPERATOR)

    def test_closed_and_opened_again(self, office, tree):
        user = make_user(tree.satker)
        browser = Client()
        browser.force_login(user)

        office.post(page_of(user, "active"), {"aktif": "0"})
        assert browser.get("/penilaian/").status_code == 302
        user.refresh_from_db()
        assert not user.is_active

        office.post(page_of(user, "active"), {"aktif": "1"})
        user.refresh_from_db()
        assert user.is_active

    def test_a_new_password_ends_the_sessions(self, office, tree):
        user = make_user(tree.satker)
        browser = Client()
        browser.force_login(user)

        password = told(office.post(page_of(user, "password")))

        user.refresh_from_db()
        assert browser.get("/penilaian/").status_code == 302
        assert user.check_password(password)
        assert not user.check_password(PASSWORD)
        assert user.must_change_password

    def test_who_was_promoted_meanwhile_is_out_of_reach(self, tree, chief):
        user = make_user(tree.kanwil, Role.VERIFIKATOR)
        admin = make_user(tree.pusat, Role.ADMIN_PUSAT)
        services.change_role(user=user, role=Role.KETUA, satker=tree.kanwil, by=admin)

        with pytest.raises(UserRefused, match="bukan wewenang"):
            services.change_role(user=user, role=Role.OPERATOR, satker=tree.kanwil, by=chief)
        with pytest.raises(UserRefused, match="bukan wewenang"):
            services.set_active(user=user, active=False, by=chief)
        with pytest.raises(UserRefused, match="bukan wewenang"):
            services.give_temporary_password(user=user, by=chief)
        with pytest.raises(UserRefused, match="bukan wewenang"):
            services.change_role(
                user=make_user(tree.satker), role=Role.KETUA, satker=tree.kanwil, by=chief
            )

        user.refresh_from_db()
        assert (user.role, user.is_active) == (Role.KETUA, True)
        assert user.check_password(PASSWORD)


class TestList:
    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ({"cari": "AMINAH"}, 1),
            ({"cari": "330801"}, 3),
            ({"cari": "tidak ada"}, 0),
            ({"peran": "pimpinan"}, 1),
            ({"peran": "ketua"}, 3),
            ({"keadaan": "tutup"}, 1),
            ({"keadaan": "belum"}, 2),
            ({"halaman": "x"}, 3),
        ],
    )
    def test_filters(self, office, tree, query, count):
        make_user(tree.satker, name="Siti Aminah")
        make_user(tree.satker, Role.PIMPINAN, name="Budi")
        closed = make_user(tree.madrasah, name="Tuti")
        services.set_active(user=closed, active=False, by=None)

        response = office.get(LIST, query)

        assert response.status_code == 200
        assert response.context["page"].paginator.count == count

    def test_empty(self, office):
        assert "Belum ada akun" in office.get(LIST).content.decode()

    @pytest.mark.parametrize("count", [1, 3])
    def test_queries(self, office, tree, django_assert_num_queries, count):
        for _ in range(count):
            make_user(tree.satker)
        office.get(LIST)

        with django_assert_num_queries(5):
            office.get(LIST)

    def test_queries_of_the_form(self, office, tree, django_assert_num_queries):
        office.get(NEW)
        with django_assert_num_queries(4):
            office.get(NEW)
