"""Who may sign in, and whose session still counts."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest


class AccountBackend(AuthenticationBackend):
    """Sign-in by username and password, for open accounts at open satker only."""

    def authenticate(
        self, request: HttpRequest | None, **credentials: Any
    ) -> AbstractBaseUser | None:
        user = super().authenticate(request, **credentials)
        # allauth keeps a closed account whose password was right, to tell about it later, and
        # would let in whoever still counts as active; here all of them are just refused.
        self.unstash_authenticated_user()
        return user

    def user_can_authenticate(self, user: Any) -> bool:
        """Asked at sign-in and with every request of a session."""
        return bool(user.is_active and user.satker.active)
