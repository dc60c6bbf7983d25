"""The filters of the recap: a query string, checked."""

from collections.abc import Iterable
from typing import Final

from django import forms
from django.http import QueryDict

from assessments.enums import Status, Target
from reports.filters import NOT_STARTED, Filters
from satker.models import SatkerKind
from satker.provinces import PROVINCES

STATUSES: Final = [(NOT_STARTED, "Belum mulai"), *Status.choices]

SORTS: Final = {
    "satker": "Nama satker",
    "status": "Tahap",
    "terjawab": "Terjawab",
    "mandiri": "Nilai mandiri",
    "verifikasi": "Nilai verifikasi",
    "selisih": "Selisih",
    "syarat": "Syarat nilai",
}
SORT_CHOICES: Final = [
    choice
    for key, label in SORTS.items()
    for choice in ((key, f"{label}, naik"), (f"-{key}", f"{label}, turun"))
]


class RecapForm(forms.Form):
    """Which satker, in which order. A field that is wrong is said to be so and ignored.

    year: the one shown when none is asked for. kinds, provinces: what there is to choose among
    the satker in sight; with one or none there is nothing to choose and the field is left out.
    """

    tahun = forms.TypedChoiceField(label="Tahun", coerce=int, required=False)
    jenis = forms.ChoiceField(label="Jenis satker", required=False)
    provinsi = forms.ChoiceField(label="Provinsi", required=False)
    status = forms.ChoiceField(
        label="Status", required=False, choices=[("", "Semua status"), *STATUSES]
    )
    target = forms.ChoiceField(
        label="Target", required=False, choices=[("", "Semua target"), *Target.choices]
    )
    cari = forms.CharField(label="Nama atau kode satker", required=False, max_length=100)
    urut = forms.ChoiceField(label="Urutkan", required=False, choices=SORT_CHOICES)

    def __init__(
        self,
        data: QueryDict,
        *,
        years: Iterable[int],
        year: int,
        kinds: Iterable[str],
        provinces: Iterable[str],
        has_status: bool,
    ) -> None:
        filled = data.copy()
        filled.setdefault("tahun", str(year))
        filled.setdefault("urut", "satker")
        super().__init__(filled)
        self.fields["tahun"].choices = [(each, str(each)) for each in years]
        self._offer("jenis", "Semua jenis", [(k, SatkerKind(k).label) for k in kinds])
        names = [(code, PROVINCES[code].name) for code in provinces if code in PROVINCES]
        self._offer("provinsi", "Semua provinsi", names)
        if not has_status:
            del self.fields["status"]

    def _offer(self, name: str, everything: str, choices: list[tuple[str, str]]) -> None:
        if len(choices) < 2:
            del self.fields[name]
            return
        choices.sort(key=lambda choice: choice[1])
        self.fields[name].choices = [("", everything), *choices]

    @property
    def chosen(self) -> dict[str, object]:
        """The values of the fields that are right."""
        self.is_valid()
        return self.cleaned_data

    @property
    def filters(self) -> Filters:
        chosen = self.chosen
        return Filters(
            kind=chosen.get("jenis", ""),
            province=chosen.get("provinsi", ""),
            status=chosen.get("status", ""),
            target=chosen.get("target", ""),
            text=chosen.get("cari", ""),
            sort=chosen.get("urut", ""),
        )
