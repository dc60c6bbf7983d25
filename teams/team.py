"""The team of a satker as pages and rules read it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Role, User
from common.composed import rows_of
from satker.models import Satker
from teams.models import Pokja, Post, TeamMember


@dataclass(frozen=True, slots=True)
class PokjaTeam:
    """The people of one pokja; lead: None where nobody is."""

    key: str
    name: str
    lead: User | None
    members: tuple[User, ...]

    @property
    def people(self) -> tuple[User, ...]:
        return ((self.lead,) if self.lead else ()) + self.members


@dataclass(frozen=True, slots=True)
class Posts:
    """Who is what, by the keys of people: all that decides who may do what in a team.

    chair, secretary, and leads by pokja: None where nobody is.
    """

    chair: int | None
    secretary: int | None
    leads: dict[str, int | None]
    members: dict[str, frozenset[int]]

    def runs_it(self, user: User) -> bool:
        """Its chair or secretary."""
        return _is(self.chair, user) or _is(self.secretary, user)

    def pokja_of(self, user: User) -> tuple[str, ...]:
        return tuple(
            key
            for key, lead in self.leads.items()
            if _is(lead, user) or user.pk in self.members[key]
        )

    def led_by(self, user: User) -> tuple[str, ...]:
        """The pokja whose questions the person gives out and checks (decision 42): all for the
        head, the chair and the secretary, one's own for a coordinator; and where nobody leads,
        the operators do it among themselves."""
        if user.role == Role.PIMPINAN or self.runs_it(user):
            return tuple(self.leads)
        led_otherwise = self.chair or self.secretary
        return tuple(
            key
            for key, lead in self.leads.items()
            if _is(lead, user) or (lead is None and not led_otherwise)
        )


@dataclass(frozen=True, slots=True)
class Team:
    """chair, secretary: None where nobody is. pokja: all of them, by key."""

    chair: User | None
    secretary: User | None
    pokja: dict[str, PokjaTeam]

    @property
    def exists(self) -> bool:
        return bool(self.chair or self.secretary or any(p.people for p in self.pokja.values()))

    @property
    def digest(self) -> str:
        """Tells two compositions apart."""
        parts = [str(p.pk) if p else "" for p in (self.chair, self.secretary)]
        for each in self.pokja.values():
            lead = str(each.lead.pk) if each.lead else ""
            members = ",".join(str(pk) for pk in sorted(m.pk for m in each.members))
            parts.append(f"{lead}:{members}")
        return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]

    @property
    def posts(self) -> Posts:
        return Posts(
            chair=self.chair and self.chair.pk,
            secretary=self.secretary and self.secretary.pk,
            leads={key: each.lead and each.lead.pk for key, each in self.pokja.items()},
            members={
                key: frozenset(member.pk for member in each.members)
                for key, each in self.pokja.items()
            },
        )

    def runs_it(self, user: User) -> bool:
        return self.posts.runs_it(user)

    def pokja_of(self, user: User) -> tuple[str, ...]:
        return self.posts.pokja_of(user)

    def led_by(self, user: User) -> tuple[str, ...]:
        return self.posts.led_by(user)


def _is(holder: int | None, user: User) -> bool:
    """Nobody holds a post that is empty, an unknown person least of all."""
    return holder is not None and holder == user.pk


def load_team(satker: Satker) -> Team:
    """In one query. Who left, has another role now or a closed account, is not in it."""
    rows = TeamMember.objects.current().filter(satker=satker).select_related("user__satker")
    return build_team(list(rows))


def load_posts(satker: Satker) -> Posts:
    """As `load_team`, without the people: a third of the time, for a page that opens often."""
    of_the_team: dict[str, int] = {}
    leads: dict[str, int | None] = dict.fromkeys(Pokja.values)
    members: dict[str, set[int]] = {pokja: set() for pokja in Pokja.values}
    for user, post, pokja in rows_of(_posts, satker.pk):
        if not pokja:
            of_the_team[post] = user
        elif post == Post.LEAD:
            leads[pokja] = user
        else:
            members[pokja].add(user)
    return Posts(
        chair=of_the_team.get(Post.CHAIR),
        secretary=of_the_team.get(Post.SECRETARY),
        leads=leads,
        members={pokja: frozenset(each) for pokja, each in members.items()},
    )


def _posts(satker: int) -> QuerySet[TeamMember, tuple[int, str, str]]:
    rows = TeamMember.objects.current().filter(satker_id=satker)
    return rows.order_by().values_list("user_id", "post", "pokja")


def build_team(rows: Sequence[TeamMember]) -> Team:
    def one(post: Post, pokja: str = "") -> User | None:
        return next((r.user for r in rows if r.post == post and r.pokja == pokja), None)

    return Team(
        chair=one(Post.CHAIR),
        secretary=one(Post.SECRETARY),
        pokja={
            pokja.value: PokjaTeam(
                pokja.value,
                pokja.label,
                one(Post.LEAD, pokja),
                tuple(r.user for r in rows if r.post == Post.MEMBER and r.pokja == pokja),
            )
            for pokja in Pokja
        },
    )
