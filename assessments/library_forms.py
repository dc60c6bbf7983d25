"""Forms of the evidence library: its filters, and what is said about a file."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from assessments.forms import refuse_broken_text
from assessments.worksheet import AreaRow, QuestionRow
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
        self.fields["kind"].choices = [("", "Belum dipilih"), *FileKind.choices]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        start, end = cleaned.get("document_date"), cleaned.get("valid_until")
        if start and end and end < start:
            self.add_error("valid_until", "Masa berlaku berakhir sebelum tanggal dokumen.")
        return cleaned


class QuestionFilterForm(forms.Form):
    """Which questions of the sheet. A field that is wrong is ignored."""

    cari = forms.CharField(
        label="Kode atau kata dalam pertanyaan",
        required=False,
        max_length=100,
        validators=[refuse_broken_text],
    )
    area = forms.ChoiceField(label="Area", required=False)

    def __init__(self, data: Any, *, areas: Iterable[AreaRow]) -> None:
        super().__init__(data)
        names = ((area.key, area.label) for area in areas)
        self.fields["area"].choices = [("", "Semua area"), *names]

    def filters(self) -> dict[str, str]:
        """cari, area: what was chosen and makes sense."""
        self.is_valid()
        return {"cari": "", "area": ""} | self.cleaned_data


class QuestionsForm(forms.Form):
    """The questions ticked, and those that were ticked when the page was shown."""

    soal = forms.MultipleChoiceField(required=False)
    semula = forms.MultipleChoiceField(required=False)

    def __init__(self, data: Any, *, questions: Mapping[str, QuestionRow]) -> None:
        super().__init__(data)
        self._questions = questions
        for field in self.fields.values():
            field.choices = [(code, code) for code in questions]
            field.error_messages["invalid_choice"] = (
                "Ada pertanyaan yang tidak dikenal. Muat ulang halaman, lalu pilih lagi."
            )

    @property
    def added(self) -> list[QuestionRow]:
        return self._only_in("soal", "semula")

    @property
    def removed(self) -> list[QuestionRow]:
        return self._only_in("semula", "soal")

    @property
    def first_error(self) -> str:
        return next(iter(self.errors.values()))[0]

    def _only_in(self, one: str, other: str) -> list[QuestionRow]:
        without = set(self.cleaned_data[other])
        codes = dict.fromkeys(self.cleaned_data[one])
        return [self._questions[code] for code in codes if code not in without]
