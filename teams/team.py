"""The team of a satker as pages and rules read it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import Role, User
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

    def runs_it(self, user: User) -> bool:
        """Its chair or secretary."""
        return user in (self.chair, self.secretary)

    def pokja_of(self, user: User) -> tuple[str, ...]:
        return tuple(key for key, each in self.pokja.items() if user in each.people)

    def led_by(self, user: User) -> tuple[str, ...]:
        """The pokja whose questions the person gives out and checks (decision 42): all for the
        head, the chair and the secretary, one's own for a coordinator; and where nobody leads,
        the operators do it among themselves."""
        if user.role == Role.PIMPINAN or self.runs_it(user):
            return tuple(self.pokja)
        led_otherwise = self.chair or self.secretary
        return tuple(
            key
            for key, each in self.pokja.items()
            if each.lead == user or (each.lead is None and not led_otherwise)
        )


def load_team(satker: Satker) -> Team:
    """In one query. Who left, has another role now or a closed account, is not in it."""
    rows = TeamMember.objects.current().filter(satker=satker).select_related("user__satker")
    return build_team(list(rows))


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
