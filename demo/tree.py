"""The example ministry's tree, planned: which satker there are, and under whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, cycle, islice, zip_longest

from demo.lists import Kabupaten, cities, kabupaten_of, read_list
from satker.models import SatkerKind
from satker.provinces import PROVINCES

CENTRE_CODE = "00"

# With few Kanwil, one of each time zone.
FIRST_PROVINCES = ("33", "73", "94")
MOST_KANWIL = len(PROVINCES)

# Of the roughly 4,600 satker of the ministry 514 are kankemenag and 99 belong to the centre;
# where only few are asked for, enough of each to show them.
ALL_SATKER = 4600
ALL_KANKEMENAG = 514
ALL_CENTRAL = 99
KANKEMENAG_A_KANWIL = 4
FEW_CENTRAL = 4


@dataclass(frozen=True, slots=True)
class PlannedSatker:
    """A satker to be; parent: the code of another that comes before it."""

    code: str
    name: str
    kind: SatkerKind
    parent: str | None
    province: str = ""


def plan_tree(*, satker: int, kanwil: int) -> list[PlannedSatker]:
    """The centre, `kanwil` Kanwil and, beyond those, `satker` more, parents first."""
    provinces = _provinces(kanwil)
    kankemenag = _kankemenag(satker, provinces)
    central = max(satker * ALL_CENTRAL // ALL_SATKER, min(FEW_CENTRAL, satker // 8))
    central = min(central, ALL_CENTRAL, satker - len(kankemenag))
    madrasah = satker - len(kankemenag) - central
    return [
        PlannedSatker(CENTRE_CODE, "Kementerian Agama", SatkerKind.PUSAT, None),
        *(_kanwil(province) for province in provinces),
        *(
            PlannedSatker(
                code=each.province + each.number,
                name=f"Kantor Kementerian Agama {each.full_name}",
                kind=SatkerKind.KANKEMENAG,
                parent=each.province,
                province=each.province,
            )
            for each in kankemenag
        ),
        *islice(_madrasah(kankemenag), madrasah),
        *islice(_central(), central),
    ]


def _provinces(count: int) -> list[str]:
    rest = sorted(PROVINCES.keys() - set(FIRST_PROVINCES))
    return [*FIRST_PROVINCES, *rest][:count]


def _kanwil(province: str) -> PlannedSatker:
    name = PROVINCES[province].name
    return PlannedSatker(
        code=province,
        name=f"Kantor Wilayah Kementerian Agama Provinsi {name}",
        kind=SatkerKind.KANWIL,
        parent=CENTRE_CODE,
        province=province,
    )


def _kankemenag(satker: int, provinces: list[str]) -> list[Kabupaten]:
    """As many as belong to that many satker, taken from the provinces in turn."""
    wanted = max(
        satker * ALL_KANKEMENAG // ALL_SATKER,
        min(KANKEMENAG_A_KANWIL * len(provinces), -(-satker // 3)),
    )
    in_turn = chain.from_iterable(zip_longest(*(kabupaten_of(each) for each in provinces)))
    return list(islice((each for each in in_turn if each is not None), wanted))


def _madrasah(kankemenag: list[Kabupaten]) -> Iterator[PlannedSatker]:
    """One for each kankemenag, then a second for each, and so on without end."""
    count: dict[tuple[Kabupaten, str], int] = {}
    for number, kind in enumerate(cycle(read_list("units")["madrasah"]), start=1):
        for place in kankemenag:
            nth = count[place, kind["kind"]] = count.get((place, kind["kind"]), 0) + 1
            parent = place.province + place.number
            yield PlannedSatker(
                code=f"{parent}{number:03}",
                name=f"{kind['name']} {nth} {place.short_name}",
                kind=SatkerKind(kind["kind"]),
                parent=parent,
                province=place.province,
            )


def _central() -> Iterator[PlannedSatker]:
    """Units of eselon I and what stands under them: one of each kind first, then the rest."""
    units = read_list("units")
    left = [kind["share"] for kind in units["under_eselon1"]]
    there: list[int] = []
    names = cycle(cities())
    while any(left):
        for position, kind in enumerate(units["under_eselon1"]):
            if not left[position]:
                continue
            left[position] -= 1
            if kind["parent"] not in there:
                there.append(kind["parent"])
                yield _eselon1(kind["parent"])
            parent = _eselon1(kind["parent"]).code
            yield PlannedSatker(
                code=f"{parent}{sum(k['share'] for k in units['under_eselon1']) - sum(left):03}",
                name=f"{kind['name']} {next(names)}",
                kind=SatkerKind(kind["kind"]),
                parent=parent,
            )
    for number in range(len(units["eselon1"])):
        if number not in there:
            yield _eselon1(number)


def _eselon1(number: int) -> PlannedSatker:
    name = read_list("units")["eselon1"][number]
    return PlannedSatker(f"{CENTRE_CODE}{number + 1:02}", name, SatkerKind.ESELON1, CENTRE_CODE)
