"""Forms of the evidence library: its filters, and what is said about a file."""

from collections.abc import Iterable
from typing import Any

from django import forms

from assessments.forms import refuse_broken_text
from evidence.models import EvidenceFile, FileKind

STATES = [
    ("", "Semua berkas"),
    ("kedaluwarsa", "Kedaluwarsa"),
    ("lepas", "Tidak terlampir"),
    ("diganti", "Sudah diganti"),
]


class LibraryForm(forms.Form):
    """Which files. A field that is wrong is ignored. years: those there is something of."""

    cari = forms.CharField(
        label="Judul atau nama berkas",
        required=False,
        max_length=100,
        validators=[refuse_broken_text],
    )
    jenis = forms.ChoiceField(
        label="Jenis dokumen",
        required=False,
        choices=[("", "Semua jenis"), *FileKind.choices, ("belum", "Belum diisi")],
    )
    keadaan = forms.ChoiceField(label="Keadaan", required=False, choices=STATES)
    tahun = forms.TypedChoiceField(
        label="Terlampir tahun", required=False, coerce=int, empty_value=None
    )

    def __init__(self, data: Any, *, years: Iterable[int]) -> None:
        super().__init__(data)
        self.fields["tahun"].choices = [("", "Semua tahun"), *((year, year) for year in years)]

    def filters(self) -> dict[str, Any]:
        """cari, jenis, keadaan, tahun: what was chosen and makes sense."""
        self.is_valid()
        empty = {"cari": "", "jenis": "", "keadaan": "", "tahun": None}
        return empty | self.cleaned_data


class DescriptionForm(forms.ModelForm):
    """What a file is, as the satker says."""

    class Meta:
        model = EvidenceFile
        fields = ("title", "kind", "document_date", "valid_until")
        widgets = {
            name: forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
            for name in ("document_date", "valid_until")
        }
        help_texts = {"title": "Kosong: nama berkas yang ditampilkan."}
        error_messages = {
            name: {"invalid": "Tanggal tidak dikenal. Tulis sebagai tahun-bulan-hari, 2026-03-05."}
            for name in ("document_date", "valid_until")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].validators.append(refuse_broken_text)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        start, end = cleaned.get("document_date"), cleaned.get("valid_until")
        if start and end and end < start:
            self.add_error("valid_until", "Masa berlaku berakhir sebelum tanggal dokumen.")
        return cleaned
