"""Petitions on the first page of the editing side."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.ui.components import Component

from undersign.web.admin.petitions.access import petitions_for
from undersign.web.admin.petitions.beginnings import beginnings
from undersign.web.admin.petitions.glance import glances

SHOWN = 8


class PetitionsPanel(Component):
    """The newest petitions, or how to begin the first."""

    order = 10
    template_name = "undersign_admin/petitions/home_panel.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """Look at the newest petitions of whoever is logged in."""
        user = parent_context["request"].user
        found = list(petitions_for(user)[: SHOWN + 1])
        return {
            "glances": glances(found[:SHOWN], at=timezone.now()),
            "has_more": len(found) > SHOWN,
            "beginnings": beginnings(user),
        }


def petitions_first(_request: HttpRequest, panels: list[Component]) -> None:
    """Put the petitions before everything else."""
    panels.insert(0, PetitionsPanel())
