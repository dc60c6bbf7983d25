"""The fields of the reviewer's form: what is stored, or what was typed and refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import scoring
from assessments.enums import Verdict
from assessments.models import Verification
from assessments.worksheet import QuestionRow


@dataclass(frozen=True, slots=True)
class OptionField:
    key: str
    text: str
    worth: str
    checked: bool


@dataclass(frozen=True, slots=True)
class CountField:
    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class VerdictFields:
    """version: the stored row's, 0 for none. marked: asks the satker for a repair."""

    version: int
    verdict: str
    note: str
    marked: bool
    options: tuple[OptionField, ...]
    counts: tuple[CountField, ...]
    value: str

    @property
    def lower(self) -> bool:
        return self.verdict in {Verdict.KURANG_SESUAI, Verdict.TIDAK_SESUAI}


def build_fields(
    question: QuestionRow,
    stored: Verification | None,
    *,
    typed: Mapping[str, str] | None = None,
) -> VerdictFields:
    """typed: a refused post; its text stays in the fields, over what is stored."""
    entered: Mapping[str, str] = {} if stored is None else stored.entered
    verdict = "" if stored is None else str(stored.verdict)
    note = "" if stored is None else stored.note
    marked = True if stored is None or not stored.verdict else stored.marked
    if typed is not None:
        entered = {name: typed.get(name, "") for name in question.field_names}
        verdict = typed.get("verdict", verdict)
        note = typed.get("note", note)
        marked = typed.get("mark", "1") == "1"
    return VerdictFields(
        version=0 if stored is None else stored.version,
        verdict=verdict,
        note=note,
        marked=marked,
        options=tuple(
            OptionField(
                option.key,
                option.text,
                scoring.print_points(Fraction(option.value)),
                entered.get("value") == option.key,
            )
            for option in question.options
        ),
        counts=tuple(
            CountField(item.key, item.label, entered.get(item.key, "")) for item in question.inputs
        ),
        value=entered.get("value", "").replace(".", ","),
    )
