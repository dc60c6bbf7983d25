from collections.abc import Mapping
from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.core.exceptions import ValidationError

from accounts import rules
from accounts.models import User
from accounts.reach import roles_given_by, satker_in_reach
from accounts.rules import USERNAME_LENGTH
from accounts.services import PASSWORD_LENGTH
from satker.models import Satker


class PasswordField(forms.CharField):
    """Taken exactly as typed, spaces too, and never sent back to the page."""

    def __init__(self, label: str, autocomplete: str, **kwargs: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(
            label=label, strip=False, max_length=PASSWORD_LENGTH, widget=widget, **kwargs
        )


class SignInForm(LoginForm):
    """Fields `login` and `password`; a refusal stands beside the password."""

    throttled = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login = forms.CharField(label="Nama pengguna", max_length=USERNAME_LENGTH)
        login.widget.attrs |= {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        self.fields = {
            "login": login,
            "password": PasswordField("Kata sandi", "current-password"),
        }

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except ValidationError as refusal:
            self.throttled = refusal.code == "too_many_login_attempts"
            self.add_error("password", refusal)
            return self.cleaned_data


class PasswordChangeForm(forms.Form):
    oldpassword = PasswordField("Kata sandi sekarang", "current-password")
    password1 = PasswordField(
        "Kata sandi baru",
        "new-password",
        help_text="Paling sedikit 12 karakter, bukan angka saja, bukan kata sandi yang umum, dan "
        "tidak mirip nama Anda. Kalimat pendek yang hanya Anda tahu mudah diingat.",
    )
    password2 = PasswordField("Ulangi kata sandi baru", "new-password")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        typed = [values[name] for name in ("password1", "password2") if name in values]
        if len(set(typed)) == 2:
            self.add_error("password2", "Kedua kata sandi baru tidak sama.")
        return values


class AccountForm(forms.Form):
    """A person's account, as the one who manages it fills it in. The services check the rules."""

    name = forms.CharField(label="Nama", max_length=rules.NAME_LENGTH)
    role = forms.ChoiceField(label="Peran")
    email = forms.CharField(
        label="Surel (boleh kosong)", max_length=rules.EMAIL_LENGTH, required=False
    )

    def __init__(self, data: Mapping[str, Any] | None, *, manager: User, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.manager = manager
        self.fields["role"].choices = [(role, role.label) for role in roles_given_by(manager)]
        self.fields["email"].widget.attrs["inputmode"] = "email"


class NewAccountForm(AccountForm):
    """satker is cleaned to the Satker of that code."""

    username = forms.CharField(
        label="Nama pengguna",
        max_length=rules.USERNAME_LENGTH,
        help_text="Huruf kecil, angka, dan tanda . _ @ + -, misalnya siti.aminah.",
    )
    satker = forms.CharField(
        label="Kode satker", max_length=200, help_text="Ketik kodenya, atau pilih dari daftar."
    )
    field_order = ("satker", "name", "username", "role", "email")

    def __init__(self, data: Mapping[str, Any] | None, *, manager: User, **kwargs: Any) -> None:
        super().__init__(data, manager=manager, **kwargs)
        self.fields["satker"].widget.attrs |= {"list": "satker-codes", "autocomplete": "off"}
        self.fields["username"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    def clean_satker(self) -> Satker:
        code = self.cleaned_data["satker"].strip()
        satker = satker_in_reach(self.manager).filter(code=code).first()
        if satker is None:
            raise ValidationError(f"Tidak ada satker berkode {code} dalam wewenang Anda.")
        return satker
