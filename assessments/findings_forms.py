"""Forms of the findings page: which findings are shown, and a reason for warnings."""

from collections.abc import Iterable
from typing import Any

from django import forms

from assessments.enums import BLOCKING, FindingKind
from assessments.forms import ReasonField
from assessments.worksheet import AreaRow

ERRORS, WARNINGS, ASKING = "kesalahan", "peringatan", "tanpa-alasan"


class FindingsForm(forms.Form):
    """Which findings. A field that is wrong is ignored."""

    jenis = forms.ChoiceField(
        label="Jenis temuan",
        required=False,
        choices=[
            ("", "Semua temuan"),
            (ERRORS, "Kesalahan"),
            (WARNINGS, "Peringatan"),
            (ASKING, "Peringatan tanpa alasan"),
        ],
    )
    area = forms.ChoiceField(label="Area", required=False)

    def __init__(self, data: Any, *, areas: Iterable[AreaRow]) -> None:
        super().__init__(data)
        self.fields["area"].choices = [("", "Semua area"), *((a.key, a.label) for a in areas)]

    @property
    def chosen(self) -> dict[str, str]:
        """jenis, area: what was chosen and makes sense, "" for all."""
        self.is_valid()
        return {"jenis": "", "area": ""} | self.cleaned_data


class ReasonForm(forms.Form):
    """One reason for the warnings of a kind on some questions."""

    kind = forms.ChoiceField(
        choices=[(kind.value, kind.label) for kind in FindingKind if kind not in BLOCKING],
        error_messages={
            "required": "Muat ulang halaman: jenis temuan tidak terkirim.",
            "invalid_choice": "Jenis temuan tidak dikenal. Muat ulang halaman ini.",
        },
    )
    codes = forms.MultipleChoiceField(
        required=False,
        error_messages={"invalid_choice": "Pertanyaan tidak dikenal. Muat ulang halaman ini."},
    )
    reason = ReasonField()

    def __init__(self, data: Any, *, codes: Iterable[str]) -> None:
        super().__init__(data)
        self.fields["codes"].choices = [(code, code) for code in codes]

    @property
    def first_error(self) -> str:
        return next(iter(next(iter(self.errors.values()))))
