"""The fields of the reviewer's form: what is stored, or what was typed and refused."""

from collections.abc import Mapping
from dataclasses import dataclass

import scoring
from assessments.answer_words import print_comma
from assessments.enums import Verdict
from assessments.models import Verification
from assessments.worksheet import QuestionRow


@dataclass(frozen=True, slots=True)
class OptionField:
    """own: the criterion that the satker chose."""

    key: str
    text: str
    worth: str
    checked: bool
    own: bool


@dataclass(frozen=True, slots=True)
class NumberField:
    """One count, or the index; own: what the satker entered."""

    key: str
    label: str
    value: str
    own: str


@dataclass(frozen=True, slots=True)
class VerdictFields:
    """version: the stored row's, 0 for none. marked: asks the satker for a repair."""

    version: int
    verdict: str
    note: str
    reason: str
    marked: bool
    options: tuple[OptionField, ...]
    numbers: tuple[NumberField, ...]


def build_fields(
    question: QuestionRow,
    stored: Verification | None,
    own: Mapping[str, str],
    *,
    typed: Mapping[str, str] | None = None,
) -> VerdictFields:
    """typed: a refused post; its text stays in the fields, over what is stored.

    A question that a repair opened again starts without the note of the round before: it was
    answered, and stands in the history.
    """
    entered: Mapping[str, str] = stored.entered if stored else {}
    verdict = str(stored.verdict) if stored else ""
    note = stored.note if stored and stored.verdict else ""
    reason = str(stored.reason) if stored else ""
    marked = stored.marked if stored and verdict not in {"", Verdict.SESUAI} else True
    if typed is not None:
        entered = {name: typed.get(name, "") for name in question.field_names}
        verdict = typed.get("verdict", verdict)
        note = typed.get("note", note)
        reason = typed.get("reason", reason)
        marked = typed.get("mark", "1") == "1"
    return VerdictFields(
        version=stored.version if stored else 0,
        verdict=verdict,
        note=note,
        reason=reason,
        marked=marked,
        options=tuple(
            OptionField(
                key=option.key,
                text=option.text,
                worth=scoring.print_points(option.value),
                checked=entered.get("value") == option.key,
                own=own.get("value") == option.key,
            )
            for option in question.options
        ),
        numbers=() if question.options else _numbers(question, entered, own),
    )


def _numbers(
    question: QuestionRow, entered: Mapping[str, str], own: Mapping[str, str]
) -> tuple[NumberField, ...]:
    labels = {item.key: item.label for item in question.inputs}
    labels = labels or {"value": f"Angka dari 0 sampai {print_comma(question.maximum or '')}"}
    return tuple(
        NumberField(
            key=key,
            label=label,
            value=print_comma(entered.get(key, "")),
            own=print_comma(own.get(key, "")),
        )
        for key, label in labels.items()
    )
