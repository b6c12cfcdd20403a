"""“One moment”: the answer to a form that has to come again with a proof.

The page is the petition's own, from memory; the form goes into it in place of a mark. Its script solves the
challenge and sends the form by itself. Without a script there is a button, good after some seconds.
"""

from collections.abc import Mapping
from contextlib import suppress

from django.utils.html import escape
from django.utils.translation import ngettext, override
from starlette.responses import HTMLResponse, Response

from undersign.foundation.page_cache import NotRendered
from undersign.moderation.proofs import WAIT_FIELD, WORK_FIELD
from undersign.signing.screens import Demand
from undersign.web.addresses import public_path
from undersign.web.composition.frames import bare_frame
from undersign.web.front_door.bodies import typed
from undersign.web.front_door.desk import Desk
from undersign.web.front_door.drawing import drawn
from undersign.web.front_door.places import Place
from undersign.web.headers import PRIVATE_HEADERS
from undersign.web.presentation.afterwards import MomentPage

# In the template undersign/moment.html.
FORM_MARK = "<!--moment:form-->"
WAIT_MARK = "<!--moment:wait-->"


async def moment(desk: Desk, place: Place, demand: Demand, values: dict[str, str]) -> Response:
    """Ask for a proof and keep what was typed: 200, kept by nobody."""
    html = await _page(desk, place)
    filled = html.replace(FORM_MARK, _fields(demand, typed(values))).replace(WAIT_MARK, _words(demand, place))
    return HTMLResponse(filled, headers=PRIVATE_HEADERS)


async def _page(desk: Desk, place: Place) -> str:
    """Give the petition's own page; the one without a petition where the database is away."""
    with suppress(NotRendered):
        rendered = await desk.cache.rendered(public_path(f"p/{place.slug}/moment/", language=place.locale))
        if rendered.status == 200:
            return rendered.body.decode()
    return await drawn(MomentPage(frame=bare_frame(place.locale)))


def _fields(demand: Demand, values: Mapping[str, str]) -> str:
    """Give the hidden fields; the challenge has no name, so it is not sent."""
    kept = {name: value for name, value in values.items() if name not in {WORK_FIELD, WAIT_FIELD}}
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in {**kept, WAIT_FIELD: demand.token}.items()
    )
    return f'<input type="hidden" data-moment-challenge value="{escape(demand.challenge)}">{fields}'


def _words(demand: Demand, place: Place) -> str:
    seconds = {"seconds": demand.wait_seconds}
    with override(place.locale):
        if demand.is_early:
            return escape(
                ngettext(
                    "That was a little early. Wait %(seconds)s more second, then press the button.",
                    "That was a little early. Wait %(seconds)s more seconds, then press the button.",
                    demand.wait_seconds,
                )
                % seconds
            )
        return escape(
            ngettext(
                "Wait %(seconds)s second, then press the button.",
                "Wait %(seconds)s seconds, then press the button.",
                demand.wait_seconds,
            )
            % seconds
        )
