"""Fills an empty database with an example ministry: tree, people, a period, assessments."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import Role, User
from assessments.models import Instrument, Period
from assessments.services.book import Book
from assessments.services.bulk import LifeRecorder
from assessments.services.instruments import load_instrument
from assessments.services.periods import create_period
from assessments.services.rejection_counts import count_rejections
from assessments.worksheet import load_worksheet
from audit.bulk import Trail
from demo.accounts import CENTRE_REVIEWER, plan_users
from demo.calendar import Clock, plan_calendar
from demo.documents import Shelf
from demo.fates import DRAFTS, Fate, Lot, draw_lot
from demo.life import Cast, Life, Scribe
from demo.news import tell_news
from demo.register import keep_register
from demo.sheets import SheetMaker
from demo.talk import keep_talking
from demo.team import MEMBERS, gather_team
from demo.tree import PlannedSatker, plan_tree
from demo.words import Words
from evidence.models import EvidenceFile
from satker.models import Satker, SatkerKind

# The instrument that held in a year: (first year, code), the latest first.
_INSTRUMENTS = ((2021, "lke-2021"), (0, "lke-2014"))
_SET_UP_BEFORE = timedelta(days=7)  # tree and accounts, before the period opens
_LIVES_AT_ONCE = 40


@dataclass(frozen=True, slots=True)
class Seeded:
    """What was made. fates: how each satker stands, in the order of the tree."""

    kanwil: int
    satker: int
    year: int
    users: int
    fates: Mapping[Satker, Fate]

    def standing(self) -> Counter[Fate]:
        return Counter(self.fates.values())

    def reviewer_of(self, satker: Satker) -> Satker:
        """The Kanwil, or the centre."""
        return satker.verifier or satker


@dataclass(slots=True)
class Ministry:
    """Who and what is there before the first assessment."""

    period: Period
    instrument: Instrument
    sheets: SheetMaker
    seed: str
    now: datetime
    trail: Trail
    satker: dict[str, Satker] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)

    def rng(self, about: str) -> Random:
        """Chances of one part of the example, whatever happens in the others."""
        return Random(f"{self.seed}/{about}")  # noqa: S311 (an example, not a secret)

    def cast_of(self, satker: Satker) -> Cast:
        verifier = satker.verifier
        if verifier is not None and verifier.kind == SatkerKind.KANWIL:
            reviewer = self.users[f"{Role.VERIFIKATOR}-{verifier.code}"]
            chief = self.users[f"{Role.KETUA}-{verifier.code}"]
        else:
            reviewer = chief = self.users[CENTRE_REVIEWER]
        return Cast(
            operator=self.users[f"{Role.OPERATOR}-{satker.code}"],
            head=self.users[f"{Role.PIMPINAN}-{satker.code}"],
            reviewer=reviewer,
            chief=chief,
        )

    def lots(self) -> Iterator[tuple[Satker, Lot]]:
        """Every satker that assesses itself, with what falls to it."""
        position: Counter[int] = Counter()
        for satker in self.satker.values():
            verifier = satker.verifier_id
            if verifier is None:
                continue
            yield satker, draw_lot(self.rng(f"{satker.code}/lot"), position[verifier])
            position[verifier] += 1


def seed(*, satker: int, kanwil: int, year: int, seed: str, password: str, now: datetime) -> Seeded:
    """Fill the empty database, all or nothing; the same arguments give the same data.

    satker: beyond the centre and the Kanwil. password: of all accounts, hashed once.
    """
    shelf = Shelf()
    hashed = make_password(password)
    try:
        with transaction.atomic():
            ministry = found_ministry(
                plan_tree(satker=satker, kanwil=kanwil),
                year=year,
                seed=seed,
                password=hashed,
                now=now,
            )
            fates = _live(ministry, shelf)
            first = next(each for each in fates if each.kind != SatkerKind.KANWIL)
            keep_register(year=year, satker=first, users=ministry.users)
            gather_team(
                satker=first,
                users=ministry.users,
                rng=ministry.rng(f"{first.code}/team"),
                password=hashed,
                now=now,
            )
            drafts = (each for each, fate in fates.items() if fate in DRAFTS)
            keep_talking(year=year, satker=drafts, users=ministry.users)
            tell_news(fates, now)
    except BaseException:
        shelf.clear()
        raise
    return Seeded(kanwil, satker, year, len(ministry.users) + len(MEMBERS), fates)


def found_ministry(
    plan: list[PlannedSatker], *, year: int, seed: str, password: str, now: datetime
) -> Ministry:
    """Instrument, period, tree and accounts. password: hashed already."""
    instrument = _load_instrument(year)
    calendar = plan_calendar(year, now)
    period = create_period(
        year=year,
        instrument=instrument,
        opens_at=calendar.opens_at,
        fill_until=calendar.fill_until,
        repair_until=calendar.repair_until,
        review_until=calendar.review_until,
        by=None,
    )
    sheets = SheetMaker(load_worksheet(instrument.pk))
    ministry = Ministry(period, instrument, sheets, seed, now, Trail())
    at = calendar.opens_at - _SET_UP_BEFORE
    _plant_tree(ministry, plan)
    _hire(ministry, password, at)
    _record_setting_up(ministry, at)
    ministry.trail.write()
    return ministry


def tell_life(
    ministry: Ministry,
    satker: Satker,
    lot: Lot,
    *,
    shelf: Shelf,
    scribe: Scribe,
    add_file: Callable[[EvidenceFile], None],
) -> None:
    """The life of one satker's assessment, written down by `scribe`.

    add_file: takes the unsaved row of each evidence file that is on disk.
    """
    rng = ministry.rng(f"{satker.code}/life")
    year = ministry.period.year

    def put_file(title: str, by: User, at: datetime) -> EvidenceFile:
        file = shelf.put(satker=satker, title=title, year=year, by=by, at=at)
        add_file(file)
        return file

    Life(
        rng=rng,
        lot=lot,
        worksheet=load_worksheet(ministry.instrument.pk),
        sheets=ministry.sheets,
        cast=ministry.cast_of(satker),
        clock=Clock(rng, zone=satker.zone, opens_at=ministry.period.opens_at, now=ministry.now),
        words=Words(rng, year=year),
        scribe=scribe,
        put_file=put_file,
    ).live()


def _live(ministry: Ministry, shelf: Shelf) -> dict[Satker, Fate]:
    book = Book(ministry.trail)
    fates: dict[Satker, Fate] = {}
    for satker, lot in ministry.lots():
        fates[satker] = lot.fate
        if lot.fate == Fate.NOT_OPENED:
            continue
        recorder = LifeRecorder(book, satker, ministry.period, ministry.instrument)
        tell_life(ministry, satker, lot, shelf=shelf, scribe=recorder, add_file=book.add_file)
        recorder.close()
        if not len(fates) % _LIVES_AT_ONCE:
            book.write()
    book.close()
    count_rejections()
    return fates


def _load_instrument(year: int) -> Instrument:
    code = next(code for first, code in _INSTRUMENTS if year >= first)
    path = settings.BASE_DIR / "fixtures" / "instruments" / f"{code}.json"
    return load_instrument(json.loads(path.read_text(encoding="utf-8"))).instrument


def _plant_tree(ministry: Ministry, plan: list[PlannedSatker]) -> None:
    """As `satker.services.add`, level by level, since a child names its parent's row."""
    levels: dict[int, list[Satker]] = {}
    for each in plan:
        parent = None if each.parent is None else ministry.satker[each.parent]
        satker = Satker(
            code=each.code,
            name=each.name,
            kind=each.kind,
            parent=parent,
            province_code=each.province,
            path=f"{'' if parent is None else parent.path}{each.code}/",
            level=0 if parent is None else parent.level + 1,
        )
        if parent is not None:
            reviews = parent.kind in {SatkerKind.PUSAT, SatkerKind.KANWIL}
            satker.verifier = parent if reviews else parent.verifier
        ministry.satker[each.code] = satker
        levels.setdefault(satker.level, []).append(satker)
    for level in sorted(levels):
        Satker.objects.bulk_create(levels[level], batch_size=500)


