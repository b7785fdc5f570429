from typing import Any

from allauth.account.auth_backends import AuthenticationBackend


class SignIn(AuthenticationBackend):
    """allauth's, except that an inactive account answers like a wrong password: nobody learns that it exists."""

    @classmethod
    def _stash_user(cls, user: Any) -> None:
        return None
