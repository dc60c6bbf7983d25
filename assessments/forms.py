"""Input turned into values: one form per act of a person. A form checks shape, not state."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from assessments.enums import RejectionReason, Target, Verdict
from assessments.models import COMMENT_LENGTH, NOTE_LENGTH, REASON_LENGTH
from assessments.needs import listed_documents
from assessments.worksheet import QuestionRow

ENTRY_LENGTH = 100
LARGEST_VERSION = 2**31 - 1
SAVE_IDS_LENGTH = 1000
BROKEN_SAVE_ID = "Muat ulang halaman: penanda simpan tidak dapat dibaca."


def refuse_broken_text(text: str) -> None:
    """Half characters (lone surrogates) cannot be stored or printed."""
    try:
        text.encode()
    except UnicodeEncodeError as fault:
        raise ValidationError("Teks memuat karakter rusak. Hapus, lalu ketik ulang.") from fault


class TextField(forms.CharField):
    """Text as typed: no trimming, line ends as \\n, whole characters only."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, strip=False, **kwargs)
        self.validators.append(refuse_broken_text)

    def to_python(self, value: Any) -> str:
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")


class NoteField(TextField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=NOTE_LENGTH,
            error_messages={
                "max_length": "Catatan terlalu panjang: %(show_value)d karakter, paling banyak "
                "%(limit_value)d. Pendekkan, lalu simpan lagi."
            },
            **kwargs,
        )


class ReasonField(TextField):
    """Why something is sent in spite of a warning."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=REASON_LENGTH,
            error_messages={
                "max_length": "Alasan terlalu panjang: %(show_value)d karakter, paling banyak "
                "%(limit_value)d. Pendekkan, lalu kirim lagi."
            },
            **kwargs,
        )


class UploadForm(forms.Form):
    """What a browser announces before a file comes in chunks. The policy is `evidence.intake`'s."""

    name = forms.CharField(max_length=1000, strip=False, validators=[refuse_broken_text])
    content_type = forms.CharField(max_length=100, required=False)
    size = forms.IntegerField(min_value=0, max_value=2**53)
    sha256 = forms.RegexField(r"\A[0-9a-f]{64}\Z", required=False)


class OffsetForm(forms.Form):
    """Where in its file a chunk belongs, in bytes."""

    offset = forms.IntegerField(min_value=0, max_value=2**53)


class UUIDListField(forms.Field):
    """Any number of ids under one name; cleaned to a tuple of UUIDs without repeats."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> tuple[UUID, ...]:
        try:
            return tuple(dict.fromkeys(UUID(text) for text in value or ()))
        except ValueError as fault:
            raise ValidationError("Pilihan tidak dikenal. Muat ulang halaman.") from fault


class EvidenceForm(forms.Form):
    """What is attached beside new files: finished uploads, and files of the library."""

    upload = UUIDListField(required=False)
    pick = UUIDListField(required=False)


class DocumentForm(forms.Form):
    """Which listed document of a question a file is: "dokumen" from the button of a proposal,
    else the file's own field; "" for none."""

    def __init__(self, data: Mapping[str, Any], *, question: QuestionRow, file_id: UUID) -> None:
        super().__init__(data)
        self.name = "dokumen" if "dokumen" in data else f"dokumen-{file_id}"
        items = listed_documents(question)
        self.fields[self.name] = forms.ChoiceField(
            required=False,
            choices=[(item, item) for item in items],
            error_messages={
                "invalid_choice": "Dokumen yang dipilih tidak ada dalam daftar pertanyaan ini. "
                "Muat ulang halaman, lalu pilih lagi."
            },
        )

    @property
    def document(self) -> str:
        return self.cleaned_data[self.name]

    @property
    def first_error(self) -> str:
        return self.errors[self.name][0]


class EntryForm(forms.Form):
    """The fields of one question: value, or n1, n2, …; and the version on screen.

    `fields_sent` and `note_sent` tell a field that was left out (keep what is stored) from one
    that was emptied (clear it).
    """

    version = forms.IntegerField(
        min_value=0,
        max_value=LARGEST_VERSION,
        error_messages={"required": "Muat ulang halaman: versi jawaban tidak terkirim."},
    )
    note = NoteField()

    def __init__(self, data: Mapping[str, Any], *, question: QuestionRow) -> None:
        super().__init__(data)
        self.question = question
        for name in question.field_names:
            self.fields[name] = TextField(
                max_length=ENTRY_LENGTH,
                error_messages={"max_length": "Isian terlalu panjang."},
            )

    @property
    def fields_sent(self) -> dict[str, str]:
        return {
            name: self.cleaned_data[name] for name in self.question.field_names if name in self.data
        }

    @property
    def note_sent(self) -> str | None:
        return self.cleaned_data["note"] if "note" in self.data else None

    @property
    def first_error(self) -> str:
        return next(iter(next(iter(self.errors.values()))))


