"""The mail that tells somebody they were made a member and lets them choose a password."""

from functools import partial

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import override

from undersign.supporters.models import Organisation


def invitation_send(*, organisation: Organisation, user: User, by: User) -> None:
    """Write to `user` once the transaction is through; a mail server that is slow or down cannot undo it."""
    with override(organisation.default_locale):
        message = EmailMessage(
            subject=_("You are now part of %(organisation)s") % {"organisation": organisation.name},
            body=render_to_string(
                "undersign/admin/mails/invitation.txt",
                {
                    "organisation": organisation,
                    "inviter": by.email,
                    "email": user.email,
                    "has_password": user.has_usable_password(),
                    "address": _way_in(user),
                    "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
                },
            ),
            to=[user.email],
        )
    transaction.on_commit(partial(message.send, fail_silently=True))


def password_link(user: User) -> str:
    """Return the whole address where `user` can choose a password; it works once, for a few days."""
    path = reverse(
        "wagtailadmin_password_reset_confirm",
        kwargs={
            "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
            "token": default_token_generator.make_token(user),
        },
    )
    return f"{settings.BASE_URL}{path}"


def _way_in(user: User) -> str:
    if user.has_usable_password():
        return f"{settings.BASE_URL}{reverse('wagtailadmin_login')}"
    return password_link(user)
