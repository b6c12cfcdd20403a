"""Logging in with an e-mail address, and asking for a new password."""

from collections.abc import Iterable

from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.auth import LoginForm, PasswordResetForm


class EmailLoginForm(LoginForm):
    """Wagtail's form, for accounts whose user name is their e-mail address in small letters."""

    error_messages = {
        **LoginForm.error_messages,
        "invalid_login": _(
            "No account has this address and this password. Check both; you can also ask for a new password."
        ),
    }

    def __init__(self, request: HttpRequest | None = None, *args: object, **kwargs: object) -> None:
        super().__init__(request, *args, **kwargs)
        username = self.fields["username"]
        username.label = _("E-mail address")
        username.widget = forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
        self.fields["password"].widget.attrs.update({"autocomplete": "current-password", "placeholder": ""})

    def clean_username(self) -> str:
        """Read the address as it was written down when the account was made."""
        username: str = self.cleaned_data["username"]
        return username.strip().lower()


class MemberPasswordResetForm(PasswordResetForm):
    """Also for those whose invitation ran out before they chose a password; Django leaves them out."""

    def get_users(self, email: str) -> Iterable[User]:
        """Find whom to write to: everybody active with this address."""
        return User.objects.filter(email__iexact=email, is_active=True)
