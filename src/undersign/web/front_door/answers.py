"""The pages with which the front door answers what it cannot take, each with the form kept.

Composing asks the database and drawing takes a millisecond, so both happen off the event loop. Where the
database is away, a page that needs none is drawn instead.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import singledispatch

from django.db import Error, close_old_connections
from django.http import Http404
from django.utils import timezone
from django.utils.translation import override
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from undersign.foundation.group_commit import NotAccepted
from undersign.signing.errors import PetitionEnded, PetitionUnknown, SigningPaused, TextChanged
from undersign.signing.forms import FieldError, FormRefused
from undersign.supporters.mailbox import AddressInvalid
from undersign.web.addresses import public_path
from undersign.web.composition import journey
from undersign.web.composition.forms import Filled, body_message, error_message
from undersign.web.composition.frames import bare_frame
from undersign.web.composition.kept import kept_answers
from undersign.web.composition.petitions import petition_page
from undersign.web.composition.texts import text_changed_page
from undersign.web.front_door.board import BoardEmpty
from undersign.web.front_door.bodies import BodyRefused, typed
from undersign.web.front_door.drawing import composed, page_answer
from undersign.web.front_door.link_answers import link_misplaced
from undersign.web.front_door.links import LinkMisplaced
from undersign.web.front_door.places import Place, language_of
from undersign.web.headers import PRIVATE_HEADERS
from undersign.web.models import PetitionPage
from undersign.web.presentation.frame import Page
from undersign.web.presentation.problems import BrokenPage, NotFoundPage, TooFastPage, UnavailablePage
from undersign.web.presentation.rendering import render
from undersign.web.views.petitions import petition_or_404

Compose = Callable[[PetitionPage], Page]

RETRY_AFTER_PAUSE = 300  # seconds; a pause is ended by hand


@singledispatch
async def refusal(problem: Exception, place: Place, values: Mapping[str, str]) -> Response:
    """Answer what keeps a form from being taken; `values` is what was typed. Others are raised again."""
    raise problem


@refusal.register
async def _(problem: FormRefused, place: Place, values: Mapping[str, str]) -> Response:
    """Show the form again, filled in, with each error beside its field and in the summary: 422."""

    def compose(page: PetitionPage) -> Page:
        return petition_page(page, at=timezone.now(), filled=Filled(values, problem.errors))

    return await _petition_answer(place, compose, status=422, values=values)


@refusal.register
async def _(problem: TextChanged, place: Place, values: Mapping[str, str]) -> Response:
    """Show the text as it now is, what changed, and a button that signs it: 409."""
    return await _petition_answer(
        place, lambda page: text_changed_page(page, values), status=409, values=values
    )


@refusal.register
async def _(problem: PetitionEnded, place: Place, values: Mapping[str, str]) -> Response:
    """Show the petition as it stands, closed, won or lost, with what was typed to be copied: 409."""

    def compose(page: PetitionPage) -> Page:
        return petition_page(page, at=timezone.now(), filled=Filled(values))

    return await _petition_answer(place, compose, status=409, values=values)


@refusal.register
async def _(problem: AddressInvalid, place: Place, values: Mapping[str, str]) -> Response:
    """Show the inbox page with the other address as it was typed and what is wrong with it: 422."""

    def say_what_is_wrong() -> str:
        return error_message(FieldError("email", problem.code))

    return await _inbox_answer(place, values, say_what_is_wrong, status=422)


@refusal.register
async def _(problem: BodyRefused, place: Place, values: Mapping[str, str]) -> Response:
    """Show the form with what could be read of it, and what was wrong with all of it: 400, 408, 413, 415."""
    read = typed(problem.values)

    def compose(page: PetitionPage) -> Page:
        filled = Filled(read, problem=body_message(problem.status))
        return petition_page(page, at=timezone.now(), filled=filled)

    return await _petition_answer(place, compose, status=problem.status, values=read)


@refusal.register
async def _(problem: LinkMisplaced, place: Place, values: Mapping[str, str]) -> Response:
    """Say that the link belongs to another petition: 404."""
    return await link_misplaced(place.locale)


async def inbox_unread(problem: BodyRefused, place: Place) -> Response:
    """Show the inbox page with the other address as far as it could be read: 400, 413 or 415."""
    return await _inbox_answer(
        place, typed(problem.values), lambda: body_message(problem.status), status=problem.status
    )


@refusal.register
async def _(problem: SigningPaused, place: Place, values: Mapping[str, str]) -> Response:
    """Say that no signatures are taken for the moment, and keep the form: 503."""
    return await unavailable(place.locale, values, retry_after=RETRY_AFTER_PAUSE)


@refusal.register
async def _(problem: NotAccepted, place: Place, values: Mapping[str, str]) -> Response:
    """Say that the form could not be stored now, and keep it: 503."""
    return await unavailable(place.locale, values, retry_after=problem.retry_after)


@refusal.register
async def _(problem: BoardEmpty, place: Place, values: Mapping[str, str]) -> Response:
    """Say that this process does not know the petitions yet, and keep the form: 503."""
    return await unavailable(place.locale, values, retry_after=5)


@refusal.register
async def _(problem: PetitionUnknown, place: Place, values: Mapping[str, str]) -> Response:
    """Say that there is no such petition: 404."""
    return await unknown(place.locale, values)


async def unavailable(language: str, values: Mapping[str, str], *, retry_after: int) -> Response:
    """Say that this did not work now, keep what was typed, and offer to send it again: 503.

    Needs no database.
    """
    page = UnavailablePage(frame=bare_frame(language), typed=tuple(values.items()))
    response = await page_answer(page, status=503)
    response.headers["Retry-After"] = str(retry_after)
    return response


async def unknown(language: str, values: Mapping[str, str]) -> Response:
    """Say that there is no such petition, with what was typed to be copied: 404."""
    home = public_path("", language=language)
    with override(language):
        kept = kept_answers(values)
    return await page_answer(NotFoundPage(frame=bare_frame(language), home_url=home, kept=kept), status=404)


async def nothing_here(request: Request, _error: Exception) -> Response:
    """Say that nothing is at this address, as for a picture or a style that is not there: 404."""
    return await unknown(language_of(request), {})


async def broken(request: Request, _error: Exception) -> Response:
    """Say that something broke on our side: 500. The error itself goes to the log."""
    language = language_of(request)
    home = public_path("", language=language)
    return await page_answer(BrokenPage(frame=bare_frame(language), home_url=home), status=500)


async def too_fast(language: str, *, wait: float) -> Response:
    """Ask somebody who reads faster than people do to come back: 429."""
    seconds = math.ceil(wait)
    response = await page_answer(TooFastPage(frame=bare_frame(language), wait_seconds=seconds), status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


async def _inbox_answer(
    place: Place, values: Mapping[str, str], say_what_is_wrong: Callable[[], str], *, status: int
) -> Response:
    """Answer with the inbox page, the other address as it was typed and what is wrong with it."""

    def compose(page: PetitionPage) -> Page:
        shown = journey.inbox_page(page)
        email = shown.email.filled(value=values.get("email", ""), error=say_what_is_wrong())
        return replace(shown, email=email)

    return await _petition_answer(place, compose, status=status, values=values)


async def _petition_answer(
    place: Place, compose: Compose, *, status: int, values: Mapping[str, str]
) -> Response:
    """Answer with a page that shows a petition; without the database, with the one that needs none."""
    try:
        html = await composed(lambda: _compose_and_render(place, compose))
    except Http404:
        return await unknown(place.locale, values)
    except (Error, TimeoutError):
        return await unavailable(place.locale, values, retry_after=5)
    return HTMLResponse(html, status, PRIVATE_HEADERS)


def _compose_and_render(place: Place, compose: Compose) -> str:
    close_old_connections()
    with override(place.locale):
        return render(compose(petition_or_404(place.slug)))
