"""Input of the register turned into values; bounds of dates are given by the caller's clock."""

import re
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from common.dates import print_date
from common.text import has_control_characters
from prerequisites.models import (
    DOCUMENT_LENGTH,
    NUMBER_LENGTH,
    REASON_LENGTH,
    Predikat,
    PredikatGrant,
    PrerequisiteValue,
)
from prerequisites.rules import Item, Kind
from prerequisites.services import Decree, NewValue

FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)
FIRST_YEAR, LAST_YEAR = 2010, 2100
LARGEST_VERSION = 2**31 - 1
_PERCENT = re.compile(r"(100([.,]0{1,4})?|[0-9]{1,2}([.,][0-9]{1,4})?) ?%?")


def refuse_unprintable(text: str) -> None:
    if has_control_characters(text):
        raise ValidationError("Teks memuat karakter yang tidak dapat dicetak. Ketik ulang.")


class LineField(forms.CharField):
    """One line of text."""

    def __init__(self, *, what: str, max_length: int, **kwargs: Any) -> None:
        super().__init__(
            max_length=max_length,
            error_messages={
                "max_length": f"{what} terlalu panjang: %(show_value)d karakter, paling banyak "
                "%(limit_value)d."
            },
            **kwargs,
        )
        self.validators.append(refuse_unprintable)


class DayField(forms.DateField):
    """A day as browsers send it, or typed 31/12/2026; not before 2000."""

    def __init__(self, *, what: str, **kwargs: Any) -> None:
        super().__init__(
            input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"],
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": f"{what}: tulis tanggal yang ada, misalnya 31/12/2026."},
            **kwargs,
        )
        self.what = what

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is not None and not FIRST_DAY <= value <= LAST_DAY:
            raise ValidationError(
                f"{self.what}: isi tanggal dari {print_date(FIRST_DAY)} sampai "
                f"{print_date(LAST_DAY)}."
            )


class YearForm(forms.Form):
    tahun = forms.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR)
    cari = LineField(what="Pencarian", max_length=100, required=False)


