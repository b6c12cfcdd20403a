"""Keeps Wagtail's groups in step with memberships, and invites new members."""

from django.contrib.auth.models import User

from undersign.supporters.models import Organisation
from undersign.web.admin.walls.invitations import invitation_send
from undersign.web.admin.walls.places import home_open, member_place, wall_build


class WagtailDoorkeeper:
    """The editing side, told of every organisation and membership. See supporters.ports.Doorkeeper."""

    def organisation_opened(self, organisation: Organisation) -> None:
        """Make the organisation's shelf, its groups and its own page."""
        home_open(wall=wall_build(organisation=organisation))

    def role_changed(self, organisation: Organisation, user: User, role: str | None) -> None:
        """Move `user` to the group of the role."""
        member_place(organisation=organisation, user=user, role=role)

    def invited(self, organisation: Organisation, user: User, by: User) -> None:
        """Write to the new member."""
        invitation_send(organisation=organisation, user=user, by=by)
