"""The links that carry a visitor from the form to the list: what is in them and how long they hold."""

from datetime import datetime, timedelta
from uuid import UUID

from undersign.foundation.tokens import Token, TokenSigner
from undersign.foundation.values import value

# How long the page after signing can send its mail again.
INBOX_LIFETIME = timedelta(hours=2)


class LinkMisplaced(Exception):
    """A genuine link, at the address of another petition."""


@value
class AttemptLink:
    """An attempt and its petition, as a link names them."""

    attempt_id: UUID
    petition_id: int


def inbox_token(tokens: TokenSigner, *, attempt_id: UUID, petition_id: int, at: datetime) -> str:
    """Make the token of the “check your inbox” page."""
    return tokens.issue("inbox", attempt_id.bytes, petition_id.to_bytes(8, "big"), at + INBOX_LIFETIME)


def read_link(token: Token) -> AttemptLink:
    """Read what a genuine token is about."""
    return AttemptLink(UUID(bytes=token.subject), int.from_bytes(token.bound_to, "big"))
