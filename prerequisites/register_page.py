"""Rows of the register for a page: item, what is stored, and its form where one may edit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from prerequisites.forms import ValueForm
from prerequisites.models import PrerequisiteValue
from prerequisites.rules import Item


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """form: None for who only reads. is_open: its form was refused and is to be seen."""

    item: Item
    row: PrerequisiteValue | None
    form: ValueForm | None
    is_open: bool = False


def build_register(
    items: Sequence[Item],
    stored: Iterable[PrerequisiteValue],
    *,
    today: date,
    editable: bool,
    refused: ValueForm | None = None,
) -> tuple[RegisterRow, ...]:
    """refused: the form that was sent and not taken, in the place of a fresh one."""
    by_code: Mapping[str, PrerequisiteValue] = {row.code: row for row in stored}
    rows = []
    for item in items:
        row = by_code.get(item.code)
        if refused is not None and refused.item is item:
            rows.append(RegisterRow(item, row, refused, True))
        else:
            form = ValueForm(item=item, today=today, row=row) if editable else None
            rows.append(RegisterRow(item, row, form))
    return tuple(rows)
