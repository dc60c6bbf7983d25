"""The lists that the example ministry is made of, read from ``fixtures/demo/``."""

import csv
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings

_FOLDER = settings.BASE_DIR / "fixtures" / "demo"


@dataclass(frozen=True, slots=True)
class Kabupaten:
    """A kabupaten or kota; number: its two digits within the province, kota from 71 on."""

    province: str
    number: str
    kind: str
    name: str

    @property
    def full_name(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def short_name(self) -> str:
        """As madrasah carry it: "Cilacap", but "Kota Semarang"."""
        return self.name if self.kind == "Kabupaten" else self.full_name


@cache
def kabupaten_of(province: str) -> tuple[Kabupaten, ...]:
    """All kabupaten and kota of a province."""
    return tuple(each for each in _all_kabupaten() if each.province == province)


@cache
def cities() -> tuple[str, ...]:
    """Names of all kota, for institutions that carry one; no name twice."""
    return tuple(dict.fromkeys(each.name for each in _all_kabupaten() if each.kind == "Kota"))


@cache
def read_list(name: str) -> Any:
    """The content of one JSON file: names, units or texts."""
    return json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@cache
def _all_kabupaten() -> tuple[Kabupaten, ...]:
    next_number: dict[tuple[str, str], int] = {}
    rows = []
    with (_FOLDER / "kabupaten.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = row["province"], row["kind"]
            number = next_number.get(key, 71 if row["kind"] == "Kota" else 1)
            next_number[key] = number + 1
            rows.append(Kabupaten(row["province"], f"{number:02}", row["kind"], row["name"]))
    return tuple(rows)
