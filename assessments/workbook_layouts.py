"""Where the answers stand in a filled workbook: one file of `fixtures/workbooks` per layout."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "workbooks"

TOTAL = "total"


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A fill-in row. key: "value", or "n1", "n2", … of a percentage question.

    types: what the column of answer types may say there; empty where the layout has no such
    column.
    """

    row: int
    question: str
    key: str
    types: tuple[str, ...]

    @property
    def code(self) -> str:
        """As the command `score` takes it: "A.I.1.i.a", "A.II.1.i.a.n1"."""
        return self.question if self.key == "value" else f"{self.question}.{self.key}"


@dataclass(frozen=True, slots=True)
class CheckedSum:
    """A cell that is not an answer and should be the sum of others."""

    place: str
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quirk:
    """An oddity of the official form that is known and does no harm: a cell and what it says."""

    cell: str
    says: str
    remark: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The cells of one form of the workbook.

    headings: texts by which the sheet is known; empty where only its name is. columns: letters
    of `answer`, and where they exist `type`, `note`, `documents`, `link`. note_rows: the question
    whose notes stand in a row, by row. points: the cell with the workbook's own points, for
    "total" and for sections. faults: sections whose formula in the workbook is known to be wrong,
    with the reason. strict: no other cell of the answer column may be filled in; where nothing
    but its name tells the sheet apart, this is what finds shifted rows. wording: letters of the
    columns of `section`, `question`, `criteria` and `weight`, the usual one first; empty where the
    form has no texts.
    quirks: known oddities of its texts, to be named when they are read.
    """

    code: str
    name: str
    instrument: str
    sheet: str
    headings: Mapping[str, str]
    columns: Mapping[str, str]
    strict: bool
    answers: tuple[AnswerRow, ...]
    note_rows: Mapping[int, str]
    sums: tuple[CheckedSum, ...]
    points: Mapping[str, str]
    faults: Mapping[str, str]
    wording: Mapping[str, str]
    quirks: tuple[Quirk, ...]

    @property
    def last_row(self) -> int:
        return max(answer.row for answer in self.answers)

    @property
    def answer_rows(self) -> frozenset[int]:
        return frozenset(answer.row for answer in self.answers)


@cache
def load_layouts() -> tuple[Layout, ...]:
    """Every layout we know, by file name."""
    return tuple(
        _layout(json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(FOLDER.glob("*.json"))
    )


def own_layout(instrument: str) -> Layout | None:
    """The layout that our own workbooks of an instrument have: the one known by its headings."""
    return next(
        (each for each in load_layouts() if each.instrument == instrument and each.headings), None
    )


def _layout(content: Mapping[str, Any]) -> Layout:
    answers = tuple(
        AnswerRow(
            row=each["row"],
            question=each["question"],
            key=each.get("key", "value"),
            types=_texts(each.get("type", [])),
        )
        for each in content["answers"]
    )
    note_rows = {each["row"]: each["question"] for each in content["notes"]}
    note_rows |= {answer.row: answer.question for answer in answers}
    return Layout(
        code=content["code"],
        name=content["name"],
        instrument=content["instrument"],
        sheet=content["sheet"],
        headings=content["headings"],
        columns=content["columns"],
        strict=content["strict"],
        answers=answers,
        note_rows=dict(sorted(note_rows.items())),
        sums=tuple(CheckedSum(each["cell"], tuple(each["of"])) for each in content["sums"]),
        points=content["points"],
        faults={each["node"]: each["reason"] for each in content["faults"]},
        wording=content.get("wording", {}),
        quirks=tuple(
            Quirk(each["cell"], each["says"], each["remark"]) for each in content.get("quirks", [])
        ),
    )


def _texts(content: str | list[str]) -> tuple[str, ...]:
    return (content,) if isinstance(content, str) else tuple(content)
