"""The prerequisites of a proposal, and whether they are met: plain values in and out, no clock.

Source of the list: PermenPANRB 5/2024, which holds for periods from 2024 on. Before it, the
instrument's own rule stands alone: WBBM asks for WBK held (PermenPANRB 52/2014, 90/2021). What is
compared on which day: docs/decisions/0036-prerequisites-on-the-day-of-proposal.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol

from common.dates import print_date
from scoring import print_gap, print_number

FIRST_YEAR: Final = 2024  # of PermenPANRB 5/2024
SOURCE: Final = "PermenPANRB 5/2024"
OLDER_SOURCE: Final = "aturan instrumen"
BUILDING_YEARS: Final = 1
BAN_YEARS: Final = 2
WBK: Final = "WBK"
WBBM: Final = "WBBM"
# WBBM is granted to holders of WBK, so it holds what WBK holds.
COUNTS_AS: Final = {WBK: frozenset({WBK, WBBM}), WBBM: frozenset({WBBM})}


class Level(StrEnum):
    """Whose fact it is: of the ministry as a whole, or of one satker."""

    INSTITUTION = "lembaga"
    UNIT = "satker"


class Kind(StrEnum):
    CHOICE = "choice"
    PERCENT = "percent"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Item:
    """A prerequisite whose value is entered in the register.

    options: (stored, shown), the best first; of a choice alone. required: by predikat, the least
    that suffices; of a date, nothing: how long ago it must lie is BUILDING_YEARS. yearly: entered
    anew each year, else once.
    """

    code: str
    name: str
    level: Level
    kind: Kind
    required: Mapping[str, str]
    options: tuple[tuple[str, str], ...] = ()
    yearly: bool = True
    hint: str = ""

    def shown(self, value: str) -> str:
        """A stored value as people read it."""
        match self.kind:
            case Kind.PERCENT:
                return f"{print_number(Decimal(value))} %"
            case Kind.DATE:
                return print_date(date.fromisoformat(value))
        return dict(self.options).get(value, value)


def _grades(*names: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, name) for name in names)


_YES: Final = (("ya", "Ya"), ("tidak", "Tidak"))
_BOTH_YES: Final = {WBK: "ya", WBBM: "ya"}
_ALL: Final = {WBK: "100", WBBM: "100"}
_SAKIP: Final = _grades("AA", "A", "BB", "B", "CC", "C", "D")
_B_OR_BB: Final = {WBK: "B", WBBM: "BB"}

INSTITUTION_ITEMS: Final = (
    Item(
        "opini_bpk",
        "Opini BPK",
        Level.INSTITUTION,
        Kind.CHOICE,
        {WBK: "WTP", WBBM: "WTP"},
        _grades("WTP", "WDP", "TW", "TMP"),
        hint="Atas laporan keuangan kementerian.",
    ),
    Item("sakip", "Nilai SAKIP kementerian", Level.INSTITUTION, Kind.CHOICE, _B_OR_BB, _SAKIP),
    Item(
        "indeks_rb",
        "Indeks Reformasi Birokrasi kementerian",
        Level.INSTITUTION,
        Kind.CHOICE,
        _B_OR_BB,
        _SAKIP,
    ),
    Item(
        "spip",
        "Kematangan SPIP kementerian",
        Level.INSTITUTION,
        Kind.CHOICE,
        {WBK: "3", WBBM: "3"},
        tuple((str(n), f"Level {n}") for n in range(5, 0, -1)),
    ),
    Item(
        "kasus_kkn",
        "Kasus KKN pimpinan tertinggi kementerian pada tahun ini",
        Level.INSTITUTION,
        Kind.CHOICE,
        {WBK: "tidak", WBBM: "tidak"},
        (("tidak", "Tidak ada"), ("ada", "Ada")),
        hint="Kasus KKN pimpinan tertinggi pada tahun itu membatalkan pengusulan.",
    ),
)
UNIT_ITEMS: Final = (
    Item("layanan_utama", "Menjalankan layanan utama", Level.UNIT, Kind.CHOICE, _BOTH_YES, _YES),
    Item("dampak", "Berdampak besar bagi masyarakat", Level.UNIT, Kind.CHOICE, _BOTH_YES, _YES),
    Item(
        "tlhp",
        "Tindak lanjut hasil pemeriksaan (TLHP)",
        Level.UNIT,
        Kind.PERCENT,
        _ALL,
        hint="0 sampai 100. Bila tidak ada temuan, isi 100 dan sebutkan surat keterangannya.",
    ),
    Item("lhkpn", "LHKPN dilaporkan", Level.UNIT, Kind.PERCENT, _ALL, hint="0 sampai 100."),
    Item("lhkan", "LHKAN dilaporkan", Level.UNIT, Kind.PERCENT, _ALL, hint="0 sampai 100."),
    Item("sakip_satker", "Nilai SAKIP internal satker", Level.UNIT, Kind.CHOICE, _B_OR_BB, _SAKIP),
    Item(
        "pencanangan",
        "Pencanangan pembangunan Zona Integritas",
        Level.UNIT,
        Kind.DATE,
        {},
        yearly=False,
        hint="Diisi sekali; berlaku untuk semua tahun.",
    ),
)
ITEMS: Final = {item.code: item for item in (*INSTITUTION_ITEMS, *UNIT_ITEMS)}
PENCANANGAN: Final = "pencanangan"
HELD: Final = "predikat"
HELD_SINCE: Final = "lama_wbk"
BAN: Final = "pencabutan"


class Granted(Protocol):
    """A predikat as decreed: held from the decree's date to `valid_until`, both included (no end
    where None), and no longer on the day of its revocation."""

    predikat: str
    decree_date: date
    valid_until: date | None
    revoked_on: date | None


class State(StrEnum):
    MET = "memenuhi"
    UNMET = "belum"
    UNKNOWN = "kosong"


@dataclass(frozen=True, slots=True)
class Check:
    """One prerequisite against what is known. required, actual: in words.

    gap: a sentence that says what is missing and by how much, "" where it is met.
    """

    code: str
    name: str
    level: Level
    state: State
    required: str
    actual: str
    gap: str
    source: str = SOURCE

    @property
    def met(self) -> bool:
        return self.state == State.MET


def check_prerequisites(
    *,
    predikat: str,
    year: int,
    on: date,
    values: Mapping[str, str],
    grants: Iterable[Granted],
    requires: str | None = None,
) -> tuple[Check, ...]:
    """Every prerequisite of a predikat, as it stands on a day.

    values: stored text by the code of the item, absent or "" where nothing is entered.
    requires: the predikat that the instrument's own rule asks for.
    """
    held = tuple(grants)
    if year < FIRST_YEAR:
        return (_held(requires, held, on, OLDER_SOURCE),) if requires else ()
    needs = WBK if predikat == WBBM else requires
    checks = [
        _entered(item, predikat, values.get(item.code, ""))
        for item in ITEMS.values()
        if predikat in item.required
    ]
    if needs:
        checks += [_held(needs, held, on, SOURCE), _held_long_enough(needs, held, on)]
    else:
        checks.append(_building(values.get(PENCANANGAN, ""), on))
    checks.append(_not_barred(held, on))
    return tuple(checks)


def years_after(day: date, years: int) -> date:
    """The same day of a later year; of 29 February, 1 March where there is none: a year has
    passed only then."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def is_held(grant: Granted, on: date) -> bool:
    return (
        grant.decree_date <= on
        and (grant.valid_until is None or on <= grant.valid_until)
        and (grant.revoked_on is None or on < grant.revoked_on)
    )


