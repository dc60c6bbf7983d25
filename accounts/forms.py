from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.core.exceptions import ValidationError

from accounts.rules import USERNAME_LENGTH
from accounts.services import PASSWORD_LENGTH


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
