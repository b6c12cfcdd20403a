"""What a visitor does: send the form, wait where asked to, press the button in the mail."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from time import monotonic
from urllib.parse import quote
from uuid import UUID

from altcha import solve_challenge

from undersign.config.siege.client import Answer, Client
from undersign.config.siege.people import Person
from undersign.foundation.ids import uuid7_at
from undersign.foundation.keys import KeyRing
from undersign.foundation.tokens import TokenSigner
from undersign.moderation.proofs import WAIT_FIELD
from undersign.moderation.waits import PURPOSE as WAIT_PURPOSE
from undersign.moderation.work import challenge_read, solution_encode
from undersign.signing.letters import LINK_HOLDS
from undersign.signing.letters import PURPOSE as CONFIRM_PURPOSE
from undersign.web.front_door.links import read_link

MOST_TRIES = 5
MARGIN = 0.02  # seconds, so that nobody comes a moment early
MOST_FORMS = 1_000  # before whoever wants to be asked for a proof gives up
_ANSWERS = {"display": "anonymous", "country": "DE"}
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_CHALLENGE = re.compile(r'data-moment-challenge value="([^"]+)"')
_ASKED = re.compile(r'name="(consent_[^"]+)" value="no"')


@dataclass(frozen=True, slots=True)
class Visit:
    """What became of one form. `waited` is what it was asked to wait for, `took` all of it, in seconds."""

    person: Person
    attempt_id: UUID | None
    demands: int
    waited: float
    took: float


@dataclass(frozen=True, slots=True)
class Door:
    """A petition's page as visitors come to it. The keys stand for the mailboxes: they make the links."""

    client: Client
    path: str
    petition_id: int
    form: Mapping[str, str]
    tokens: TokenSigner

    async def sign(
        self,
        person: Person,
        *,
        is_patient: bool = True,
        forged: str = "",
        extra: Mapping[str, str] | None = None,
    ) -> Visit:
        """Fill in the form. Who is not patient goes away when asked for a proof."""
        began, waited, demands = monotonic(), 0.0, 0
        values = {**self.form, "name": person.name, "email": person.email, **(extra or {})}
        for _ in range(MOST_TRIES):
            answer = await self._post(values, person, forged)
            if answer.status == 303:
                return Visit(person, self._attempt(answer.location), demands, waited, monotonic() - began)
            token = dict(_HIDDEN.findall(answer.body)).get(WAIT_FIELD, "")
            if answer.status != 200 or not token:
                break
            demands += 1
            if not is_patient:
                break
            seconds = self._seconds_to_wait(unescape(token))
            waited += seconds
            await asyncio.sleep(seconds + MARGIN)
            values[WAIT_FIELD] = unescape(token)
        return Visit(person, None, demands, waited, monotonic() - began)

    async def wait_token_for(self, person: Person) -> str:
        """Send forms until one is asked for a proof, and give its token when it is good; or nothing."""
        body = await self._demand_for(person)
        token = unescape(dict(_HIDDEN.findall(body)).get(WAIT_FIELD, ""))
        if token:
            await asyncio.sleep(self._seconds_to_wait(token) + MARGIN)
        return token

    async def work_for(self, person: Person) -> str:
        """Send forms until one is asked for a proof, and do the work as a browser does; or give nothing."""
        found = _CHALLENGE.search(await self._demand_for(person))
        if found is None:
            return ""
        challenge = unescape(found[1])
        solution = await asyncio.to_thread(solve_challenge, challenge_read(challenge))
        if solution is None:
            return ""
        return solution_encode(challenge, counter=solution.counter, derived_key=solution.derived_key)

    async def _demand_for(self, person: Person) -> str:
        """Send forms until one is asked for a proof, and give that page; or nothing."""
        values = {**self.form, "name": person.name, "email": person.email}
        for _ in range(MOST_FORMS):
            answer = await self._post(values, person, "")
            if answer.status == 200 and WAIT_FIELD in dict(_HIDDEN.findall(answer.body)):
                return answer.body
        return ""

    async def confirm(self, token: str, address: str) -> str:
        """Press the button behind a link and tell where that leads: its last word, or a status."""
        answer = await self.client.post(f"/confirm/{token}", {}, forwarded=address)
        return answer.location.rstrip("/").rpartition("/")[2] if answer.status == 303 else str(answer.status)

    def link(self, attempt_id: UUID, *, petition_id: int | None = None) -> str:
        """Make the token that stands in the mail of an attempt."""
        bound_to = (petition_id or self.petition_id).to_bytes(8, "big")
        expires_at = uuid7_at(attempt_id) + LINK_HOLDS
        return self.tokens.issue(CONFIRM_PURPOSE, attempt_id.bytes, bound_to, expires_at)

    async def _post(self, values: Mapping[str, str], person: Person, forged: str) -> Answer:
        # What a client writes into the header stands left of what the proxy adds.
        forwarded = f"{forged}, {person.address}" if forged else person.address
        path = f"{self.path}?source={quote(person.source)}" if person.source else self.path
        return await self.client.post(path, values, forwarded=forwarded)

    def _attempt(self, location: str) -> UUID:
        token = self.tokens.read(location.rpartition("/")[2], purpose="inbox", at=datetime.now(UTC))
        return read_link(token).attempt_id

    def _seconds_to_wait(self, token: str) -> float:
        found = self.tokens.read(token, purpose=WAIT_PURPOSE, at=datetime.now(UTC))
        left = uuid7_at(UUID(bytes=found.subject)) - datetime.now(UTC)
        return max(0.0, left.total_seconds())


async def door_open(client: Client, *, path: str, petition_id: int, ring: KeyRing) -> Door:
    """Read a petition's page as a visitor does and keep its form, every consent refused."""
    page = (await client.get(path, forwarded="203.0.113.1")).body
    form = dict(_HIDDEN.findall(page)) | dict.fromkeys(_ASKED.findall(page), "no") | _ANSWERS
    return Door(client, path, petition_id, form, TokenSigner(ring))
