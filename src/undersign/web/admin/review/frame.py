"""What the pages about reviewing signatures share."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from undersign.campaigns.models import Petition
from undersign.supporters.queries import Permission
from undersign.web.admin.petitions.access import petition_or_404
from undersign.web.admin.petitions.frame import petition_frame
from undersign.web.admin.petitions.glance import glances

FOLDER = "undersign_admin/review"


def petition_to_review(request: HttpRequest, pk: int) -> Petition:
    """Find a petition; it does not exist for whoever may not moderate it. Raises Http404."""
    return petition_or_404(request.user, pk, Permission.MODERATE)


def review_frame(request: HttpRequest, petition: Petition, *step: str) -> dict[str, Any]:
    """Give the header of a page about a petition's signatures."""
    glance = glances([petition], at=timezone.now())[0]
    return petition_frame(request, glance, step[0] if step else _("Review signatures"))


def person_of(request: HttpRequest) -> User:
    """Give who is logged in."""
    assert isinstance(request.user, User)  # noqa: S101 -- the admin lets nobody in who is not logged in
    return request.user
