from django import forms

OPTIONS = [(key, f"Arti pilihan {key}") for key in "ABCD"]


class PlainForm(forms.Form):
    """One question as Django renders it: radio buttons and a text area."""

    value = forms.ChoiceField(choices=OPTIONS, widget=forms.RadioSelect, label="Jawaban")
    note = forms.CharField(widget=forms.Textarea, required=False, label="Catatan")
