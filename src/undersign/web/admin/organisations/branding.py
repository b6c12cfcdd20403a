"""The one way in which an organisation's look changes."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from undersign.supporters.models import Organisation
from undersign.supporters.queries import Permission, permission_require
from undersign.supporters.services import trail_leave
from undersign.web.models import Branding, CampaignImage


@transaction.atomic
def branding_change(
    *, organisation: Organisation, logo: CampaignImage | None, accent: str, by: User | None, at: datetime
) -> Branding:
    """Keep logo and accent colour (“#rrggbb”). Raises NotAllowed; ValidationError for what is no colour."""
    permission_require(by=by, permission=Permission.CHANGE_SETTINGS, organisation=organisation)
    branding = Branding.objects.filter(organisation=organisation).first() or Branding(
        organisation=organisation
    )
    branding.logo, branding.accent = logo, accent
    branding.full_clean()
    branding.save()
    trail_leave(
        organisation_id=organisation.pk,
        by=by,
        at=at,
        act=("branding.changed", f"organisation:{organisation.pk}"),
        detail={"accent": accent, "has_logo": logo is not None},
    )
    return branding
