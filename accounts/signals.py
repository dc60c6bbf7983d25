"""Sign-in, sign-out and failed sign-in go into the audit trail, whoever causes them."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.dispatch import receiver

from accounts.models import User
from audit.services import locked_chain, record

UNKNOWN_ACCOUNTS = "masuk"  # the chain of attempts at accounts that do not exist


@receiver(user_logged_in)
def record_sign_in(user: User, **kwargs: Any) -> None:
    _record(user, "masuk")


@receiver(user_logged_out)
def record_sign_out(user: User | None, **kwargs: Any) -> None:
    if user is not None:
        _record(user, "keluar")


@receiver(user_login_failed)
@transaction.atomic
def record_failed_sign_in(credentials: dict[str, Any], **kwargs: Any) -> None:
    """Of an unknown account the typed name is not kept: it is often a password."""
    username = str(credentials.get("username", "")).strip().lower()
    user = User.objects.filter(username=username).first()
    record(
        chain=locked_chain(UNKNOWN_ACCOUNTS if user is None else user.satker.audit_key),
        action="masuk gagal",
        subject="akun tidak dikenal" if user is None else user.username,
        by=None,
    )


@transaction.atomic
def _record(user: User, action: str) -> None:
    record(chain=locked_chain(user.satker.audit_key), action=action, subject=user.username, by=user)
