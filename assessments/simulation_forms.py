"""What the simulation's page sends: the entries of many questions at once, a scenario's name."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from assessments.forms import ENTRY_LENGTH, LARGEST_VERSION, TextField
from assessments.models import SCENARIO_NAME_LENGTH
from assessments.simulation import EntryFault, Fields
from assessments.worksheet import Worksheet
from common.text import has_control_characters

# One field for all: a form of 113 questions would cost more than scoring them.
_ENTRY = TextField(max_length=ENTRY_LENGTH, error_messages={"max_length": "Isian terlalu panjang."})


class Step(StrEnum):
    """What a button of the page does; anything else computes."""

    COMPUTE = "hitung"
    SAVE = "simpan"
    UPDATE = "perbarui"
    RENAME = "nama"
    DELETE = "hapus"


@dataclass(frozen=True, slots=True)
class Typed:
    """raw: as typed, to be shown again. fields: what has the shape of an entry. unknown: how
    many fields name no question."""

    raw: Fields
    fields: Fields
    faults: tuple[EntryFault, ...]
    unknown: int


def read_typed(worksheet: Worksheet, data: Mapping[str, str]) -> Typed:
    """The entries of a posted form. A field is named as `manage.py score` names an answer: the
    question's code for a choice or an index, code and key ("A.II.1.i.a.n1") for a count."""
    raw: dict[str, dict[str, str]] = {}
    fields: dict[str, dict[str, str]] = {}
    faults: dict[str, EntryFault] = {}
    unknown = 0
    for name in data:
        if "." not in name:
            continue
        code, key = _place(worksheet, name)
        question = worksheet.by_code.get(code)
        if question is None or key not in question.field_names:
            unknown += 1
            continue
        text = data[name]
        raw.setdefault(code, {})[key] = text.encode(errors="replace").decode()
        try:
            fields.setdefault(code, {})[key] = _ENTRY.clean(text)
        except ValidationError as fault:
            inputs = (key,) if question.inputs else ()
            faults.setdefault(code, EntryFault(question, fault.messages[0], inputs))
    sound = {code: typed for code, typed in fields.items() if code not in faults}
    return Typed(raw, sound, tuple(faults.values()), unknown)


def field_name(code: str, key: str) -> str:
    return code if key == "value" else f"{code}.{key}"


def _place(worksheet: Worksheet, name: str) -> tuple[str, str]:
    if name in worksheet.by_code:
        return name, "value"
    code, _, key = name.rpartition(".")
    return code, key


class NameForm(forms.Form):
    """The name that a scenario is kept under."""

    nama = TextField(
        label="Nama skenario",
        max_length=SCENARIO_NAME_LENGTH,
        error_messages={
            "max_length": "Nama terlalu panjang: %(show_value)d karakter, paling banyak "
            "%(limit_value)d."
        },
    )

    def clean_nama(self) -> str:
        name = " ".join(self.cleaned_data["nama"].split())
        if has_control_characters(name):
            raise ValidationError("Nama memuat karakter rusak. Hapus, lalu ketik ulang.")
        if not name:
            raise ValidationError("Beri nama skenario ini.")
        return name

    @property
    def problem(self) -> str:
        return self.errors["nama"][0] if "nama" in self.errors else ""


class SimulationForm(forms.Form):
    """What comes along with the entries. skenario: the one that is open. dasar: the digest of
    the real answers on screen. versi: of the open scenario."""

    langkah = forms.ChoiceField(choices=[(each.value, each.value) for each in Step], required=False)
    skenario = forms.UUIDField(required=False)
    versi = forms.IntegerField(min_value=1, max_value=LARGEST_VERSION, required=False)
    dasar = forms.CharField(max_length=16, required=False)

    @property
    def step(self) -> Step:
        return Step(self.sent("langkah") or Step.COMPUTE)

    def sent(self, name: str) -> Any:
        """The field's value; None where it was left out or makes no sense."""
        self.is_valid()
        return self.cleaned_data.get(name) or None
