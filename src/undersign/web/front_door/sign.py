"""Taking the form: `POST` to a petition's own address, query string included.

The work is the same whether the mailbox has signed, has not, or is held, and so is the answer: nothing
tells a stranger who has signed.
"""

from starlette.requests import Request
from starlette.responses import Response

from undersign.foundation.group_commit import NotAccepted
from undersign.foundation.metrics import ATTEMPTS_TALLY
from undersign.signing.errors import SigningError
from undersign.signing.forms import FormRefused, form_read, source_of
from undersign.signing.payload import Circumstances
from undersign.signing.screens import ProofDemanded, Submission
from undersign.signing.services.attempts import attempt_new
from undersign.web.addresses import public_path
from undersign.web.front_door import answers
from undersign.web.front_door.board import BoardEmpty
from undersign.web.front_door.bodies import BodyRefused, fields_of, form_values, typed
from undersign.web.front_door.desk import Desk, attempt_submit, desk_of
from undersign.web.front_door.links import inbox_token
from undersign.web.front_door.moment import moment
from undersign.web.front_door.places import Place, place_of
from undersign.web.front_door.see_other import SeeOther


async def sign(request: Request) -> Response:
    """Take a signature's form and answer 303 to “check your inbox”, or with the form and what is wrong."""
    desk, place = desk_of(request), place_of(request)
    values: dict[str, str] = {}
    try:
        values = await form_values(request)
        return await _take(request, desk, place, values)
    except ProofDemanded as demanded:
        return await moment(desk, place, demanded.demand, values)
    except (BodyRefused, FormRefused, SigningError, NotAccepted, BoardEmpty) as problem:
        return await answers.refusal(problem, place, typed(values))


async def _take(request: Request, desk: Desk, place: Place, values: dict[str, str]) -> Response:
    at = desk.clock()
    petition = desk.board.by_slug(place.slug)
    petition.check_open(at)
    text = petition.check_text(_number(values.get("text_version", "")), place.locale, at)
    payload = form_read(values, petition=petition, locale=place.locale)
    network = desk.network_of(request)
    submission = Submission(petition, payload, values, network, desk.keys, at)
    verdict = desk.screen.judge(submission)
    circumstances = Circumstances(
        text_id=text.id,
        locale=place.locale,
        network=network,
        source=source_of(fields_of(request.scope["query_string"])),
        held_reason=verdict.held_reason,
    )
    attempt = attempt_new(
        payload, circumstances, petition=petition, keys=desk.keys, at=at, proof_id=verdict.proof_id
    )
    await attempt_submit(desk, attempt, submission)
    ATTEMPTS_TALLY.count("held" if circumstances.held_reason else "taken")
    token = inbox_token(desk.tokens, attempt_id=attempt.id, petition_id=petition.id, at=at)
    return SeeOther(public_path(f"p/{place.slug}/inbox/{token}", language=place.locale))


def _number(text: str) -> int:
    """Read an id from a hidden field; what is no number is no text of ours either."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0
