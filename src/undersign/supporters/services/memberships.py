"""Who works for an organisation, and as what."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from undersign.foundation.audit import audit_record
from undersign.supporters.errors import AlreadyMember, LastOrganiser, NotMember
from undersign.supporters.models import Membership, Organisation, Role
from undersign.supporters.ports import doorkeepers
from undersign.supporters.queries import Permission, permission_require
from undersign.supporters.services.accounts import account_ensure


@transaction.atomic
def membership_add(
    *, organisation: Organisation, email: str, role: str, by: User | None, at: datetime
) -> Membership:
    """Make whoever reads `email` a member, with an account if they have none.

    They are told by mail if somebody invites them, not if the platform does.
    Raises NotAllowed, AddressNotUsable, AlreadyMember.
    """
    permission_require(by=by, permission=Permission.MANAGE_MEMBERS, organisation=organisation)
    user = account_ensure(email=email, at=at)
    _lock(organisation)
    if Membership.objects.filter(organisation=organisation, user=user).exists():
        raise AlreadyMember
    membership = Membership.objects.create(organisation=organisation, user=user, role=Role(role))
    _record(membership=membership, action="membership.added", by=by, at=at)
    for doorkeeper in doorkeepers():
        doorkeeper.role_changed(organisation, user, membership.role)
        if by is not None:
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