class VersionedForm(forms.Form):
    """Sends back the version that was on screen, 0 for what is new."""

    version = forms.IntegerField(min_value=0, max_value=LARGEST_VERSION, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "version" in self.errors:  # nobody sees a hidden field's own
            self.add_error(None, "Muat ulang halaman: versi isian tidak terkirim dengan benar.")
        return cleaned


class ValueForm(VersionedForm):
    """One prerequisite with its document. today: no document and no pencanangan lies after it."""

    document = LineField(
        label="Dokumen", what="Nama dokumen", max_length=DOCUMENT_LENGTH, required=False
    )
    document_number = LineField(
        label="Nomor dokumen", what="Nomor dokumen", max_length=NUMBER_LENGTH, required=False
    )
    document_date = DayField(label="Tanggal dokumen", what="Tanggal dokumen", required=False)

    field_order = ("value", "document", "document_number", "document_date")

    def __init__(
        self,
        data: Any = None,
        *,
        item: Item,
        today: date,
        row: PrerequisiteValue | None = None,
    ) -> None:
        initial: dict[str, Any] = {"version": 0}
        if row is not None:
            initial = {
                "version": row.version,
                "value": row.value,
                "document": row.document,
                "document_number": row.document_number,
                "document_date": row.document_date,
            }
        super().__init__(data, initial=initial, auto_id=f"{item.code}-%s")
        self.item, self.today = item, today
        self.fields["value"] = _value_field(item)
        self.order_fields(self.field_order)

    def clean_value(self) -> str:
        value = self.cleaned_data["value"]
        if not value:
            return ""
        match self.item.kind:
            case Kind.PERCENT:
                if not _PERCENT.fullmatch(value):
                    raise ValidationError(
                        f"{self.item.name}: isi angka dari 0 sampai 100, misalnya 98,5."
                    )
                return value.rstrip(" %").replace(",", ".")
            case Kind.DATE:
                self._refuse_future(value, self.item.name)
                return value.isoformat()
        return value

    def clean_document_date(self) -> date | None:
        value = self.cleaned_data["document_date"]
        if value is not None:
            self._refuse_future(value, "Tanggal dokumen")
        return value

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        names = ("document", "document_number", "document_date")
        if "value" in self.errors:
            return cleaned
        if not cleaned.get("value") and any(cleaned.get(name) for name in names):
            self.add_error("value", f"{self.item.name}: isi nilainya, atau kosongkan semuanya.")
        if cleaned.get("value"):
            for name, text in (
                ("document", "Sebutkan dokumen yang membuktikannya."),
                ("document_date", "Isi tanggal dokumen."),
            ):
                if name not in self.errors and not cleaned.get(name):
                    self.add_error(name, text)
        return cleaned

    @property
    def new_value(self) -> NewValue:
        sent = self.cleaned_data
        return NewValue(
            sent["value"], sent["document"], sent["document_number"], sent["document_date"]
        )

    def _refuse_future(self, value: date, what: str) -> None:
        if value > self.today:
            raise ValidationError(f"{what} tidak boleh sesudah hari ini, {print_date(self.today)}.")


def _value_field(item: Item) -> forms.Field:
    match item.kind:
        case Kind.PERCENT:
            return LineField(
                label="Persentase",
                what="Persentase",
                max_length=20,
                required=False,
                help_text=item.hint,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            )
        case Kind.DATE:
            return DayField(label="Tanggal", what=item.name, required=False, help_text=item.hint)
    return forms.ChoiceField(
        label="Nilai",
        choices=[("", "Belum diisi"), *item.options],
        required=False,
        help_text=item.hint,
        error_messages={"invalid_choice": f"{item.name}: pilih salah satu nilai yang tersedia."},
    )


class GrantForm(VersionedForm):
    """A decree, and its revocation where there was one."""

    predikat = forms.ChoiceField(
        label="Predikat",
        choices=Predikat.choices,
        error_messages={
            "required": "Pilih predikat.",
            "invalid_choice": "Pilih WBK atau WBBM.",
        },
    )
    decree_number = LineField(
        label="Nomor keputusan", what="Nomor keputusan", max_length=NUMBER_LENGTH
    )
    decree_date = DayField(label="Tanggal keputusan", what="Tanggal keputusan")
    valid_until = DayField(
        label="Berlaku sampai",
        what="Berlaku sampai",
        required=False,
        help_text="Kosong bila keputusan tidak menyebut batasnya.",
    )
    revoked_on = DayField(label="Dicabut pada", what="Dicabut pada", required=False)
    revocation_decree = LineField(
        label="Nomor keputusan pencabutan",
        what="Nomor keputusan pencabutan",
        max_length=NUMBER_LENGTH,
        required=False,
    )
    revocation_reason = LineField(
        label="Alasan pencabutan",
        what="Alasan pencabutan",
        max_length=REASON_LENGTH,
        required=False,
    )

    def __init__(
        self, data: Any = None, *, today: date, grant: PredikatGrant | None = None
    ) -> None:
        initial = {"version": 0}
        if grant is not None:
            initial = {name: getattr(grant, name) for name in self.base_fields}
        super().__init__(data, initial=initial)
        self.today = today
        self.fields["decree_number"].error_messages["required"] = "Isi nomor keputusan."
        self.fields["decree_date"].error_messages["required"] = "Isi tanggal keputusan."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in ("decree_date", "revoked_on"):
            day = cleaned.get(name)
            if day is not None and day > self.today:
                self.add_error(
                    name,
                    f"{self.fields[name].label} tidak boleh sesudah hari ini, "
                    f"{print_date(self.today)}.",
                )
        begins = cleaned.get("decree_date")
        for name in ("valid_until", "revoked_on"):
            day = cleaned.get(name)
            if begins is not None and day is not None and day < begins:
                self.add_error(
                    name, f"{self.fields[name].label} tidak boleh sebelum tanggal keputusan."
                )
        revocation = {
            "revoked_on": "Isi tanggal pencabutan.",
            "revocation_decree": "Isi nomor keputusan pencabutan.",
            "revocation_reason": "Isi alasan pencabutan.",
        }
        if any(cleaned.get(name) for name in revocation):
            for name, text in revocation.items():
                if name not in self.errors and not cleaned.get(name):
                    self.add_error(name, text)
        return cleaned

    @property
    def decree(self) -> Decree:
        return Decree(**{name: self.cleaned_data[name] for name in Decree.__slots__})
