"""“Check your inbox”: the page after the form, which can send its mail again or to another address.

Its address carries a token, its forms have no action, and so its bytes are the same for everybody.
"""

from dataclasses import replace
from uuid import UUID

from psycopg import Error as DatabaseProblem
from psycopg_pool import PoolTimeout
from starlette.requests import Request
from starlette.responses import Response

from undersign.foundation.group_commit import DatabaseAway, NotAccepted
from undersign.foundation.tokens import TokenRefused
from undersign.signing.errors import AttemptUnknown, SigningError
from undersign.signing.queries.attempts import attempt_read
from undersign.signing.screens import ProofDemanded, Submission
from undersign.signing.services.attempts import attempt_new, attempt_send_again
from undersign.supporters.mailbox import AddressInvalid, parse_address
from undersign.web.addresses import public_path
from undersign.web.front_door import answers
from undersign.web.front_door.board import BoardEmpty
from undersign.web.front_door.bodies import BodyRefused, form_values, typed
from undersign.web.front_door.cached import CachedPage
from undersign.web.front_door.desk import Desk, attempt_submit, desk_of
from undersign.web.front_door.link_answers import link_misplaced
from undersign.web.front_door.links import AttemptLink, LinkMisplaced, inbox_token, read_link
from undersign.web.front_door.moment import moment
from undersign.web.front_door.places import Place, place_of
from undersign.web.front_door.see_other import SeeOther

PATIENCE = 5.0  # seconds to wait for a connection


async def show_inbox(request: Request) -> Response:
    """Show where to look, unless the link is too old to do anything with."""
    place = place_of(request)
    try:
        _read(request, place)
    except TokenRefused:
        return SeeOther(public_path(f"p/{place.slug}/", language=place.locale))
    except LinkMisplaced:
        return await link_misplaced(place.locale)
    return CachedPage(
        desk_of(request).cache, place, "inbox/again/" if "again" in request.url.path else "inbox/"
    )


async def send(request: Request) -> Response:
    """Send the mail again, to the same address or, if one was typed, to another."""
    desk, place = desk_of(request), place_of(request)
    values: dict[str, str] = {}
    try:
        link = _read(request, place)
        values = await form_values(request)
        return await _send(request, place, link, values)
    except ProofDemanded as demanded:
        return await moment(desk, place, demanded.demand, values)
    except (DatabaseProblem, PoolTimeout):
        return await answers.refusal(DatabaseAway(), place, typed(values))
    except (TokenRefused, AttemptUnknown):
        return SeeOther(public_path(f"p/{place.slug}/", language=place.locale))
    except BodyRefused as problem:
        return await answers.inbox_unread(problem, place)
    except (LinkMisplaced, AddressInvalid, SigningError, NotAccepted, BoardEmpty) as problem:
        return await answers.refusal(problem, place, typed(values))


def _read(request: Request, place: Place) -> AttemptLink:
    """Read the link, without the database. Raises TokenRefused, and LinkMisplaced at another petition.

    A process that has not seen the database yet knows no petition, and takes the address as it is.
    """
    desk = desk_of(request)
    link = read_link(desk.tokens.read(request.path_params["token"], purpose="inbox", at=desk.clock()))
    petition = desk.board.petitions.get(link.petition_id)
    if petition is not None and petition.slug != place.slug:
        raise LinkMisplaced(place.slug)
    return link


async def _send(request: Request, place: Place, link: AttemptLink, values: dict[str, str]) -> Response:
    if "email" in values:
        return await _send_elsewhere(request, place, link, values)
    return await _send_again(desk_of(request), place, link)


async def _send_again(desk: Desk, place: Place, link: AttemptLink) -> Response:
    async with desk.pool.connection(timeout=PATIENCE) as connection:
        await attempt_send_again(connection, attempt_id=link.attempt_id, at=desk.clock())
    return _to_inbox(desk, place, link.attempt_id, link.petition_id, "inbox/again")


async def _send_elsewhere(
    request: Request, place: Place, link: AttemptLink, values: dict[str, str]
) -> Response:
    """Make a new attempt of what was typed before, with another address. The old one is never confirmed."""
    desk = desk_of(request)
    at = desk.clock()
    petition = desk.board.by_id(link.petition_id)
    petition.check_open(at)
    address = parse_address(values["email"])
    async with desk.pool.connection(timeout=PATIENCE) as connection:
        payload, circumstances = await attempt_read(connection, link.attempt_id, keys=desk.keys)
    corrected = replace(payload, email=address.deliver_to)
    submission = Submission(petition, corrected, values, desk.network_of(request), desk.keys, at)
    verdict = desk.screen.judge(submission)
    judged = replace(circumstances, held_reason=circumstances.held_reason or verdict.held_reason)
    attempt = attempt_new(
        corrected, judged, petition=petition, keys=desk.keys, at=at, proof_id=verdict.proof_id
    )
    await attempt_submit(desk, attempt, submission)
    return _to_inbox(desk, place, attempt.id, petition.id, "inbox")


def _to_inbox(desk: Desk, place: Place, attempt_id: UUID, petition_id: int, page: str) -> Response:
    token = inbox_token(desk.tokens, attempt_id=attempt_id, petition_id=petition_id, at=desk.clock())
    return SeeOther(public_path(f"p/{place.slug}/{page}/{token}", language=place.locale))
