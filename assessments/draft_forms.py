"""Forms of the editor for drafts of an instrument, and of the map between two versions."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator, MinValueValidator

from assessments.errors import MapRefused
from assessments.instrument_check import MAXIMUM_TEXT
from assessments.models import Guidance, Input, Instrument, Node, Option, Question, QuestionMap
from assessments.services.version_maps import check_source
from assessments.worksheet import Worksheet, load_worksheet
from common.text import has_control_characters


class DraftRowForm(forms.ModelForm):
    """Texts as an instrument file may hold them (`assessments.instrument_check`)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if self.prefix:  # a cell of a table: its column's head names it to the eye alone
                row = self.instance if self.instance.pk else "baru"
                field.widget.attrs["aria-label"] = f"{field.label} {row}"
            if isinstance(field, forms.CharField) and field.max_length is None:
                field.validators.append(MaxLengthValidator(MAXIMUM_TEXT))
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 8 if name == "decided" else 3
            elif isinstance(field.widget, forms.TextInput) and name in {"text", "label", "source"}:
                field.widget.attrs["class"] = "vLargeTextField"
            if name == "weight":
                field.validators.append(MinValueValidator(0))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            if not isinstance(value, str):
                continue
            cleaned[name] = value = value.replace("\r\n", "\n")
            if has_control_characters(value.replace("\n", "").replace("\t", "")):
                self.add_error(name, "Isian ini memuat karakter yang tidak dapat dicetak.")
        return cleaned


class InstrumentForm(DraftRowForm):
    class Meta:
        model = Instrument
        fields = ("name", "title", "source", "decided")
        help_texts = {"decided": "Satu keputusan satu baris."}

    def clean_decided(self) -> str:
        lines = (line.strip() for line in self.cleaned_data["decided"].splitlines())
        return "\n".join(filter(None, lines))


class NodeForm(DraftRowForm):
    class Meta:
        model = Node
        fields = ("name", "weight")
        localized_fields = ("weight",)


class QuestionForm(DraftRowForm):
    class Meta:
        model = Question
        fields = ("text", "help", "name", "weight", "evidence_required")
        localized_fields = ("weight",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "weight" in self.fields:
            self.fields["weight"].required = True


class OptionForm(DraftRowForm):
    class Meta:
        model = Option
        fields = ("text",)


class InputForm(DraftRowForm):
    class Meta:
        model = Input
        fields = ("label",)


class GuidanceForm(DraftRowForm):
    class Meta:
        model = Guidance
        fields = ("kind", "text")


class SourceForm(forms.ModelForm):
    """Which old question a new one continues, by its code."""

    sumber = forms.CharField(label="meneruskan", required=False, max_length=40)

    class Meta:
        model = QuestionMap
        fields = ()

    def __init__(self, *args: Any, old: Worksheet, new: Worksheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.old, self.new = old, new
        if self.instance.new_id:
            self.fields["sumber"].widget.attrs["aria-label"] = f"Meneruskan, {self.code}"
        if self.instance.old_id:
            self.initial["sumber"] = old.by_pk[self.instance.old_id].code

    @property
    def code(self) -> str:
        """The code of the new question."""
        return self.new.by_pk[self.instance.new_id].code

    def clean_sumber(self) -> str | None:
        source = self.cleaned_data["sumber"] or None
        try:
            check_source(self.old, self.new, self.code, source)
        except MapRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return source


class SourceFormSet(forms.BaseInlineFormSet):
    """Every question of the newer version; the old ones that nothing continues are not asked."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        kwargs = super().get_form_kwargs(index)
        version_map = self.instance
        return kwargs | {
            "old": load_worksheet(version_map.from_instrument_id),
            "new": load_worksheet(version_map.to_instrument_id),
        }
