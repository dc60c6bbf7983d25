"""The team of a satker: put together by whom, out of whom, one after the other."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Role, User
from accounts.services import change_role
from audit.models import Event
from audit.services import verify
from notices.models import Notice
from teams.errors import StaleTeam, TeamRefused
from teams.models import Post, TeamMember
from teams.permissions import can_change_team
from teams.services import NewPokja, NewTeam, set_team
from teams.team import load_posts, load_team
from tests.factories_assessments import make_kanwil, make_satker, make_user

pytestmark = pytest.mark.django_db

NOBODY = NewTeam(None, None, {})


@pytest.fixture
def satker():
    return make_satker()


@pytest.fixture
def head(satker):
    return make_user(Role.PIMPINAN, satker, name="Kepala")


@pytest.fixture
def people(satker):
    return [make_user(Role.OPERATOR, satker, name=f"Orang {n}") for n in range(3)]


def put(satker, new, by, seen=None):
    return set_team(
        satker=satker, new=new, seen=load_team(satker).digest if seen is None else seen, by=by
    )


class TestService:
    def test_stores_and_records(self, satker, head, people):
        a, b, c = people
        new = NewTeam(a.pk, b.pk, {"1": NewPokja(c.pk, frozenset({a.pk, c.pk}))})

        assert put(satker, new, head)

        team = load_team(satker)
        assert (team.chair, team.secretary) == (a, b)
        assert (team.pokja["1"].lead, team.pokja["1"].members) == (c, (a,))
        assert (team.pokja_of(c), team.pokja["2"].people) == (("1",), ())
        event = Event.objects.get(action="tim diubah")
        assert f"koordinator 1: {c.pk}" in event.after
        assert verify().fault is None

    def test_the_same_again_changes_nothing(self, satker, head, people):
        new = NewTeam(people[0].pk, None, {})
        put(satker, new, head)

        assert not put(satker, new, head, seen="lama")
        assert Event.objects.filter(action="tim diubah").count() == 1

    def test_a_change_over_a_newer_team_is_refused(self, satker, head, people):
        seen = load_team(satker).digest
        put(satker, NewTeam(people[0].pk, None, {}), head)

        with pytest.raises(StaleTeam):
            put(satker, NewTeam(people[1].pk, None, {}), head, seen=seen)
        assert load_team(satker).chair == people[0]

    def test_strangers_and_closed_accounts_are_refused(self, satker, head, people):
        stranger = make_user(Role.OPERATOR, make_satker())
        reviewer = make_user(Role.VERIFIKATOR, satker.verifier)
        closed = people[0]
        User.objects.filter(pk=closed.pk).update(is_active=False)

        for person in (stranger, reviewer, closed):
            with pytest.raises(TeamRefused):
                put(satker, NewTeam(person.pk, None, {}), head)
        assert not TeamMember.objects.exists()

    def test_chair_and_secretary_are_two(self, satker, head, people):
        with pytest.raises(TeamRefused) as refused:
            put(satker, NewTeam(people[0].pk, people[0].pk, {}), head)
        assert refused.value.field == "secretary"

    def test_who_left_is_no_longer_in_it(self, satker, head, people):
        put(satker, NewTeam(people[0].pk, None, {"1": NewPokja(people[1].pk, frozenset())}), head)
        User.objects.filter(pk=people[0].pk).update(satker=make_satker())
        User.objects.filter(pk=people[1].pk).update(is_active=False)

        team = load_team(satker)
        assert (team.chair, team.pokja["1"].lead) == (None, None)
        # and their place can be given to another
        assert put(satker, NewTeam(people[2].pk, None, {}), head)
        assert TeamMember.objects.get().user == people[2]

    def test_who_has_another_role_at_the_same_place_is_no_longer_in_it(self):
        kanwil = make_kanwil()
        chair, other = (make_user(Role.OPERATOR, kanwil) for _ in range(2))
        put(kanwil, NewTeam(chair.pk, None, {"1": NewPokja(chair.pk, frozenset())}), chair)
        change_role(user=chair, role=Role.VERIFIKATOR, satker=kanwil, by=None)

        team = load_team(kanwil)
        assert (team.chair, team.pokja["1"].lead) == (None, None)
        assert can_change_team(other, team)
        assert put(kanwil, NewTeam(other.pk, None, {}), other)

    def test_an_operator_begins_and_then_the_chair_goes_on(self, satker, head, people):
        a, b, _ = people
        assert put(satker, NewTeam(a.pk, None, {}), b)

        with pytest.raises(TeamRefused, match="pimpinan, ketua"):
            put(satker, NOBODY, b)
        assert put(satker, NewTeam(a.pk, b.pk, {}), a)
        assert put(satker, NOBODY, head)

    def test_the_database_holds_one_lead(self, satker, people):
        fields = {"satker": satker, "post": Post.LEAD, "pokja": "1"}
        TeamMember.objects.create(user=people[0], **fields)
        with pytest.raises(IntegrityError), transaction.atomic():
            TeamMember.objects.create(user=people[1], **fields)
        with pytest.raises(IntegrityError), transaction.atomic():
            TeamMember.objects.create(satker=satker, user=people[1], post=Post.CHAIR, pokja="1")


class TestNotices:
    def told(self):
        """{name: what they are told}, and forgets it."""
        rows = Notice.objects.values_list("recipient__name", "text", "kind", "url")
        found = {name: text for name, text, *place in rows if place == ["tugas", "/tim/"]}
        assert len(found) == len(rows)
        Notice.objects.all().delete()
        return found

    def test_who_becomes_or_is_no_longer_something(self, satker, head, people):
        a, b, c = people
        every = {key: NewPokja(b.pk, frozenset({c.pk})) for key in ("hasil", "2", "1")}
        changed = "Kepala mengubah susunan tim kerja: "

        put(satker, NewTeam(a.pk, head.pk, every | {"3": NewPokja(a.pk, frozenset())}), head)
        assert self.told() == {
            "Orang 0": f"{changed}Anda menjadi ketua tim; koordinator pokja 3.",
            "Orang 1": f"{changed}Anda menjadi koordinator pokja 1, 2, hasil.",
            "Orang 2": f"{changed}Anda menjadi anggota pokja 1, 2, hasil.",
        }

        put(satker, NewTeam(a.pk, head.pk, every | {"1": NewPokja(c.pk, frozenset())}), head)
        assert self.told() == {
            "Orang 0": f"{changed}Anda tidak lagi koordinator pokja 3.",
            "Orang 1": f"{changed}Anda tidak lagi koordinator pokja 1.",
            "Orang 2": f"{changed}Anda menjadi koordinator pokja 1, "
            "dan tidak lagi anggota pokja 1.",
        }

    def test_neither_who_stays_what_they_are_nor_who_did_it(self, satker, head, people):
        a, b, _ = people
        put(satker, NewTeam(a.pk, None, {}), head)
        self.told()

        put(satker, NewTeam(a.pk, None, {"1": NewPokja(a.pk, frozenset({b.pk}))}), a)
        assert set(self.told()) == {"Orang 1"}
        assert not put(satker, NewTeam(a.pk, None, {"1": NewPokja(a.pk, frozenset({b.pk}))}), a)
        assert self.told() == {}

    def test_not_who_left(self, satker, head, people):
        a, b, _ = people
        put(satker, NewTeam(a.pk, None, {}), head)
        self.told()
        User.objects.filter(pk=a.pk).update(satker=make_satker())

        put(satker, NewTeam(b.pk, None, {}), head)
        assert set(self.told()) == {"Orang 1"}

    @pytest.mark.parametrize("number", [1, 3])
    def test_queries(self, satker, head, people, number, django_assert_num_queries):
        members = frozenset(person.pk for person in people[:number])
        seen = load_team(satker).digest
        new = NewTeam(None, None, {"1": NewPokja(None, members)})
        with django_assert_num_queries(16):
            set_team(satker=satker, new=new, seen=seen, by=head)


class TestLeading:
    def test_who_gives_out_and_checks(self, satker, head, people):
        a, b, c = people
        everything = tuple(load_team(satker).pokja)
        assert load_team(satker).led_by(c) == everything  # nobody leads yet

        put(satker, NewTeam(None, None, {"1": NewPokja(a.pk, frozenset())}), head)
        assert load_team(satker).led_by(b) == everything[1:]
        assert "1" in load_team(satker).led_by(a)

        put(satker, NewTeam(c.pk, None, {"1": NewPokja(a.pk, frozenset())}), head)
        team = load_team(satker)
        assert (team.led_by(a), team.led_by(b)) == (("1",), ())
        assert team.led_by(c) == team.led_by(head) == everything

    def test_the_same_without_reading_the_people(self, satker, head, people):
        """Nobody who has left, and nobody of another satker."""
        a, b, c = people
        for new in (
            NOBODY,
            NewTeam(
                a.pk,
                b.pk,
                {
                    "1": NewPokja(c.pk, frozenset({a.pk})),
                    "hasil": NewPokja(None, frozenset({b.pk})),
                },
            ),
            NewTeam(None, c.pk, {"2": NewPokja(a.pk, frozenset({a.pk, b.pk}))}),
        ):
            put(satker, new, head)
            assert load_posts(satker) == load_team(satker).posts
        assert load_posts(satker).leads["2"] == a.pk

        assert not load_posts(satker).runs_it(User())
        assert load_posts(satker).pokja_of(User()) == ()
        User.objects.filter(pk=a.pk).update(is_active=False)
        assert load_posts(satker) == load_team(satker).posts
        assert load_posts(satker).leads["2"] is None
        assert load_posts(make_satker()) == load_team(make_satker()).posts


class TestPage:
    URL = "/tim/"

    def fields(self, satker, **changes):
        return {"seen": load_team(satker).digest} | changes

    def test_empty_then_filled(self, client, satker, head, people):
        client.force_login(head)
        assert "Tim belum disusun" in client.get(self.URL).content.decode()

        sent = self.fields(satker, ketua=people[0].pk, anggota_1=[people[1].pk, people[2].pk])
        answer = client.post(self.URL, sent, follow=True)

        text = answer.content.decode()
        assert answer.redirect_chain
        assert "Susunan tim tersimpan." in text
        assert [m.name for m in load_team(satker).pokja["1"].members] == ["Orang 1", "Orang 2"]

    def test_what_was_chosen_stays_where_it_is_refused(self, client, satker, head, people):
        client.force_login(head)
        key = people[0].pk

        answer = client.post(self.URL, self.fields(satker, ketua=key, sekretaris=key))

        text = answer.content.decode()
        assert answer.status_code == 422
        assert "harus dua orang" in text
        assert text.count(f'<option value="{key}" selected>') == 2

    @pytest.mark.parametrize("hostile", ["\x00", "99999999999999999999", "-1", "abc", "a" * 5000])
    def test_hostile_input(self, client, satker, head, hostile):
        client.force_login(head)
        for name in ("ketua", "anggota_1", "koordinator_hasil", "seen"):
            answer = client.post(self.URL, self.fields(satker) | {name: hostile})
            assert answer.status_code in {302, 400, 422}
        assert not TeamMember.objects.exists()

    def test_only_the_satkers_people(self, client, satker):
        for role in (Role.VERIFIKATOR, Role.KETUA):
            client.force_login(make_user(role, satker.verifier))
            assert client.get(self.URL).status_code == 403
        for role in (Role.TPI, Role.ADMIN_PUSAT, Role.PEMANTAU):
            client.force_login(make_user(role))
            assert client.get(self.URL).status_code == 403

    def test_a_member_sees_and_may_not_change(self, client, satker, head, people):
        put(satker, NewTeam(people[0].pk, None, {}), head)
        client.force_login(people[1])

        text = client.get(f"{self.URL}?ubah=1").content.decode()
        assert "Simpan susunan" not in text
        assert client.post(self.URL, self.fields(satker)).status_code == 403

    @pytest.mark.parametrize("more", [0, 5])
    def test_queries(self, client, satker, head, people, more, django_assert_num_queries):
        members = frozenset(make_user(Role.OPERATOR, satker).pk for _ in range(more))
        put(satker, NewTeam(None, None, {"1": NewPokja(people[0].pk, members)}), head)
        client.force_login(head)
        client.get(self.URL)  # moves the session along
        with django_assert_num_queries(5):  # session, person, team, people
            client.get(reverse("teams:team"))
