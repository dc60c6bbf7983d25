"""Giving questions to a person, as a form."""

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models import User
from assessments.forms import refuse_broken_text
from assessments.models import MESSAGE_LENGTH
from assessments.services.handling import NewTask
from assessments.worksheet import QuestionRow
from teams.team import PokjaTeam


class ShareForm(forms.Form):
    """soal: codes of the questions offered; kepada: key of a person; tarik=1 takes them back
    instead."""

    soal = forms.MultipleChoiceField(
        label="Pertanyaan",
        error_messages={
            "required": "Pilih sedikitnya satu pertanyaan.",
            "invalid_choice": "Pilih pertanyaan dari daftar area ini.",
            "invalid_list": "Pilih pertanyaan dari daftar area ini.",
        },
    )
    kepada = forms.ChoiceField(
        label="Berikan kepada",
        required=False,
        error_messages={"invalid_choice": "Pilih orang dari daftar."},
    )
    tenggat = forms.DateField(
        label="Tenggat internal (boleh kosong)",
        required=False,
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Tulis tanggal yang ada, misalnya 12/12/2026."},
    )
    pesan = forms.CharField(
        label="Pesan (boleh kosong)",
        required=False,
        max_length=MESSAGE_LENGTH,
        validators=[refuse_broken_text],
        error_messages={
            "max_length": "Pesan terlalu panjang: %(show_value)d karakter, paling banyak "
            "%(limit_value)d."
        },
    )

    def __init__(
        self,
        data: Any,
        *,
        people: Sequence[User],
        pokja: PokjaTeam | None,
        questions: Sequence[QuestionRow],
    ) -> None:
        super().__init__(data)
        self.fields["soal"].choices = [(q.code, q.code) for q in questions]
        own = pokja.people if pokja else ()
        others = [person for person in people if person not in own]
        groups = [("Pokja area ini", own), ("Orang lain di satker", others)]
        self.fields["kepada"].choices = [
            ("", "Pilih orang"),
            *(
                (name, [(str(person.pk), person.name) for person in group])
                for name, group in groups
                if group
            ),
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.data.get("tarik") and "kepada" not in self.errors and not given.get("kepada"):
            self.add_error("kepada", "Pilih orang yang mengerjakannya.")
        return given

    @property
    def task(self) -> NewTask:
        """Of a valid form."""
        given = self.cleaned_data
        if self.data.get("tarik"):
            return NewTask(None)
        return NewTask(int(given["kepada"]), given["tenggat"], given["pesan"].strip())
