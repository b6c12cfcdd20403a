"""The way into pages about an organisation, for people who may work for several."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from undersign.supporters.queries import Permission, organisations_where


@dataclass(frozen=True, slots=True, kw_only=True)
class WayIn:
    """Whom a page is for, its name in the addresses, and the template for those who have to choose."""

    permission: Permission
    leads_to: str
    template: str


def organisation_choose(request: HttpRequest, way: WayIn, header: Mapping[str, object]) -> HttpResponse:
    """Lead to the one organisation where somebody has the permission, or let them choose."""
    found = list(organisations_where(request.user, way.permission))
    if len(found) == 1:
        return redirect(way.leads_to, found[0].pk)
    choices = [(organisation.name, reverse(way.leads_to, args=[organisation.pk])) for organisation in found]
    return render(request, way.template, {**header, "choices": choices})
