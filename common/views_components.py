"""/komponen/: every part of the interface in every state, with its HTML; for DEBUG and DEMO only.

The page is the reference for whoever builds another one. Its data is invented; states stand side
by side here that never meet in life.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.charts import Axis
from common.ui.badges import ICONS, QUESTION, SAVE_STATE, STATUS, VERDICT
from common.words import mark_differences

NOW: Final = datetime(2026, 12, 11, 7, 3, tzinfo=UTC)
DEADLINE: Final = datetime(2026, 12, 31, 16, 59, tzinfo=UTC)
SOON: Final = datetime(2026, 12, 13, 16, 59, tzinfo=UTC)
PAST: Final = datetime(2026, 12, 1, 16, 59, tzinfo=UTC)
SHA256: Final = "8f3ab1077c52d9e0466f1c20b7a49d3e5518f2ce907b6a34d1e8c05f7a92c21d"

Floors = tuple[tuple[str, Decimal], ...]

TOTAL_FLOORS: Final = (("WBK", Decimal(75)), ("WBBM", Decimal(85)))
AREAS: Final = (
    ("Manajemen Perubahan", "Perubahan", 8, "4.96", "6.10", 13, 16),
    ("Penataan Tatalaksana", "Tatalaksana", 7, "4.88", "4.54", 15, 15),
    ("Penataan Sistem Manajemen SDM Aparatur", "SDM Aparatur", 10, "6.04", "7.36", 18, 21),
    ("Penguatan Akuntabilitas", "Akuntabilitas", 10, "8.77", "8.77", 14, 14),
    ("Penguatan Pengawasan", "Pengawasan", 15, "8.08", "11.53", 15, 22),
    ("Peningkatan Kualitas Pelayanan Publik", "Pelayanan Publik", 10, "7.22", "7.16", 22, 22),
)

STAGES: Final = (
    ("Terdaftar", "#funnel", 92, 6, "6 belum mulai"),
    ("Mulai mengisi", "#funnel", 86, 28, "28 masih mengisi"),
    ("Dikirim ke Kanwil", "#funnel", 58, 27, "27 menunggu"),
    ("Diverifikasi", "#funnel", 31, 12, "12 berjalan"),
    ("Disetujui Kanwil", "#funnel", 19, 19, "19 menunggu TPI"),
    ("Dievaluasi TPI", "", 0, 0, "mulai Februari"),
)
STEPS: Final = (
    ("Pencanangan", "14 Januari 2026", "done"),
    ("Pengisian", "Sejak 2 Maret 2026", "now"),
    ("Dikirim ke Kanwil", "", "next"),
    ("Penilaian pendahuluan", "1–31 Januari 2027", "next"),  # noqa: RUF001
)


@dataclass(frozen=True)
class AreaRow:
    """One area as the specimens need it: points, progress, floors."""

    number: str
    name: str
    short_name: str
    weight: Decimal
    points: Decimal
    verified: Decimal
    answered: int
    total: int
    floors: Floors
    url: str = "#area"
    current: bool = False
    sections: tuple[tuple[str, str], ...] = ()

    @property
    def met(self) -> str:
        """The highest predikat whose floor is reached; empty below all of them."""
        return next((code for code, at in reversed(self.floors) if self.points >= at), "")


@dataclass(frozen=True)
class Side:
    """One of two answers to choose from."""

    title: str
    when: str
    answer: str
    worth: str
    note: str
    value: str


class SampleForm(forms.Form):
    """A form with one field of each look, refused where it can be."""

    name = forms.CharField(label="Nama satker", help_text="Seperti pada SK pembentukan.")
    code = forms.CharField(label="Kode satker", max_length=6)
    kind = forms.ChoiceField(
        label="Jenis satker", choices=[("kankemenag", "Kankemenag"), ("man", "MAN")]
    )
    note = forms.CharField(label="Catatan", widget=forms.Textarea, required=False)
    target = forms.ChoiceField(
        label="Target", choices=[("wbk", "WBK"), ("wbbm", "WBBM")], widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label="Saya bertanggung jawab atas kebenaran isian ini.")


class FilterForm(forms.Form):
    """The filters of a recap."""

    year = forms.ChoiceField(label="Tahun", choices=[("2026", "2026"), ("2025", "2025")])
    kind = forms.ChoiceField(label="Jenis satker", choices=[("", "Semua")], required=False)
    status = forms.ChoiceField(label="Status", choices=[("", "Semua")], required=False)
    order = forms.ChoiceField(label="Urutkan", choices=[("", "Tertinggi")], required=False)
    q = forms.CharField(
        label="Nama atau kode", widget=forms.TextInput({"type": "search"}), required=False
    )


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """404 outside DEBUG and DEMO."""
    if not (settings.DEBUG or getattr(settings, "DEMO", False)):
        raise Http404
    return render(request, "common/components.html", sample_context())


def sample_context() -> dict[str, Any]:
    areas = [_area(number, *row) for number, row in enumerate(AREAS, start=1)]
    filled = SampleForm(
        {"name": "MAN 1 Kota Tegal", "code": "33760101", "kind": "man", "target": "wbk"},
        auto_id="refused_%s",
    )
    mine, theirs = mark_differences(
        "Sasaran memuat dua belas layanan utama dan penurunan pengaduan.",
        "Sasaran memuat sebagian layanan utama; SK masih berupa draf.",
    )
    return {
        "icons": sorted(ICONS),
        "statuses": list(STATUS),
        "question_states": list(QUESTION),
        "verdicts": list(VERDICT),
        "save_states": list(SAVE_STATE),
        "now": NOW,
        "deadline": DEADLINE,
        "soon": SOON,
        "past": PAST,
        "sha256": SHA256,
        "decree_date": date(2026, 3, 12),
        "valid_until": date(2026, 12, 31),
        "total": Decimal("74.01"),
        "total_floors": TOTAL_FLOORS,
        "almost": Fraction(74996, 1000),
        "half": Fraction(2, 3),
        "nothing": None,
        "low_floors": (("WBK", Decimal(20)), ("WBBM", Decimal(40))),
        "areas": areas,
        "nav": [*areas, _result()],
        "axes": [_axis(area, area.verified) for area in areas],
        "own_axes": [_axis(area, None) for area in areas],
        "stages": STAGES,
        "heat_rows": _heat_rows(areas),
        "steps": STEPS,
        "mine": Side("Jawaban Anda", "belum tersimpan, diketik 14.02", "A", "1,00", mine, "mine"),
        "theirs": Side("Jawaban Hasan Basri", "tersimpan 14.01", "B", "0,50", theirs, "theirs"),
        "form": SampleForm(),
        "refused": filled,
        "filters": FilterForm({"year": "2026"}, auto_id="filter_%s"),
        "page": Paginator(range(92), 25).get_page(2),
    }


def _axis(area: AreaRow, verified: Decimal | None) -> Axis:
    label = f"{area.number} {area.short_name}"
    return Axis(label, area.weight, area.points, verified, area.floors)


def _area(
    number: int,
    name: str,
    short_name: str,
    weight: int,
    points: str,
    verified: str,
    answered: int,
    total: int,
) -> AreaRow:
    full = Decimal(weight)
    first = number == 1
    return AreaRow(
        number=str(number),
        name=name,
        short_name=short_name,
        weight=full,
        points=Decimal(points),
        verified=Decimal(verified),
        answered=answered,
        total=total,
        floors=(("WBK", full * Decimal("0.6")), ("WBBM", full * Decimal("0.75"))),
        current=first,
        sections=(("Tim kerja", "#tim"), ("Rencana kerja", "#rencana")) if first else (),
    )


def _result() -> AreaRow:
    return AreaRow(
        number="H",
        name="Hasil",
        short_name="Hasil",
        weight=Decimal(40),
        points=Decimal("34.07"),
        verified=Decimal("34.07"),
        answered=3,
        total=3,
        floors=(("WBK", Decimal("32.25")), ("WBBM", Decimal("35.25"))),
    )


def _heat_rows(areas: list[AreaRow]) -> list[tuple[str, list[tuple[Any, ...]]]]:
    """Names with one (points, weight, floors) a cell; the last cell of the second is missing."""
    columns = [*areas, _result()]
    shares = (
        ("Kankemenag Kabupaten Batang", (48, 55, 58, 64, 47, 61, 79)),
        ("MTsN 2 Kabupaten Demak", (57, 62, 51, 70, 44, 66, None)),
        ("Kankemenag Kota Salatiga", (71, 64, 72, 77, 61, 74, 83)),
        ("MAN 1 Kota Tegal", (88, 84, 82, 94, 85, 91, 93)),
    )
    return [
        (
            name,
            [
                (None if part is None else column.weight * part / 100, column.weight, column.floors)
                for part, column in zip(parts, columns, strict=True)
            ],
        )
        for name, parts in shares
    ]