def held_since(predikat: str, grants: Iterable[Granted], on: date) -> date | None:
    """Since when it has been held without a break, renewals included; None where it is not."""
    rows = sorted(
        (each for each in grants if each.predikat in COUNTS_AS[predikat]),
        key=lambda each: each.decree_date,
        reverse=True,
    )
    since: date | None = None
    for row in rows:
        # The day before the later decree must still be covered by the earlier one.
        wanted = on if since is None else since - timedelta(days=1)
        if is_held(row, wanted):
            since = row.decree_date
    return since


def barred_until(grants: Iterable[Granted], on: date) -> date | None:
    """The first day of a new proposal after the latest revocation; None where none bars."""
    revoked = [
        each.revoked_on for each in grants if each.revoked_on is not None and each.revoked_on <= on
    ]
    free = years_after(max(revoked), BAN_YEARS) if revoked else None
    return free if free is not None and on < free else None


def _entered(item: Item, predikat: str, value: str) -> Check:
    required = item.required[predikat]
    words = item.shown(required)
    at_least = f"paling rendah {words}" if _is_scale(item) else words
    if not value:
        return _check(item, State.UNKNOWN, at_least, "belum diisi", "Belum diisi.")
    if item.kind == Kind.PERCENT:
        actual = Decimal(value)
        met = actual >= Decimal(required)
        gap = f"Kurang {print_gap(Decimal(required), actual)} poin persen."
    else:
        ranks = [stored for stored, _ in item.options]
        met = ranks.index(value) <= ranks.index(required)
        gap = f"Tercatat {item.shown(value)}, yang diminta {at_least}."
    state = State.MET if met else State.UNMET
    return _check(item, state, at_least, item.shown(value), "" if met else gap)