class SaveIdsField(forms.CharField):
    """Ids of attempts to save, with spaces between them; cleaned to a set of UUIDs."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            max_length=SAVE_IDS_LENGTH,
            error_messages={"max_length": BROKEN_SAVE_ID},
        )

    def clean(self, value: Any) -> frozenset[UUID]:
        try:
            return frozenset(UUID(text) for text in super().clean(value).split())
        except ValueError as fault:
            raise ValidationError(BROKEN_SAVE_ID) from fault


class AnswerForm(EntryForm):
    """The satker's answer to one question.

    save_id: names this attempt, so that it is known again. unconfirmed: earlier attempts of the
    same page whose response never came.
    """

    save_id = forms.UUIDField(required=False, error_messages={"invalid": BROKEN_SAVE_ID})
    unconfirmed = SaveIdsField()


class CommentForm(forms.Form):
    """balas: the comment it answers. sebagian: the latest of the thread is enough in return."""

    text = TextField(
        max_length=COMMENT_LENGTH,
        error_messages={
            "max_length": "Komentar terlalu panjang: %(show_value)d karakter, paling banyak "
            "%(limit_value)d. Pendekkan, lalu kirim lagi."
        },
    )
    balas = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    save_id = forms.UUIDField(required=False, error_messages={"invalid": BROKEN_SAVE_ID})
    sebagian = forms.BooleanField(required=False)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].strip()
        if not text:
            raise ValidationError("Komentar masih kosong. Tulis sesuatu, lalu kirim.")
        return text

    @property
    def first_error(self) -> str:
        return next(iter(next(iter(self.errors.values()))))


class VerdictForm(EntryForm):
    """mark: asks the satker for a repair; "0" and "1", left out for the default."""

    verdict = forms.ChoiceField(
        choices=Verdict.choices,
        required=False,
        error_messages={"invalid_choice": "Pilih sesuai, kurang sesuai, atau tidak sesuai."},
    )
    reason = forms.ChoiceField(
        choices=RejectionReason.choices,
        required=False,
        error_messages={"invalid_choice": "Pilih alasan dari daftar."},
    )
    mark = forms.ChoiceField(choices=[("0", "tidak"), ("1", "ya")], required=False)
    halaman = forms.BooleanField(required=False)

    @property
    def verdict_sent(self) -> Verdict | None:
        return Verdict(self.cleaned_data["verdict"]) if self.cleaned_data["verdict"] else None

    @property
    def reason_sent(self) -> str | None:
        return self.cleaned_data["reason"] if "reason" in self.data else None

    @property
    def mark_sent(self) -> bool | None:
        mark = self.cleaned_data["mark"]
        return None if mark == "" else mark == "1"


class OpenForm(forms.Form):
    period = forms.IntegerField(label="Periode", min_value=1)
    target = forms.ChoiceField(label="Target predikat", choices=Target.choices)


class SubmitForm(forms.Form):
    """pernyataan: "1", the head states responsibility; anything else does not.

    alasan: one reason for all warnings that have none. The page asks for it; whoever posts
    without the field was not asked (decision 45).
    """

    pernyataan = forms.CharField(required=False)
    alasan = ReasonField()

    @property
    def reason_sent(self) -> str | None:
        return self.cleaned_data["alasan"] if "alasan" in self.data else None

    def clean_pernyataan(self) -> bool:
        if self.cleaned_data["pernyataan"] != "1":
            raise ValidationError("Centang pernyataan tanggung jawab sebelum mengirim penilaian.")
        return True


class ExtensionForm(forms.Form):
    """sampai: a day, of which the satker has all."""

    sampai = forms.DateField(
        label="Sampai dengan tanggal",
        help_text="Satker dapat mengisi dan mengirim sampai pukul 23.59 pada hari itu.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = NoteField(label="Alasan", widget=forms.Textarea(attrs={"rows": 3}))

    def clean_reason(self) -> str:
        reason = self.cleaned_data["reason"].strip()
        if not reason:
            raise ValidationError("Tulis alasan perpanjangan.")
        return reason


class ReturnForm(forms.Form):
    note = NoteField(label="Catatan pengembalian", widget=forms.Textarea(attrs={"rows": 4}))

    def clean_note(self) -> str:
        note = self.cleaned_data["note"].strip()
        if not note:
            raise ValidationError("Tulis catatan pengembalian untuk satker.")
        return note


class WayForm(forms.Form):
    """What to ask the optimiser; its state is the address."""

    predikat = forms.ChoiceField(label="Predikat", choices=Target.choices, required=False)
    tujuan = forms.ChoiceField(
        label="Yang dibuat sesedikit mungkin",
        choices=[("soal", "Pertanyaan yang diubah"), ("langkah", "Langkah perbaikan")],
        required=False,
    )
    area = forms.TypedChoiceField(
        label="Cakupan",
        choices=[("", "Semua area"), *((n, f"Hanya area {n}") for n in range(1, 7))],
        coerce=int,
        empty_value=0,
        required=False,
    )
    tetap = forms.MultipleChoiceField(label="Tidak mungkin tahun ini", required=False)

    def __init__(self, *args: Any, codes: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tetap"].choices = [(code, code) for code in codes]
