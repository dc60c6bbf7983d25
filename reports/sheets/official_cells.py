"""The cells of an assessment in a workbook of a known layout: which cell says what."""

from collections.abc import Iterator
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty

import scoring
from assessments.workbook_layouts import CheckedSum, Layout
from assessments.workbook_notes import NOTE_COLUMNS
from assessments.workbooks import STAMP_ASSESSMENT, STAMP_EXPORTED_AT
from reports.official_parts import OfficialAnswer, OfficialSheet
from reports.sheets.cells import Content, Formula

_NOTHING = OfficialAnswer({}, "", (), ())


def answer_cells(official: OfficialSheet) -> Iterator[tuple[str, Content]]:
    """Every fill-in cell with its answer, None where there is none."""
    column = official.layout.columns["answer"]
    for row in official.layout.answers:
        text = official.answers.get(row.question, _NOTHING).entered.get(row.key, "")
        scale = official.worksheet.item(row.question).scale
        yield f"{column}{row.row}", _content(text, scale)


def note_cells(official: OfficialSheet) -> Iterator[tuple[str, Content]]:
    """Notes, documents and links in the first row of each question; its other rows are empty."""
    seen: set[str] = set()
    for row, question in official.layout.note_rows.items():
        answer = _NOTHING if question in seen else official.answers.get(question, _NOTHING)
        seen.add(question)
        texts = {
            "note": answer.note,
            "documents": "\n".join(answer.documents),
            "link": "\n".join(answer.links),
        }
        for name in NOTE_COLUMNS:
            if name in official.layout.columns:
                yield f"{official.layout.columns[name]}{row}", texts[name] or None


def sum_cells(layout: Layout) -> Iterator[tuple[str, Formula]]:
    """The cells that are no answers and add up others."""
    for each in layout.sums:
        yield each.place, sum_of(each)


def sum_of(check: CheckedSum) -> Formula:
    cells = ",".join(check.of)
    return Formula(f'=IF(COUNT({cells})<{len(check.of)},"",SUM({cells}))')


def stamp(book: Workbook, official: OfficialSheet) -> None:
    """What the import asks: of which assessment it is, and what it could know."""
    values = {
        STAMP_ASSESSMENT: str(official.assessment_id),
        STAMP_EXPORTED_AT: official.read_at.isoformat(),
    }
    for name in book.custom_doc_props.names:
        if name in values:
            del book.custom_doc_props[name]
    for name, value in values.items():
        book.custom_doc_props.append(StringProperty(name=name, value=value))


def _content(text: str, scale: scoring.Scale) -> Content:
    if not text:
        return None
    return text if isinstance(scale, scoring.Choice) else Decimal(text)
