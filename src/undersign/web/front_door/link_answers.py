"""The pages with which a mailed link is answered that does nothing any more: why, and the way on.

Only who has a genuine link learns of a petition here. What the page says of it is what the board knows in
memory; a petition that is not on the board, or has no page, is not linked.
"""

from collections.abc import Mapping
from datetime import datetime

from starlette.responses import Response

from undersign.foundation.tokens import TokenExpired, TokenForged, TokenMalformed, TokenRefused
from undersign.signing.errors import PetitionEnded, PetitionUnknown
from undersign.signing.queries.petitions import SignablePetition
from undersign.signing.services.confirmations import Outcome
from undersign.web.addresses import public_path
from undersign.web.composition.frames import bare_frame
from undersign.web.front_door.board import Board
from undersign.web.front_door.desk import Desk
from undersign.web.front_door.drawing import page_answer
from undersign.web.front_door.links import read_link
from undersign.web.presentation.afterwards import LinkFault, LinkProblemPage

LINK_FAULTS: Mapping[type[Exception], tuple[LinkFault, int]] = {
    TokenMalformed: (LinkFault.TRUNCATED, 404),
    TokenForged: (LinkFault.FORGED, 404),
    TokenExpired: (LinkFault.EXPIRED, 410),
    PetitionUnknown: (LinkFault.EXPIRED, 410),
    PetitionEnded: (LinkFault.ENDED, 410),
}


async def link_refused(
    desk: Desk, language: str, refused: TokenRefused | PetitionUnknown | PetitionEnded
) -> Response:
    """Say why a link does not work, and what to do: 404, or 410 if it did once."""
    fault, status = LINK_FAULTS[type(refused)]
    petition = _petition_of(refused, desk.board)
    return await page_answer(link_problem(language, fault, petition, at=desk.clock()), status=status)


async def link_spent(desk: Desk, language: str, petition: SignablePetition, outcome: Outcome) -> Response:
    """Say that a link is over: its attempt was purged, or its signature withdrawn: 410."""
    fault = LinkFault.WITHDRAWN if outcome is Outcome.WITHDRAWN else LinkFault.EXPIRED
    return await page_answer(link_problem(language, fault, petition, at=desk.clock()), status=410)


async def link_misplaced(language: str) -> Response:
    """Say that a link belongs to another petition: 404."""
    page = LinkProblemPage(frame=bare_frame(language), fault=LinkFault.MISPLACED)
    return await page_answer(page, status=404)


def link_problem(
    language: str, fault: LinkFault, petition: SignablePetition | None, *, at: datetime
) -> LinkProblemPage:
    """Make the page of a link that is over. Nobody is asked to sign again what has ended."""
    if petition is None:
        return LinkProblemPage(frame=bare_frame(language), fault=fault)
    has_ended, address = petition.has_ended(at), _address_of(petition, language)
    return LinkProblemPage(
        frame=bare_frame(language),
        fault=LinkFault.ENDED if has_ended and fault is LinkFault.EXPIRED else fault,
        petition_url=address,
        can_sign=bool(address) and not has_ended,
    )


def _petition_of(
    refused: TokenRefused | PetitionUnknown | PetitionEnded, board: Board
) -> SignablePetition | None:
    """Find the petition of a genuine link; None for any other."""
    match refused:
        case TokenExpired():
            return board.petitions.get(read_link(refused.token).petition_id)
        case PetitionEnded():
            return board.by_slug(refused.slug)
    return None


def _address_of(petition: SignablePetition, language: str) -> str:
    """Give the path of its page in a language, or else in its first; empty where neither is published."""
    locale = petition.language_for(language)
    return public_path(f"p/{petition.slug}/", language=locale) if petition.has_page_in(locale) else ""
