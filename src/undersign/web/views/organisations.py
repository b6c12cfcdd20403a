"""The home page of the instance, and of each organisation."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from undersign.foundation.changes import SITE, organisation_topic, petition_topic
from undersign.supporters.models import Organisation
from undersign.web.composition.organisations import (
    instance_page,
    languages_of,
    organisation_page,
    pages_shown,
)
from undersign.web.composition.petitions import rich_text
from undersign.web.headers import PREVIEW_HEADERS
from undersign.web.models import OrganisationPage, PetitionPage
from undersign.web.presentation.rendering import render
from undersign.web.views.public import Keeping, page_response

LIST_MAX_AGE = 5  # seconds; the counts on the cards move, and each list is a few queries


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show every petition of the instance; a single organisation's home page is the instance's."""
    at, language = timezone.now(), get_language()
    organisations = tuple(Organisation.objects.prefetch_related("notices")[:2])
    pages = tuple(pages_shown().filter(language=language))
    if len(organisations) == 1:
        shown = organisation_page(organisations[0], pages, language=language, at=at)
    else:
        shown = instance_page(pages, language=language, at=at)
    return page_response(shown, _keeping(pages, at, organisations))


@require_safe
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an organisation and its petitions."""
    at, language = timezone.now(), get_language()
    found = organisation_or_404(slug, language)
    pages = tuple(pages_shown(found).filter(language=language))
    shown = organisation_page(found, pages, language=language, at=at)
    return page_response(shown, _keeping(pages, at, [found]))


def organisation_preview(page: OrganisationPage, request: HttpRequest) -> HttpResponse:
    """Show a draft of an organisation's page as it will look, in the editor's frame; never kept."""
    petitions = pages_shown(page.organisation).filter(language=page.language)
    shown = organisation_page(page.organisation, petitions, language=page.language, at=timezone.now())
    return HttpResponse(render(replace(shown, introduction=rich_text(page.intro))), headers=PREVIEW_HEADERS)


def organisation_or_404(slug: str, language: str) -> Organisation:
    """Find an organisation that has something to show in a language. Raises Http404."""
    found = get_object_or_404(Organisation.objects.prefetch_related("notices"), slug=slug)
    if language not in languages_of(found):
        raise Http404
    return found


def _keeping(pages: Sequence[PetitionPage], at: datetime, organisations: Sequence[Organisation]) -> Keeping:
    petitions = [page.petition for page in pages]
    spoken_for = {*(each.pk for each in organisations), *(each.organisation_id for each in petitions)}
    closings = [each.closes_at for each in petitions if each.closes_at and each.closes_at > at]
    return Keeping(
        topics=(SITE, *map(organisation_topic, spoken_for), *(petition_topic(each.pk) for each in petitions)),
        closes_at=min(closings, default=None),
        max_age=LIST_MAX_AGE,
    )
