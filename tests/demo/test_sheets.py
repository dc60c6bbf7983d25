import json
from random import Random

import pytest
from django.conf import settings

import scoring
from assessments.services.instruments import load_instrument
from assessments.worksheet import Worksheet, load_worksheet
from demo.sheets import Aim, SheetMaker


@pytest.fixture(params=["lke-2021", "lke-2014"])
def worksheet(request: pytest.FixtureRequest, db: None) -> Worksheet:
    path = settings.BASE_DIR / "fixtures" / "instruments" / f"{request.param}.json"
    loaded = load_instrument(json.loads(path.read_text(encoding="utf-8")))
    return load_worksheet(loaded.instrument.pk)


@pytest.mark.parametrize(
    ("aim", "wbk", "wbbm"),
    [(Aim.LOW, False, False), (Aim.JUST_SHORT, False, False), (Aim.WBBM, True, True)],
)
def test_aims(worksheet, aim, wbk, wbbm):
    evaluations = [worksheet.evaluate(sheet) for sheet in sheets(worksheet, aim)]

    assert {evaluation.complete for evaluation in evaluations} == {True}
    assert {evaluation.verdicts["WBK"].meets for evaluation in evaluations} == {wbk}
    assert {evaluation.verdicts["WBBM"].meets for evaluation in evaluations} == {wbbm}


def test_wbk_is_met(worksheet):
    verdicts = [worksheet.evaluate(each).verdicts["WBK"] for each in sheets(worksheet, Aim.WBK)]

    assert all(verdict.meets for verdict in verdicts)


def test_just_short_misses_little(worksheet):
    for sheet in sheets(worksheet, Aim.JUST_SHORT):
        shortfalls = worksheet.evaluate(sheet).verdicts["WBK"].shortfalls
        assert 1 <= len(shortfalls) <= 3


def test_entries_are_canonical(worksheet):
    for sheet in sheets(worksheet, Aim.MIDDLE):
        for code, entry in sheet.items():
            assert scoring.parse_entry(worksheet.item(code), entry) == entry


@pytest.mark.parametrize("to_bottom", [True, False])
def test_lowered_is_worth_less_until_nothing_is_left(worksheet, to_bottom):
    maker = SheetMaker(worksheet)
    for sheet in sheets(worksheet, Aim.WBBM):
        for code, entry in sheet.items():
            item = worksheet.item(code)
            granted = maker.lowered(code, entry, to_bottom=to_bottom)

            assert scoring.parse_entry(item, granted) == granted
            before, after = scoring.value_of(item, entry), scoring.value_of(item, granted)
            assert after < before or (granted == entry and after == before) or after == 0


def test_the_same_chance_gives_the_same_sheet(worksheet):
    maker = SheetMaker(worksheet)

    assert maker.fill(Random(5), Aim.WBK) == maker.fill(Random(5), Aim.WBK)
    assert maker.fill(Random(5), Aim.WBK) != maker.fill(Random(6), Aim.WBK)


def sheets(worksheet: Worksheet, aim: Aim) -> list[dict[str, dict[str, str]]]:
    maker = SheetMaker(worksheet)
    return [maker.fill(Random(f"{aim}/{number}"), aim) for number in range(12)]