def _is_scale(item: Item) -> bool:
    """Whether anything but the best option may suffice."""
    return item.kind == Kind.CHOICE and any(
        item.options[0][0] != required for required in item.required.values()
    )


def _check(item: Item, state: State, required: str, actual: str, gap: str) -> Check:
    return Check(item.code, item.name, item.level, state, required, actual, gap)


def _building(value: str, on: date) -> Check:
    item = ITEMS[PENCANANGAN]
    required = f"{BUILDING_YEARS} tahun sejak pencanangan"
    if not value:
        return _check(item, State.UNKNOWN, required, "belum diisi", "Belum diisi.")
    full = years_after(date.fromisoformat(value), BUILDING_YEARS)
    gap = "" if full <= on else _wait(full, on, f"Genap {BUILDING_YEARS} tahun pada")
    return _check(item, State.UNMET if gap else State.MET, required, item.shown(value), gap)


def _held(predikat: str, grants: Sequence[Granted], on: date, source: str) -> Check:
    met = held_since(predikat, grants, on) is not None
    return Check(
        HELD,
        f"Predikat {predikat} dimiliki",
        Level.UNIT,
        State.MET if met else State.UNMET,
        f"{predikat} berlaku",
        f"{predikat} berlaku" if met else f"tidak ada {predikat} yang berlaku",
        "" if met else f"Tidak ada keputusan {predikat} yang berlaku pada {print_date(on)}.",
        source,
    )


def _held_long_enough(predikat: str, grants: Sequence[Granted], on: date) -> Check:
    since = held_since(predikat, grants, on)
    gap = f"Predikat {predikat} belum dimiliki."
    if since is not None:
        full = years_after(since, BUILDING_YEARS)
        gap = "" if full <= on else _wait(full, on, f"Genap {BUILDING_YEARS} tahun pada")
    return Check(
        HELD_SINCE,
        f"Lama pembangunan sejak {predikat}",
        Level.UNIT,
        State.UNMET if gap else State.MET,
        f"{BUILDING_YEARS} tahun sejak {predikat}",
        f"sejak {print_date(since)}" if since else "belum dimulai",
        gap,
    )


def _not_barred(grants: Sequence[Granted], on: date) -> Check:
    free = barred_until(grants, on)
    gap = "" if free is None else _wait(free, on, "Dapat diusulkan lagi mulai")
    return Check(
        BAN,
        "Tidak dalam masa jeda pencabutan",
        Level.UNIT,
        State.UNMET if gap else State.MET,
        f"{BAN_YEARS} tahun sesudah pencabutan",
        f"masa jeda sampai {print_date(free - timedelta(days=1))}" if free else "tidak ada",
        gap,
    )


def _wait(until: date, on: date, words: str) -> str:
    return f"{words} {print_date(until)}, kurang {(until - on).days} hari."