def _hire(ministry: Ministry, password: str, at: datetime) -> None:
    for satker in ministry.satker.values():
        for planned in plan_users(ministry.rng(f"{satker.code}/people"), satker):
            ministry.users[planned.username] = User(
                username=planned.username,
                name=planned.name,
                role=planned.role,
                satker=satker,
                password=password,
                must_change_password=False,
                created_at=at,
            )
    User.objects.bulk_create(ministry.users.values(), batch_size=500)


def _record_setting_up(ministry: Ministry, at: datetime) -> None:
    """As the services of satker and accounts record it, called by a command."""
    people: dict[str, list[User]] = {}
    for user in ministry.users.values():
        people.setdefault(user.satker.code, []).append(user)
    for satker in ministry.satker.values():
        chain = ministry.trail.new_chain(satker.audit_key)
        after: dict[str, object] = {
            "kode": satker.code,
            "nama": satker.name,
            "jenis": satker.kind,
            "induk": None if satker.parent is None else satker.parent.code,
            "provinsi": satker.province_code,
            "aktif": satker.active,
        }
        ministry.trail.record(
            chain=chain, at=at, action="satker ditambah", subject=satker.code, by=None, after=after
        )
        for user in people.get(satker.code, []):
            after = {
                "nama": user.name,
                "surel": user.email,
                "peran": user.role,
                "satker": satker.code,
                "aktif": user.is_active,
            }
            ministry.trail.record(
                chain=chain,
                at=at,
                action="akun dibuat",
                subject=user.username,
                by=None,
                after=after,
            )
