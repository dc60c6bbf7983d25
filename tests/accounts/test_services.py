import json
from contextlib import suppress

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services
from accounts.errors import PasswordRefused, UserRefused
from accounts.models import MailRhythm, Role, User
from accounts.services import (
    change_details,
    change_own_mail,
    change_own_password,
    change_role,
    create_user,
    set_password,
)
from audit.models import Event
from audit.services import verify
from satker.services import set_active
from tests.factories import PASSWORD, make_satker, make_satker_tree, make_user

pytestmark = pytest.mark.django_db

OTHER = "gerobak-sapi-hijau-61"


@pytest.fixture
def tree():
    return make_satker_tree()


def events(satker):
    """Action and subject of what was recorded about a satker's people, the latest last."""
    rows = Event.objects.filter(chain__key=satker.audit_key).order_by("number")
    return [(event.action, event.subject) for event in rows if not event.action.startswith("sat")]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite locks no rows")
def test_a_person_is_held_so_that_their_acts_can_be_recorded_meanwhile(tree):
    """A download holds the satker's chain and then points to the person; changing the person
    waits for that chain with the person held."""
    user = make_user(tree.satker)

    with CaptureQueriesContext(connection) as found:
        change_own_mail(user=user, email="siti@kemenag.example", rhythm=MailRhythm.EACH)

    locks = [
        each["sql"] for each in found if "accounts_user" in each["sql"] and " FOR " in each["sql"]
    ]
    assert [lock.partition(" FOR ")[2] for lock in locks] == ['NO KEY UPDATE OF "accounts_user"']


class TestCreateUser:
    def test_account(self, tree):
        user = create_user(
            username=" Operator-330801 ",
            name=" Siti \t Aminah ",
            role=Role.OPERATOR,
            satker=tree.satker,
            email=" siti@kemenag.example ",
            password=PASSWORD,
            by=None,
        )

        user = User.objects.get(pk=user.pk)
        assert (user.username, user.name, user.email) == (
            "operator-330801",
            "Siti Aminah",
            "siti@kemenag.example",
        )
        assert user.must_change_password
        assert user.check_password(PASSWORD)
        assert user.password.startswith("argon2$")

    def test_is_recorded_without_the_password(self, tree):
        admin = make_user(tree.pusat, Role.ADMIN_PUSAT)

        user = create_user(
            username="op",
            name="Siti Aminah",
            role=Role.OPERATOR,
            satker=tree.satker,
            password=PASSWORD,
            by=admin,
        )

        event = Event.objects.filter(chain__key=tree.satker.audit_key).latest("number")
        assert (event.action, event.subject, event.by) == ("akun dibuat", "op", admin)
        assert json.loads(event.after) == {
            "nama": "Siti Aminah",
            "surel": "",
            "peran": "operator",
            "satker": "330801",
            "aktif": True,
        }
        told = "".join(f"{event.before}{event.after}" for event in Event.objects.all())
        assert PASSWORD not in told
        assert user.password not in told
        assert "argon2" not in told

    def test_without_a_password_nobody_can_sign_in(self, tree):
        user = create_user(
            username="op", name="Siti", role=Role.OPERATOR, satker=tree.satker, by=None
        )

        assert not user.has_usable_password()

    def test_a_hash_made_before_is_taken(self, tree):
        made = make_user(tree.satker).password

        user = create_user(
            username="op",
            name="Siti",
            role=Role.OPERATOR,
            satker=tree.satker,
            encoded_password=made,
            must_change_password=False,
            by=None,
        )

        assert user.check_password(PASSWORD)
        assert not user.must_change_password

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"username": ""}, "username"),
            ({"username": "a b"}, "username"),
            ({"username": "é"}, "username"),
            ({"username": "a\x00"}, "username"),
            ({"username": "x" * 81}, "username"),
            ({"username": "-a"}, "username"),
            ({"username": "ADA"}, "username"),
            ({"name": " "}, "name"),
            ({"name": "x" * 151}, "name"),
            ({"name": "a\x00b"}, "name"),
            ({"name": "a\udc80b"}, "name"),
            ({"email": "x"}, "email"),
            ({"email": "a@b.id\x00"}, "email"),
            ({"email": f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.id"}, "email"),
            ({"role": "raja"}, "role"),
            ({"role": Role.TPI}, "role"),
            ({"password": "pendek"}, "password"),
            ({"password": "123456789012345"}, "password"),
            ({"password": "password1234"}, "password"),
            ({"password": "siti-aminah-zahra"}, "password"),
            ({"password": "x" * 201}, "password"),
        ],
    )
    def test_refused(self, tree, values, field):
        make_user(tree.satker, username="ada")
        before = User.objects.count(), Event.objects.count()
        values = {
            "username": "op",
            "name": "Siti Aminah Zahra",
            "role": Role.OPERATOR,
            "password": PASSWORD,
        } | values

        with pytest.raises(UserRefused) as refusal:
            create_user(satker=tree.satker, by=None, **values)

        assert refusal.value.field == field
        assert str(refusal.value)
        assert (User.objects.count(), Event.objects.count()) == before

    def test_at_a_closed_satker_is_refused(self, tree):
        set_active(satker=tree.madrasah, active=False, by=None)
        tree.madrasah.refresh_from_db()

        with pytest.raises(UserRefused) as refusal:
            make_user(tree.madrasah)

        assert refusal.value.field == "satker"


