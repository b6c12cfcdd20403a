"""Who may do what, and what an organisation has told and asked people."""

from collections.abc import Mapping
from enum import StrEnum

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet

from undersign.supporters.errors import NotAllowed
from undersign.supporters.models import ConsentAsk, ConsentWording, Membership, Organisation, Role


class Permission(StrEnum):
    """One thing a member may be allowed to do."""

    CHANGE_SETTINGS = "change_settings"
    MANAGE_MEMBERS = "manage_members"
    READ_HISTORY = "read_history"
    WRITE_PAGES = "write_pages"
    PUBLISH = "publish"
    SEE_PEOPLE = "see_people"
    MODERATE = "moderate"
    DOWNLOAD = "download"


PERMISSIONS_OF_ROLE: Mapping[str, frozenset[Permission]] = {
    Role.ORGANISER: frozenset(Permission),
    Role.EDITOR: frozenset({Permission.WRITE_PAGES}),
    Role.MODERATOR: frozenset({Permission.SEE_PEOPLE, Permission.MODERATE}),
}


def may(user: AbstractBaseUser | AnonymousUser, permission: Permission, organisation: Organisation) -> bool:
    """Say whether `user` has `permission` in `organisation`. The operator of the instance has every one."""
    if not isinstance(user, User) or not user.is_active:
        return False
    if user.is_superuser:
        return True
    roles = Membership.objects.filter(user=user, organisation=organisation).values_list("role", flat=True)
    return any(permission in PERMISSIONS_OF_ROLE[role] for role in roles)


def permission_require(*, by: User | None, permission: Permission, organisation: Organisation) -> None:
    """Let `by` pass or raise NotAllowed. None is the platform itself: the command line and the worker."""
    if by is not None and not may(by, permission, organisation):
        raise NotAllowed


def operator_require(*, by: User | None) -> None:
    """Let the operator of the instance and the platform itself pass, or raise NotAllowed."""
    if by is not None and not (by.is_active and by.is_superuser):
        raise NotAllowed


def organisations_where(
    user: AbstractBaseUser | AnonymousUser, permission: Permission | None = None
) -> QuerySet[Organisation]:
    """Return the organisations in which `user` has `permission`, or any role at all, by name."""
    if not isinstance(user, User) or not user.is_active:
        return Organisation.objects.none()
    if user.is_superuser:
        return Organisation.objects.order_by("name", "pk")
    roles = [role for role, held in PERMISSIONS_OF_ROLE.items() if permission is None or permission in held]
    memberships = Membership.objects.filter(user=user, role__in=roles)
    return Organisation.objects.filter(pk__in=memberships.values("organisation_id")).order_by("name", "pk")


def members_of(organisation: Organisation) -> QuerySet[Membership]:
    """Return who works for `organisation`, organisers first."""
    return organisation.memberships.select_related("user").order_by("-role", "user__username")


def current_wordings(ask: ConsentAsk) -> QuerySet[ConsentWording]:
    """Return the newest words of `ask` in each language."""
    return ask.wordings.order_by("locale", "-version").distinct("locale")
