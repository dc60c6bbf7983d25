"""The one writer of teams."""

from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import OF_A_SATKER, User
from audit.services import locked_chain, record
from notices.enums import Kind
from notices.services import News, hold, notify_all
from satker.models import Satker
from teams.errors import StaleTeam, TeamRefused
from teams.models import OF_A_POKJA, Post, TeamMember
from teams.permissions import can_change_team
from teams.team import build_team


@dataclass(frozen=True, slots=True)
class NewPokja:
    """Keys of people; lead: None for nobody."""

    lead: int | None
    members: frozenset[int]


@dataclass(frozen=True, slots=True)
class NewTeam:
    """Who is to be what; pokja by key, those left out have nobody."""

    chair: int | None
    secretary: int | None
    pokja: Mapping[str, NewPokja]


Row = tuple[str, str, int]  # post, pokja, person


@transaction.atomic
def set_team(*, satker: Satker, new: NewTeam, seen: str, by: User) -> bool:
    """Put the team together as told; returns whether anything changed.

    seen: `Team.digest` of what the person had on screen. Raises StaleTeam where somebody changed
    it meanwhile, TeamRefused where the person may not (any more), for people who have no open
    account at the satker, and for one person as chair and secretary at once. Everybody whose post
    is another now is told, but for who did it.
    """
    # Before the satker's chain: whoever changes a person holds the person first.
    people = hold(people_of(satker))
    chain = locked_chain(satker.audit_key)
    rows = list(TeamMember.objects.filter(satker=satker).select_related("user__satker"))
    current = [r for r in rows if r.user.works_at(satker.pk)]
    team = build_team(current)
    if not can_change_team(by, team):
        raise TeamRefused("Susunan tim diubah oleh pimpinan, ketua, atau sekretaris tim.")
    wanted = _wanted(new)
    if {(r.post, r.pokja, r.user_id) for r in rows} == wanted:
        return False
    if team.digest != seen:
        raise StaleTeam
    _refuse(satker, new, wanted)
    TeamMember.objects.filter(satker=satker).delete()
    TeamMember.objects.bulk_create(
        TeamMember(satker=satker, user_id=person, post=post, pokja=pokja)
        for post, pokja, person in sorted(wanted)
    )
    record(
        chain=chain,
        action="tim diubah",
        subject=satker.code,
        by=by,
        before=_told((r.post, r.pokja, r.user_id) for r in rows),
        after=_told(wanted),
    )
    _tell(people, {(r.post, r.pokja, r.user_id) for r in current}, wanted, by)
    return True


def _wanted(new: NewTeam) -> set[Row]:
    rows: set[Row] = set()
    for post, person in ((Post.CHAIR, new.chair), (Post.SECRETARY, new.secretary)):
        if person is not None:
            rows.add((post.value, "", person))
    for key, pokja in new.pokja.items():
        if pokja.lead is not None:
            rows.add((Post.LEAD.value, key, pokja.lead))
        rows |= {(Post.MEMBER.value, key, person) for person in pokja.members - {pokja.lead}}
    return rows


def _refuse(satker: Satker, new: NewTeam, wanted: set[Row]) -> None:
    if new.chair is not None and new.chair == new.secretary:
        raise TeamRefused("Ketua dan sekretaris tim harus dua orang.", "secretary")
    people = {person for _, _, person in wanted}
    known = set(people_of(satker).values_list("pk", flat=True))
    if people - known:
        raise TeamRefused(
            "Seorang yang dipilih tidak lagi memiliki akun yang terbuka di satker ini. "
            "Muat ulang halaman, lalu pilih lagi."
        )


def people_of(satker: Satker) -> QuerySet[User]:
    """Who can be in the team: operators and head with an open account, by name."""
    return User.objects.filter(satker=satker, is_active=True, role__in=OF_A_SATKER).order_by(
        "name", "pk"
    )


def _tell(people: Collection[User], before: Set[Row], after: Set[Row], by: User) -> None:
    """One notice to each of the people who is something, or no longer is."""
    news = []
    for person in people:
        gained, lost = (
            _in_words(row for row in rows if row[2] == person.pk)
            for rows in (after - before, before - after)
        )
        parts = [f"Anda menjadi {gained}" if gained else "", f"tidak lagi {lost}" if lost else ""]
        told = ", dan ".join(filter(None, parts))
        if told and person != by:
            told = told if gained else f"Anda {told}"
            text = f"{by.name} mengubah susunan tim kerja: {told}."
            news.append(News([person], Kind.TASK, text, reverse("teams:team")))
    notify_all(news)


def _in_words(rows: Iterable[Row]) -> str:
    """ "ketua tim; koordinator pokja 1; anggota pokja 2, 3"."""
    pokja: dict[str, list[str]] = {}
    for post, key, _ in sorted(rows, key=lambda row: (list(Post).index(Post(row[0])), row[1])):
        pokja.setdefault(post, []).append(key)
    return "; ".join(
        f"{Post(post).label.lower()} "
        + (f"pokja {', '.join(keys)}" if Post(post) in OF_A_POKJA else "tim")
        for post, keys in pokja.items()
    )


def _told(rows: Iterable[Row]) -> list[str]:
    """As the audit trail tells it: "koordinator 1: 57"."""
    return sorted(f"{post} {pokja}: {person}".replace(" :", ":") for post, pokja, person in rows)
