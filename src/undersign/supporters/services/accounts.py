"""The accounts that staff log in with. The user name is the e-mail address, in small letters."""

from datetime import datetime

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from email_validator import EmailNotValidError, validate_email

from undersign.foundation.audit import audit_record
from undersign.supporters.errors import AddressNotUsable
from undersign.supporters.queries import operator_require

LONGEST_USERNAME = 150  # of Django's User


def account_name(email: str) -> str:
    """Return the user name of whoever reads `email`. Raises AddressNotUsable."""
    try:
        address: str = validate_email(email.strip(), check_deliverability=False).normalized
    except EmailNotValidError as problem:
        raise AddressNotUsable from problem
    if len(address) > LONGEST_USERNAME:
        raise AddressNotUsable
    return address.lower()


def account_ensure(*, email: str, at: datetime) -> User:
    """Return the account of `email`; a new one has no password until its owner chooses one.

    Raises AddressNotUsable.
    """
    address = account_name(email)
    known = User.objects.filter(username=address).first()
    if known:
        return known
    user = User(username=address, email=address, date_joined=at)
    user.set_unusable_password()
    user.save()
    return user


@transaction.atomic
def account_password_set(*, user: User, password: str, by: User | None, at: datetime) -> None:
    """Give an account a password from outside: operators and the command line only.

    Raises NotAllowed; ValidationError when the password is easy to guess.
    """
    operator_require(by=by)
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    _record(user=user, action="account.password_set", by=by, at=at)


@transaction.atomic
def account_make_operator(*, user: User, by: User | None, at: datetime) -> None:
    """Let an account run the whole instance. Raises NotAllowed."""
    operator_require(by=by)
    user.is_staff = user.is_superuser = True
    user.save(update_fields=["is_staff", "is_superuser"])
    _record(user=user, action="account.made_operator", by=by, at=at)


def _record(*, user: User, action: str, by: User | None, at: datetime) -> None:
    audit_record(by=by, at=at, organisation_id=None, action=action, subject=f"user:{user.pk}", detail={})
