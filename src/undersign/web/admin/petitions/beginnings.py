"""Where somebody can begin a new petition."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import F
from django.urls import reverse

from undersign.supporters.queries import Permission, organisations_where
from undersign.web.models import OrganisationPage


@dataclass(frozen=True)
class Beginning:
    """An organisation's page under which a petition can be written."""

    organisation: str
    url: str


def beginnings(user: User | AnonymousUser) -> list[Beginning]:
    """Return one for each organisation the visitor writes for: its page in the organisation's language."""
    organisations = organisations_where(user, Permission.WRITE_PAGES).order_by().values("pk")
    pages = OrganisationPage.objects.filter(
        organisation__in=organisations, language=F("organisation__default_locale")
    ).select_related("organisation")
    return [
        Beginning(
            organisation=page.organisation.name,
            url=reverse("wagtailadmin_pages:add", args=["web", "petitionpage", page.pk]),
        )
        for page in pages.order_by("organisation__name")
        if page.permissions_for_user(user).can_add_subpage()
    ]
