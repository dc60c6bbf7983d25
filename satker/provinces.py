"""The provinces: code of Statistics Indonesia (BPS), name, time zone. Read once at start."""

import csv
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).resolve().parent.parent / "fixtures" / "provinces.csv"


@dataclass(frozen=True, slots=True)
class Province:
    code: str
    name: str
    zone: str


def _load() -> dict[str, Province]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: Province(**row) for row in csv.DictReader(file)}


PROVINCES = _load()
