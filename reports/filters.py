"""What a person asked the recap for."""

from dataclasses import dataclass
from typing import Final

NOT_STARTED: Final = "belum"


@dataclass(frozen=True, slots=True)
class Filters:
    """Empty leaves everything in. status: a Status, or NOT_STARTED; sort: a key, "-" before it
    for falling."""

    kind: str = ""
    province: str = ""
    status: str = ""
    target: str = ""
    text: str = ""
    sort: str = ""
