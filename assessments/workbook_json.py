"""A workbook's reading as JSON and back, for the time between its preview and its import."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from fractions import Fraction
from typing import Any

from assessments.workbook_layouts import load_layouts
from assessments.workbook_notes import NoteLine
from assessments.workbooks import AnswerReading, WorkbookReading

Json = Mapping[str, Any]


def reading_to_json(reading: WorkbookReading) -> dict[str, Any]:
    """Of a reading without faults; blank answers are left out."""
    if reading.faults:
        raise ValueError("a reading with faults is not kept")
    return {
        "layout": reading.layout.code,
        "sheet": reading.sheet,
        "answers": [asdict(answer) for answer in reading.answers if answer.fields or answer.notes],
        "filled": reading.filled,
        "remarks": list(reading.remarks),
        "points": {what: str(points) for what, points in reading.points.items()},
        "saved_at": _text(reading.saved_at),
        "assessment": reading.assessment,
        "exported_at": _text(reading.exported_at),
    }


def reading_from_json(content: Json) -> WorkbookReading | None:
    """None where its layout is no longer known."""
    layout = next((each for each in load_layouts() if each.code == content["layout"]), None)
    if layout is None:
        return None
    return WorkbookReading(
        layout=layout,
        sheet=content["sheet"],
        answers=tuple(_answer(each) for each in content["answers"]),
        filled=content["filled"],
        faults=(),
        remarks=tuple(content["remarks"]),
        points={what: Fraction(points) for what, points in content["points"].items()},
        saved_at=_moment(content["saved_at"]),
        assessment=content["assessment"],
        exported_at=_moment(content["exported_at"]),
    )


def _answer(content: Json) -> AnswerReading:
    notes = tuple(NoteLine(line["column"], line["text"]) for line in content["notes"])
    return AnswerReading(**(dict(content) | {"notes": notes}))


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
