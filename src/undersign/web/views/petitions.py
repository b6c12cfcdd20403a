"""A petition's public pages."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

from undersign.campaigns.models import Petition
from undersign.foundation.changes import organisation_topic, petition_topic
from undersign.signing.queries.counts import counts_shown
from undersign.signing.queries.names import names_newer_than, names_older_than
from undersign.web.composition import journey
from undersign.web.composition.live import moving_parts
from undersign.web.composition.names import names_page
from undersign.web.composition.petitions import petition_page
from undersign.web.composition.texts import versions_page
from undersign.web.headers import PREVIEW_HEADERS
from undersign.web.models import PetitionPage
from undersign.web.presentation.rendering import render
from undersign.web.views.public import Keeping, keep, page_response

COUNT_MAX_AGE = 2  # seconds; watching pages ask every ten


def petition_or_404(slug: str) -> PetitionPage:
    """Find the published page of a petition in the language of the address. Raises Http404."""
    pages = PetitionPage.objects.live().select_related("petition__organisation__branding__logo", "photo")
    page: PetitionPage | None = pages.filter(petition__slug=slug, language=get_language()).first()
    if page is None or page.petition.state == Petition.State.DRAFT:
        raise Http404
    return page


def keeping_of(page: PetitionPage) -> Keeping:
    """Say what makes a petition's pages old."""
    petition = page.petition
    topic = petition_topic(petition.id)
    return Keeping(
        topics=(topic, organisation_topic(petition.organisation_id)),
        slots_of=topic,
        closes_at=petition.closes_at,
    )


@require_safe
def petition(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a petition."""
    page = petition_or_404(slug)
    return page_response(petition_page(page, at=timezone.now()), keeping_of(page))


def petition_preview(page: PetitionPage, request: HttpRequest) -> HttpResponse:
    """Show a draft as it will look, in the editor's frame; never kept."""
    with override(page.language):
        shown = petition_page(page, at=timezone.now())
    return HttpResponse(render(shown), headers=PREVIEW_HEADERS)


def _step(slug: str, compose: journey.Compose) -> HttpResponse:
    page = petition_or_404(slug)
    response = page_response(compose(page), keeping_of(page))
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def inbox(request: HttpRequest, slug: str) -> HttpResponse:
    """Say where to look for the mail."""
    return _step(slug, journey.inbox_page)


@require_safe
def inbox_again(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that the mail is on its way once more."""
    return _step(slug, journey.inbox_again_page)


@require_safe
def moment(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that a form comes through in a moment; the front door puts the form into it."""
    return _step(slug, journey.moment_page)


@require_safe
def confirm(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the button that confirms."""
    return _step(slug, journey.confirm_page)


@require_safe
def thanks(request: HttpRequest, slug: str) -> HttpResponse:
    """Thank, and ask to pass it on."""
    return _step(slug, journey.thanks_page)


@require_safe
def thanks_already(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that this signature was counted before, and ask to pass it on."""
    return _step(slug, journey.thanks_already_page)


@require_safe
def count(request: HttpRequest, slug: str) -> HttpResponse:
    """Give what moves on the page as JSON, where it is not in memory already."""
    page = petition_or_404(slug)
    total = counts_shown([page.petition_id])[page.petition_id]
    parts = moving_parts(page.petition_id, total=total, language=page.language)
    keeping = Keeping(topics=(petition_topic(page.petition_id),), max_age=COUNT_MAX_AGE)
    return keep(HttpResponse(parts.document, content_type="application/json"), keeping)


@require_safe
def versions(request: HttpRequest, slug: str) -> HttpResponse:
    """Show every version of the text, with what changed."""
    page = petition_or_404(slug)
    return page_response(versions_page(page), keeping_of(page))


@require_safe
def names(
    request: HttpRequest, slug: str, older: UUID | None = None, newer: UUID | None = None
) -> HttpResponse:
    """Show a page of the names. Kept from search engines: people signed a petition, not a directory."""
    page = petition_or_404(slug)
    petition_id = page.petition_id
    if newer is not None:
        found = names_newer_than(petition_id=petition_id, after=newer)
    else:
        found = names_older_than(petition_id=petition_id, before=older)
    response = page_response(names_page(page, found))
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
