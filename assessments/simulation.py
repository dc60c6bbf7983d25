"""What if: other answers laid over the real ones and scored, without storing anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from assessments.errors import InvalidEntry
from assessments.models import AnswerChange
from assessments.worksheet import Entries, QuestionRow, Worksheet, merged_entry

Fields = Mapping[str, Mapping[str, str]]  # question code: field name: text


@dataclass(frozen=True, slots=True)
class EntryFault:
    """What was typed for a question and cannot be scored. inputs: the fields at fault."""

    question: QuestionRow
    message: str
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Simulation:
    """real: the satker's answers. entries: with what was tried. changed: what differs, by code
    in the order of the sheet. faults: typed and not on the scale; the real answer counts there."""

    real: Entries
    entries: Entries
    changed: Entries
    faults: tuple[EntryFault, ...]


def lay_over(worksheet: Worksheet, real: Entries, fields: Fields) -> Simulation:
    """Read what was typed as a save reads it (`merged_entry`), and keep what differs.

    A field that is left out keeps its real content, an empty one clears it.
    """
    tried: Entries = {}
    faults = []
    for code, typed in fields.items():
        stored = real.get(code, {})
        try:
            entered = merged_entry(worksheet, code, stored, typed)
        except InvalidEntry as fault:
            faults.append(EntryFault(worksheet.by_code[code], str(fault), fault.inputs))
            continue
        if entered != stored:
            tried[code] = entered
    changed = {code: tried[code] for code in worksheet.by_code if code in tried}
    return Simulation(real, real | changed, changed, tuple(faults))


def fields_of(worksheet: Worksheet, entries: Mapping[str, Mapping[str, str]]) -> Fields:
    """Whole entries as typed fields: what an entry does not have is emptied."""
    return {
        code: {name: entered.get(name, "") for name in worksheet.by_code[code].field_names}
        for code, entered in entries.items()
    }


def digest_of(real: Entries) -> str:
    """Tells one state of the real answers from another; 16 hexadecimal digits."""
    rows = sorted((code, sorted(entered.items())) for code, entered in real.items() if entered)
    return sha256(repr(rows).encode()).hexdigest()[:16]


def moved_since(
    worksheet: Worksheet, assessment_id: UUID, real: Entries, at: datetime
) -> tuple[str, ...]:
    """Codes of the real answers that are others now than they were then. One query."""
    then: dict[str, Mapping[str, str]] = {}
    rows = AnswerChange.objects.filter(
        answer__assessment_id=assessment_id, answer__saved_at__gt=at
    ).order_by("version")
    for question_id, entered, saved_at in rows.values_list("answer__question_id", "entered", "at"):
        code = worksheet.by_pk[question_id].code
        then.setdefault(code, {})
        if saved_at <= at:
            then[code] = entered
    return tuple(code for code, entered in then.items() if entered != real.get(code, {}))
