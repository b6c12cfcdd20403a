"""Who works for an organisation, and as what."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from email_validator import EmailNotValidError, validate_email

from undersign.foundation.audit import audit_record
from undersign.supporters.errors import AddressNotUsable, AlreadyMember, LastOrganiser, NotMember
from undersign.supporters.models import Membership, Organisation, Role
from undersign.supporters.ports import doorkeepers
from undersign.supporters.queries import Permission, permission_require

LONGEST_USERNAME = 150  # of Django's User


@transaction.atomic
def membership_add(
    *, organisation: Organisation, email: str, role: str, by: User | None, at: datetime
) -> Membership:
    """Make whoever reads `email` a member, with an account if they have none, and invite them by mail.

    Raises NotAllowed, AddressNotUsable, AlreadyMember.
    """
    permission_require(by=by, permission=Permission.MANAGE_MEMBERS, organisation=organisation)
    user = _account_for(address=_canonical_address(email), at=at)
    _lock(organisation)
    if Membership.objects.filter(organisation=organisation, user=user).exists():
        raise AlreadyMember
    membership = Membership.objects.create(organisation=organisation, user=user, role=Role(role))
    _record(membership=membership, action="membership.added", by=by, at=at)
    for doorkeeper in doorkeepers():
        doorkeeper.role_changed(organisation, user, membership.role)
        doorkeeper.invited(organisation, user, by)
    return membership


@transaction.atomic
def membership_change(
    *, organisation: Organisation, user: User, role: str, by: User | None, at: datetime
) -> Membership:
    """Give a member another role. Raises NotAllowed, NotMember, LastOrganiser."""
    membership = _membership_for_change(organisation=organisation, user=user, by=by)
    if membership.role == role:
        return membership
    _keep_an_organiser(membership)
    membership.role = Role(role)
    membership.save(update_fields=["role"])
    _record(membership=membership, action="membership.changed", by=by, at=at)
    for doorkeeper in doorkeepers():
        doorkeeper.role_changed(organisation, user, membership.role)
    return membership


@transaction.atomic
def membership_remove(*, organisation: Organisation, user: User, by: User | None, at: datetime) -> None:
    """End a membership; the account stays. Raises NotAllowed, NotMember, LastOrganiser."""
    membership = _membership_for_change(organisation=organisation, user=user, by=by)
    _keep_an_organiser(membership)
    _record(membership=membership, action="membership.removed", by=by, at=at)
    membership.delete()
    for doorkeeper in doorkeepers():
        doorkeeper.role_changed(organisation, user, None)


def _canonical_address(email: str) -> str:
    try:
        address = validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError as problem:
        raise AddressNotUsable from problem
    if len(address) > LONGEST_USERNAME:
        raise AddressNotUsable
    return address


def _account_for(*, address: str, at: datetime) -> User:
    """Return the account that logs in with `address`; a new one has no password until its owner sets it."""
    known = User.objects.filter(username=address).first()
    if known:
        return known
    user = User(username=address, email=address, date_joined=at)
    user.set_unusable_password()
    user.save()
    return user


def _membership_for_change(*, organisation: Organisation, user: User, by: User | None) -> Membership:
    permission_require(by=by, permission=Permission.MANAGE_MEMBERS, organisation=organisation)
    _lock(organisation)
    try:
        return Membership.objects.get(organisation=organisation, user=user)
    except Membership.DoesNotExist as problem:
        raise NotMember from problem


def _lock(organisation: Organisation) -> None:
    """Let one change of members after the other happen: two organisers could remove each other."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)


def _keep_an_organiser(membership: Membership) -> None:
    others = Membership.objects.filter(organisation=membership.organisation, role=Role.ORGANISER)
    if membership.role == Role.ORGANISER and not others.exclude(pk=membership.pk).exists():
        raise LastOrganiser


def _record(*, membership: Membership, action: str, by: User | None, at: datetime) -> None:
    audit_record(
        by=by,
        at=at,
        organisation_id=membership.organisation_id,
        action=action,
        subject=f"user:{membership.user_id}",
        detail={"role": str(membership.role)},
    )
