"""Which prerequisites there are, and on which day each of them is met."""

from dataclasses import dataclass
from datetime import date

import pytest

from prerequisites.rules import (
    BAN,
    HELD,
    HELD_SINCE,
    INSTITUTION_ITEMS,
    ITEMS,
    PENCANANGAN,
    UNIT_ITEMS,
    Level,
    State,
    barred_until,
    check_prerequisites,
    held_since,
    is_held,
    years_after,
)

ON = date(2027, 1, 31)
WBK_VALUES = {
    "opini_bpk": "WTP",
    "sakip": "B",
    "indeks_rb": "B",
    "spip": "3",
    "kasus_kkn": "tidak",
    "layanan_utama": "ya",
    "dampak": "ya",
    "tlhp": "100",
    "lhkpn": "100",
    "lhkan": "100",
    "sakip_satker": "B",
    "pencanangan": "2026-01-31",
}
WBBM_VALUES = WBK_VALUES | {"sakip": "BB", "indeks_rb": "BB", "sakip_satker": "BB"}


@dataclass(frozen=True)
class Grant:
    predikat: str = "WBK"
    decree_date: date = date(2025, 12, 10)
    valid_until: date | None = None
    revoked_on: date | None = None


def states(predikat="WBK", values=WBK_VALUES, grants=(), *, year=2026, on=ON, requires=None):
    checks = check_prerequisites(
        predikat=predikat, year=year, on=on, values=values, grants=grants, requires=requires
    )
    return {check.code: check.state for check in checks}


def gap(code, **arguments):
    checks = check_prerequisites(
        **({"predikat": "WBK", "year": 2026, "on": ON, "grants": ()} | arguments)
    )
    return next(check.gap for check in checks if check.code == code)


def test_the_list_of_the_regulation():
    assert [item.code for item in INSTITUTION_ITEMS] == list(WBK_VALUES)[:5]
    assert {item.code for item in UNIT_ITEMS} == set(list(WBK_VALUES)[5:])
    assert {item.level for item in INSTITUTION_ITEMS} == {Level.INSTITUTION}
    assert {item.level for item in UNIT_ITEMS} == {Level.UNIT}
    assert [code for code, item in ITEMS.items() if not item.yearly] == [PENCANANGAN]


def test_all_of_wbk_met():
    assert states() == dict.fromkeys([*list(WBK_VALUES)[:11], PENCANANGAN, BAN], State.MET)


def test_all_of_wbbm_met():
    found = states("WBBM", WBBM_VALUES, [Grant()], requires="WBK")

    expected = [*list(WBBM_VALUES)[:11], HELD, HELD_SINCE, BAN]
    assert found == dict.fromkeys(expected, State.MET)


def test_nothing_entered_is_unknown_and_never_met():
    found = states(values={})

    assert {code for code, state in found.items() if state == State.UNKNOWN} == set(WBK_VALUES)
    assert found[BAN] == State.MET


@pytest.mark.parametrize("code", WBK_VALUES)
def test_each_one_is_asked_for(code):
    found = states(values=WBK_VALUES | {code: ""})

    assert {name for name, state in found.items() if state != State.MET} == {code}


@pytest.mark.parametrize(
    ("predikat", "code", "value", "state"),
    [
        ("WBK", "opini_bpk", "WDP", State.UNMET),
        ("WBK", "sakip", "CC", State.UNMET),
        ("WBK", "sakip", "BB", State.MET),
        ("WBBM", "sakip", "B", State.UNMET),
        ("WBBM", "indeks_rb", "B", State.UNMET),
        ("WBBM", "indeks_rb", "A", State.MET),
        ("WBK", "spip", "2", State.UNMET),
        ("WBBM", "spip", "5", State.MET),
        ("WBK", "kasus_kkn", "ada", State.UNMET),
        ("WBK", "layanan_utama", "tidak", State.UNMET),
        ("WBBM", "dampak", "tidak", State.UNMET),
        ("WBK", "tlhp", "99.9999", State.UNMET),
        ("WBK", "tlhp", "100.0", State.MET),
        ("WBK", "lhkpn", "0", State.UNMET),
        ("WBBM", "lhkan", "99", State.UNMET),
        ("WBK", "sakip_satker", "CC", State.UNMET),
        ("WBBM", "sakip_satker", "B", State.UNMET),
        ("WBBM", "sakip_satker", "AA", State.MET),
    ],
)
def test_what_suffices(predikat, code, value, state):
    assert states(predikat, WBBM_VALUES | {code: value}, [Grant()])[code] == state