@pytest.mark.parametrize("role", Role)
def test_where_a_role_exists(tree, role):
    anywhere = {"pusat", "eselon1", "kanwil", "satker", "madrasah"}
    expected = {
        Role.OPERATOR: anywhere,
        Role.PIMPINAN: anywhere,
        Role.VERIFIKATOR: {"pusat", "kanwil"},
        Role.KETUA: {"pusat", "kanwil"},
        Role.PEMANTAU: {"pusat", "kanwil"},
        Role.TPI: {"pusat", "eselon1"},
        Role.ADMIN_PUSAT: {"pusat"},
    }[role]

    taken = set()
    for place in anywhere:
        with suppress(UserRefused):
            make_user(getattr(tree, place), role)
            taken.add(place)

    assert taken == expected


class TestChangeDetails:
    def test_is_recorded_as_it_was_and_is(self, tree):
        user = make_user(tree.satker, username="op")

        changed = change_details(user=user, name="Budi", email="", by=None)

        assert changed.name == "Budi"
        event = Event.objects.filter(chain__key=tree.satker.audit_key).latest("number")
        assert (event.action, event.before, event.after) == (
            "akun diubah",
            '{"nama":"Siti Aminah"}',
            '{"nama":"Budi"}',
        )

    def test_nothing_changed_is_not_recorded(self, tree):
        user = make_user(tree.satker)
        before = Event.objects.count()

        change_details(user=user, name="Siti  Aminah", email=" ", by=None)

        assert Event.objects.count() == before


class TestChangeRole:
    def test_another_place_is_recorded_in_both_chains(self, tree):
        user = make_user(tree.satker, username="op")

        change_role(user=user, role=Role.PIMPINAN, satker=tree.other_satker, by=None)

        user.refresh_from_db()
        assert (user.role, user.satker) == (Role.PIMPINAN, tree.other_satker)
        assert events(tree.satker)[-1] == ("hak diubah", "op")
        assert events(tree.other_satker) == [("hak diubah", "op")]
        assert verify().fault is None

    def test_role_that_does_not_exist_there_is_refused(self, tree):
        user = make_user(tree.satker)

        with pytest.raises(UserRefused) as refusal:
            change_role(user=user, role=Role.KETUA, satker=tree.satker, by=None)

        assert refusal.value.field == "role"
        user.refresh_from_db()
        assert user.role == Role.OPERATOR

    def test_closed_satker_is_refused(self, tree):
        closed = make_satker("9", parent=tree.kanwil, active=False)

        with pytest.raises(UserRefused) as refusal:
            change_role(user=make_user(tree.satker), role=Role.OPERATOR, satker=closed, by=None)

        assert refusal.value.field == "satker"

    def test_own_role_is_refused(self, tree):
        admin = make_user(tree.pusat, Role.ADMIN_PUSAT)

        with pytest.raises(UserRefused) as refusal:
            change_role(user=admin, role=Role.OPERATOR, satker=tree.pusat, by=admin)

        assert refusal.value.field == "role"


class TestSetActive:
    def test_close_and_open(self, tree):
        user = make_user(tree.satker, username="op")

        services.set_active(user=user, active=False, by=None)
        services.set_active(user=user, active=False, by=None)
        services.set_active(user=user, active=True, by=None)

        assert events(tree.satker)[-2:] == [("akun ditutup", "op"), ("akun dibuka", "op")]

    def test_own_account_is_refused(self, tree):
        admin = make_user(tree.pusat, Role.ADMIN_PUSAT)

        with pytest.raises(UserRefused) as refusal:
            services.set_active(user=admin, active=False, by=admin)

        assert refusal.value.field == "is_active"

    def test_opening_at_a_closed_satker_is_refused(self, tree):
        user = make_user(tree.madrasah)
        services.set_active(user=user, active=False, by=None)
        set_active(satker=tree.madrasah, active=False, by=None)

        with pytest.raises(UserRefused) as refusal:
            services.set_active(user=user, active=True, by=None)

        assert refusal.value.field == "satker"


class TestSetPassword:
    def test_given_by_someone_else_must_be_changed(self, tree):
        user = make_user(tree.satker, username="op")

        changed = set_password(user=user, password=OTHER, must_change=True, by=None)

        assert changed.check_password(OTHER)
        assert changed.must_change_password
        event = Event.objects.filter(chain__key=tree.satker.audit_key).latest("number")
        assert (event.action, event.before, event.after) == (
            "kata sandi diganti",
            "",
            '{"wajib diganti":true}',
        )

    def test_own_choice_is_final(self, tree):
        user = make_user(tree.satker, must_change_password=True)

        change_own_password(user=user, current=PASSWORD, password=OTHER)

        user.refresh_from_db()
        assert user.check_password(OTHER)
        assert not user.must_change_password

    def test_own_choice_needs_the_current_one(self, tree):
        user = make_user(tree.satker)

        with pytest.raises(UserRefused) as refusal:
            change_own_password(user=user, current=OTHER, password=OTHER)

        assert refusal.value.field == "oldpassword"

    def test_the_same_again_is_refused(self, tree):
        user = make_user(tree.satker, must_change_password=True)

        with pytest.raises(PasswordRefused, match="harus berbeda"):
            change_own_password(user=user, current=PASSWORD, password=PASSWORD)

    def test_weak_one_is_refused_with_every_reason(self, tree):
        user = make_user(tree.satker, username="siti.aminah")

        with pytest.raises(PasswordRefused) as refusal:
            set_password(user=user, password="12345", must_change=True, by=None)

        assert len(refusal.value.reasons) == 3
        user.refresh_from_db()
        assert user.check_password(PASSWORD)
