"""Confirming from the mail. A `GET` changes nothing, since mail scanners follow links; its button `POST`s."""

from starlette.requests import Request
from starlette.responses import Response

from undersign.foundation.group_commit import NotAccepted
from undersign.foundation.ids import uuid7_at
from undersign.foundation.metrics import CONFIRMATIONS_TALLY
from undersign.foundation.tokens import TokenRefused
from undersign.foundation.values import value
from undersign.signing.errors import PetitionEnded, PetitionUnknown, SigningPaused
from undersign.signing.queries.petitions import SignablePetition
from undersign.signing.services.candidates import Confirmation
from undersign.signing.services.confirmations import Outcome
from undersign.web.addresses import public_path
from undersign.web.front_door import answers
from undersign.web.front_door.board import BoardEmpty
from undersign.web.front_door.cached import CachedPage
from undersign.web.front_door.desk import Desk, desk_of
from undersign.web.front_door.link_answers import link_refused, link_spent
from undersign.web.front_door.links import AttemptLink, read_link
from undersign.web.front_door.places import Place, language_of
from undersign.web.front_door.see_other import SeeOther

# The page that says what happened, below the petition's own address. A held attempt learns nothing.
PAGES = {
    Outcome.CONFIRMED: "thanks/",
    Outcome.RESTORED: "thanks/",
    Outcome.HELD: "thanks/",
    Outcome.ALREADY: "thanks/already/",
}


@value
class Opened:
    """A genuine link, the petition it belongs to, and where its page is."""

    link: AttemptLink
    petition: SignablePetition
    place: Place


async def show_confirm(request: Request) -> Response:
    """Show the one button. The page is the petition's own and the same for everybody."""
    desk = desk_of(request)
    try:
        opened = _open(request, desk)
    except (TokenRefused, PetitionUnknown, PetitionEnded) as refused:
        return await link_refused(desk, language_of(request), refused)
    except SigningPaused:
        return await answers.unavailable(language_of(request), {}, retry_after=answers.RETRY_AFTER_PAUSE)
    except BoardEmpty as empty:
        return await answers.unavailable(language_of(request), {}, retry_after=empty.retry_after)
    return CachedPage(desk.cache, opened.place, "confirm/")


async def confirm(request: Request) -> Response:
    """Count the signature, once, and answer 303 to the page that says what happened."""
    desk, language = desk_of(request), language_of(request)
    try:
        opened = _open(request, desk)
        outcome = await _submit(desk, opened)
    except (TokenRefused, PetitionUnknown, PetitionEnded) as refused:
        return await link_refused(desk, language, refused)
    except SigningPaused:
        return await answers.unavailable(language, {}, retry_after=answers.RETRY_AFTER_PAUSE)
    except (NotAccepted, BoardEmpty) as refused:
        return await answers.unavailable(language, {}, retry_after=refused.retry_after)
    CONFIRMATIONS_TALLY.count(outcome.value)
    return await _answer(desk, opened, outcome)


def _open(request: Request, desk: Desk) -> Opened:
    """Read the link, without the database. Raises what tokens raise, PetitionUnknown and PetitionEnded."""
    at = desk.clock()
    token = desk.tokens.read(request.path_params["token"], purpose="confirm", at=at)
    link = read_link(token)
    petition = desk.board.by_id(link.petition_id)
    petition.check_confirmable(uuid7_at(link.attempt_id), at)
    return Opened(link, petition, Place(petition.slug, petition.language_for(language_of(request))))


async def _submit(desk: Desk, opened: Opened) -> Outcome:
    confirmation = Confirmation(
        attempt_id=opened.link.attempt_id,
        petition_id=opened.petition.id,
        organisation_id=opened.petition.organisation_id,
        names_per_mailbox=opened.petition.names_per_mailbox,
        at=desk.clock(),
    )
    return await desk.confirmations.submit(confirmation)


async def _answer(desk: Desk, opened: Opened, outcome: Outcome) -> Response:
    place = opened.place
    if outcome in PAGES:
        return SeeOther(public_path(f"p/{place.slug}/{PAGES[outcome]}", language=place.locale))
    if outcome is Outcome.SEALED:
        return await answers.unavailable(place.locale, {}, retry_after=3600)
    return await link_spent(desk, place.locale, opened.petition, outcome)
