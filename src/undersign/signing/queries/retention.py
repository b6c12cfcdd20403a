"""Whose people are to be forgotten."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from undersign.campaigns.models import Petition
from undersign.campaigns.queries import petitions_past_retention
from undersign.signing.models import Signature


def petitions_to_forget(at: datetime) -> QuerySet[Petition]:
    """Return the petitions past their retention at `at` that still hold signatures of somebody, by id."""
    held = Signature.objects.filter(petition=OuterRef("pk"), supporter__isnull=False)
    return petitions_past_retention(at).filter(Exists(held)).order_by("pk")
