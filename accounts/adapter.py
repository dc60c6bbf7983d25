"""allauth's behaviour, where ours differs."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

MISMATCH = (
    "Nama pengguna atau kata sandi tidak cocok, atau akun tidak aktif. Periksa huruf besar dan "
    "kecil."
)
TOO_MANY = "Terlalu banyak percobaan masuk yang gagal. Tunggu lima menit, lalu coba lagi."


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": MISMATCH,
        "too_many_login_attempts": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by administrators."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No message after signing in or out; the page says it."""

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Attempts count per account, whichever of the site's host names was used."""
        return str(credentials.get("username", "")).strip().lower()
