"""The forms of the page that imports a workbook."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django import forms

from assessments.forms import LARGEST_VERSION
from assessments.services.workbook_drafts import Choice

SEEN = "versi-"
CHOSEN = "pilih-"


class Step(StrEnum):
    UPLOAD = "unggah"
    IMPORT = "impor"
    DISCARD = "batal"


class StepForm(forms.Form):
    langkah = forms.ChoiceField(choices=[(step.value, step.value) for step in Step])

    @property
    def step(self) -> Step:
        """What was asked for; an upload where nothing sensible was sent."""
        return Step(self.cleaned_data["langkah"]) if self.is_valid() else Step.UPLOAD


class UploadForm(forms.Form):
    berkas = forms.FileField(
        label="Buku kerja LKE (.xlsx)",
        allow_empty_file=True,
        max_length=1000,
        error_messages={"required": "Pilih berkas buku kerja (.xlsx) yang sudah diisi."},
    )


class ImportForm(forms.Form):
    """pratinjau: which one was confirmed. One version for every answer that it showed as
    changing, and a choice where somebody has to choose."""

    pratinjau = forms.UUIDField()

    def __init__(self, data: Mapping[str, Any], *, codes: Mapping[str, object]) -> None:
        super().__init__(data)
        for code in codes:
            self.fields[SEEN + code] = forms.IntegerField(
                min_value=0, max_value=LARGEST_VERSION, required=False
            )
            self.fields[CHOSEN + code] = forms.ChoiceField(
                choices=[(choice.value, choice.value) for choice in Choice], required=False
            )

    @property
    def seen(self) -> dict[str, int]:
        return {
            name.removeprefix(SEEN): version
            for name, version in self.cleaned_data.items()
            if name.startswith(SEEN) and version is not None
        }

    @property
    def choices(self) -> dict[str, Choice]:
        """Also of a form that is not valid as a whole: a choice once made stays on the page."""
        return {
            name.removeprefix(CHOSEN): Choice(choice)
            for name, choice in self.cleaned_data.items()
            if name.startswith(CHOSEN) and choice
        }
