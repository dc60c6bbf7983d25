"""What is written into a workbook of the official layout, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from assessments.workbook_layouts import Layout
from assessments.worksheet import Worksheet


@dataclass(frozen=True, slots=True)
class OfficialAnswer:
    """What stands in the rows of one question. documents, links: a line for each file."""

    entered: Mapping[str, str]
    note: str
    documents: tuple[str, ...]
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfficialSheet:
    """answers: by question code; a question without anything is left out. read_at: before the
    answers were read, so that whatever is newer counts as newer when the workbook comes back."""

    assessment_id: UUID
    title: str
    layout: Layout
    worksheet: Worksheet
    answers: Mapping[str, OfficialAnswer]
    read_at: datetime
