from collections import Counter

import pytest

from demo.lists import kabupaten_of, read_list
from demo.tree import plan_tree
from satker.models import SatkerKind
from satker.provinces import PROVINCES


@pytest.mark.parametrize(
    ("satker", "kanwil"), [(1, 1), (3, 1), (8, 2), (40, 3), (300, 5), (4600, 38), (12000, 38)]
)
def test_as_many_as_asked_for(satker, kanwil):
    plan = plan_tree(satker=satker, kanwil=kanwil)

    kinds = Counter(each.kind for each in plan)
    assert len(plan) == 1 + kanwil + satker
    assert kinds[SatkerKind.PUSAT] == 1
    assert kinds[SatkerKind.KANWIL] == kanwil
    assert kinds[SatkerKind.KANKEMENAG] >= 1


@pytest.mark.parametrize(("satker", "kanwil"), [(40, 3), (4600, 38), (4600, 1)])
def test_parents_first_and_codes_once(satker, kanwil):
    seen: set[str] = set()
    for each in plan_tree(satker=satker, kanwil=kanwil):
        assert each.parent is None or each.parent in seen
        assert each.code.lower() not in seen
        seen.add(each.code)


def test_kanwil_are_named_by_their_province():
    plan = plan_tree(satker=40, kanwil=38)

    kanwil = {each.code for each in plan if each.kind == SatkerKind.KANWIL}
    assert kanwil == set(PROVINCES)


def test_three_kanwil_show_three_time_zones():
    plan = plan_tree(satker=40, kanwil=3)

    zones = [PROVINCES[each.code].zone for each in plan if each.kind == SatkerKind.KANWIL]
    assert zones == ["WIB", "WITA", "WIT"]


def test_the_whole_ministry():
    kinds = Counter(each.kind.value for each in plan_tree(satker=4600, kanwil=38))

    assert kinds["kankemenag"] == 514
    assert kinds["eselon1"] == 9
    assert kinds["ptkn_uin"] == 39
    assert min(kinds["man"], kinds["mtsn"], kinds["min"]) > 500


def test_kabupaten_of_every_province():
    rows = [each for province in PROVINCES for each in kabupaten_of(province)]

    assert len(rows) == 514
    assert len({(each.province, each.number) for each in rows}) == 514
    assert {each.province for each in rows} == set(PROVINCES)


def test_names_are_listed_once():
    for names in read_list("names").values():
        assert len(set(names)) == len(names)
