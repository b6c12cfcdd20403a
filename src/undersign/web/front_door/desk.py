"""What the front door's handlers share in one web process."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from starlette.requests import HTTPConnection

from undersign.foundation.group_commit import GroupCommit
from undersign.foundation.networks import Proxies, client_network
from undersign.foundation.page_cache import PageCache
from undersign.foundation.tokens import TokenSigner
from undersign.signing.identity import SigningKeys
from undersign.signing.intake import Intake
from undersign.signing.screens import Screen, Submission
from undersign.signing.services.attempts import NewAttempt, Taking
from undersign.signing.services.candidates import Confirmation
from undersign.signing.services.confirmations import Outcome
from undersign.web.front_door.board import Board

Pool = AsyncConnectionPool[AsyncConnection[Any]]


@dataclass(slots=True)
class KeysInHand:
    """The keys as the file has them now; replaced while the process runs, see docs/mechanisms/keys.md."""

    signing: SigningKeys
    tokens: TokenSigner


@dataclass(frozen=True, slots=True)
class Desk:
    """The board to read, the screen to ask, the intake and the queue to write to, the keys, the clock."""

    board: Board
    pool: Pool
    attempts: Intake
    confirmations: GroupCommit[Confirmation, Outcome]
    screen: Screen
    in_hand: KeysInHand
    cache: PageCache
    trusted_proxies: Proxies
    clock: Callable[[], datetime]

    @property
    def keys(self) -> SigningKeys:
        """What seals and looks up now."""
        return self.in_hand.signing

    @property
    def tokens(self) -> TokenSigner:
        """What makes and reads links now."""
        return self.in_hand.tokens

    def network_of(self, request: HTTPConnection) -> str:
        """Tell the network a request comes from, /24 or /64, in CIDR notation."""
        return network_of(request, self.trusted_proxies)


def network_of(request: HTTPConnection, trusted_proxies: Proxies) -> str:
    """Tell the network a request comes from, /24 or /64, in CIDR notation.

    Lines of the same name are one list (RFC 9110 §5.3): HAProxy writes its own below that of the client.
    """
    peer = request.client.host if request.client else ""
    forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
    return client_network(peer, forwarded, trusted_proxies)


async def attempt_submit(desk: Desk, attempt: NewAttempt, submission: Submission) -> None:
    """Hand an attempt in. Raises NotAccepted, and ProofDemanded where its proof was used already."""
    if await desk.attempts.submit(attempt) is Taking.PROOF_SPENT:
        raise desk.screen.demand_again(submission)


def desk_of(request: HTTPConnection) -> Desk:
    """Find the desk of the application that answers this request."""
    desk = request.app.state.desk
    assert isinstance(desk, Desk)  # noqa: S101 -- for the type checker: the lifespan sets it
    return desk
