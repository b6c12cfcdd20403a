"""The links that the mails carry, for attempts that nobody has confirmed yet."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg

from bench.requests import Request, get, post
from bench.stage import Stage
from undersign.foundation.keys.file import load_keys
from undersign.foundation.tokens import TokenSigner

# Those that were made last, each once: everybody presses the button in a mail that has just come.
UNCONFIRMED = """
SELECT a.id, a.petition_id FROM signing_attempt a
WHERE a.held_reason = '' AND NOT EXISTS (SELECT FROM signing_signature s WHERE s.attempt_id = a.id)
ORDER BY a.id DESC LIMIT %s
"""


def links(stage: Stage, number: int) -> list[str]:
    """Make the paths of so many links, as far as there are attempts."""
    tokens, expires = TokenSigner(load_keys(stage.keys_file)), datetime.now(UTC) + timedelta(days=7)

    def path(attempt_id: UUID, petition_id: int) -> str:
        token = tokens.issue("confirm", attempt_id.bytes, petition_id.to_bytes(8, "big"), expires)
        return f"/confirm/{token}"

    with psycopg.connect(stage.database_url) as connection:
        return [path(*row) for row in connection.execute(UNCONFIRMED, [number])]


def confirm(path: str) -> Request:
    """Press the button."""
    return post("confirm", path, {})


def show(path: str) -> Request:
    """Open the page with the button."""
    return get("link", path)
