from django import forms

from accounts import rules
from accounts.models import MailRhythm


class MailForm(forms.Form):
    """How a person wants to be written to. The service checks the address."""

    email = forms.CharField(
        label="Alamat surel",
        max_length=rules.EMAIL_LENGTH,
        required=False,
        help_text="Kosongkan bila tidak ingin dikirimi surel.",
    )
    rhythm = forms.ChoiceField(label="Kiriman surel", choices=MailRhythm, widget=forms.RadioSelect)

    email.widget.attrs |= {"autocomplete": "email", "inputmode": "email"}
