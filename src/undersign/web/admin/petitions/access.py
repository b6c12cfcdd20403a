"""Which petitions somebody can open here, and what they may do with one."""

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from undersign.campaigns.models import Petition
from undersign.supporters.queries import Permission, organisations_where

Visitor = User | AnonymousUser


def petitions_for(user: Visitor, permission: Permission | None = None) -> QuerySet[Petition]:
    """Return the petitions of organisations in which `user` has `permission`, or any role, newest first."""
    organisations = organisations_where(user, permission)
    petitions = Petition.objects.filter(organisation__in=organisations.order_by().values("pk"))
    return petitions.select_related("organisation").order_by("-created_at", "-pk")


def petition_or_404(user: Visitor, pk: int, permission: Permission | None = None) -> Petition:
    """Return one petition; to everybody else it does not exist. Raises Http404."""
    return get_object_or_404(petitions_for(user, permission), pk=pk)