def test_the_gap_of_a_percentage_is_never_nothing():
    assert gap("tlhp", values={"tlhp": "96.5"}) == "Kurang 3,50 poin persen."
    assert gap("tlhp", values={"tlhp": "99.9999"}) == "Kurang 0,01 poin persen."


@pytest.mark.parametrize(
    ("declared", "state"),
    [
        ("2026-01-30", State.MET),
        ("2026-01-31", State.MET),
        ("2026-02-01", State.UNMET),
        ("2027-02-01", State.UNMET),
    ],
)
def test_a_year_since_pencanangan(declared, state):
    assert states(values=WBK_VALUES | {PENCANANGAN: declared})[PENCANANGAN] == state


def test_how_long_it_takes_yet():
    said = gap(PENCANANGAN, values={PENCANANGAN: "2026-02-01"})

    assert said == "Genap 1 tahun pada 1 Februari 2027, kurang 1 hari."


def test_a_year_after_a_leap_day_has_passed_in_march():
    assert years_after(date(2024, 2, 29), 1) == date(2025, 3, 1)
    assert years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("grant", "on", "held"),
    [
        (Grant(), date(2025, 12, 9), False),
        (Grant(), date(2025, 12, 10), True),
        (Grant(valid_until=ON), ON, True),
        (Grant(valid_until=date(2027, 1, 30)), ON, False),
        (Grant(revoked_on=ON), ON, False),
        (Grant(revoked_on=date(2027, 2, 1)), ON, True),
    ],
)
def test_the_days_a_predikat_is_held(grant, on, held):
    assert is_held(grant, on) is held


@pytest.mark.parametrize(
    ("decreed", "expected"),
    [
        (date(2026, 1, 31), (State.MET, State.MET)),
        (date(2026, 2, 1), (State.MET, State.UNMET)),
        (date(2027, 2, 1), (State.UNMET, State.UNMET)),
    ],
)
def test_wbbm_a_year_after_wbk(decreed, expected):
    found = states("WBBM", WBBM_VALUES, [Grant(decree_date=decreed)])

    assert (found[HELD], found[HELD_SINCE]) == expected


def test_a_renewal_goes_on_where_the_first_decree_ended():
    first = Grant(decree_date=date(2022, 1, 1), valid_until=date(2025, 12, 31))

    assert held_since("WBK", [first, Grant(decree_date=date(2026, 1, 1))], ON) == date(2022, 1, 1)
    assert held_since("WBK", [Grant(decree_date=date(2026, 1, 2)), first], ON) == date(2026, 1, 2)


def test_wbbm_counts_as_wbk_held():
    assert states("WBBM", WBBM_VALUES, [Grant("WBBM")])[HELD] == State.MET
    assert held_since("WBBM", [Grant("WBK")], ON) is None


@pytest.mark.parametrize(
    ("revoked", "free"),
    [
        (date(2025, 1, 30), None),
        (date(2025, 1, 31), None),
        (date(2025, 2, 1), date(2027, 2, 1)),
        (date(2027, 1, 31), date(2029, 1, 31)),
        (date(2027, 2, 1), None),
    ],
)
def test_two_years_without_a_proposal_after_a_revocation(revoked, free):
    grants = [Grant(decree_date=date(2023, 1, 1), revoked_on=revoked)]

    assert barred_until(grants, ON) == free
    expected = State.UNMET if free else State.MET
    assert states(grants=grants)[BAN] == expected
    assert states("WBBM", WBBM_VALUES, grants)[BAN] == expected


def test_the_latest_revocation_bars():
    grants = [
        Grant(decree_date=date(2020, 1, 1), revoked_on=date(2022, 1, 1)),
        Grant("WBBM", decree_date=date(2024, 1, 1), revoked_on=date(2026, 6, 1)),
    ]

    assert barred_until(grants, ON) == date(2028, 6, 1)


@pytest.mark.parametrize("year", [2014, 2023])
def test_before_2024_the_instruments_rule_stands_alone(year):
    assert states("WBK", {}, year=year) == {}
    assert states("WBBM", {}, year=year, requires="WBK") == {HELD: State.UNMET}
    assert states("WBBM", {}, [Grant()], year=year, requires="WBK") == {HELD: State.MET}


def test_from_2024_on_the_list_holds():
    assert len(states(year=2024)) == 13
