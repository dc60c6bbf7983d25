"""What is checked of one instrument's questions beside the scale of their answers: one file of
`fixtures/checks` per instrument, for all its versions (decision 45)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "checks"


@dataclass(frozen=True, slots=True)
class Parts:
    """Inputs of a question that together cannot be more than others of it.

    asks_for_reason: they may be after all, where something is counted twice.
    """

    parts: tuple[str, ...]
    whole: tuple[str, ...]
    asks_for_reason: bool = False


@dataclass(frozen=True, slots=True)
class Same:
    """An input that another question asks for as well."""

    input: str
    as_question: str
    as_input: str


@dataclass(frozen=True, slots=True)
class CheckRules:
    """By question code. year_before: questions that evidence of the year before proves too."""

    year_before: frozenset[str] = frozenset()
    parts: Mapping[str, tuple[Parts, ...]] = field(default_factory=dict)
    same: Mapping[str, tuple[Same, ...]] = field(default_factory=dict)


@cache
def load_check_rules(instrument_code: str) -> CheckRules:
    """None of the rules for an instrument without a file."""
    path = FOLDER / f"{instrument_code}.json"
    if path not in FOLDER.glob("*.json"):
        return CheckRules()
    return _read(json.loads(path.read_text(encoding="utf-8")))


def _read(content: dict[str, Any]) -> CheckRules:
    parts: dict[str, tuple[Parts, ...]] = {}
    for line in content["parts"]:
        rule = Parts(tuple(line["parts"]), tuple(line["whole"]), line.get("asks_for_reason", False))
        parts[line["question"]] = (*parts.get(line["question"], ()), rule)
    same: dict[str, tuple[Same, ...]] = {}
    for line in content["same"]:
        each = Same(line["input"], line["as_question"], line["as_input"])
        same[line["question"]] = (*same.get(line["question"], ()), each)
    return CheckRules(frozenset(content["year_before"]), parts, same)
