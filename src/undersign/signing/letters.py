"""The mail that asks somebody to confirm their signature.

It carries nothing that was typed into the form: whoever fills in the form may not be the owner of the
address, and must not be able to write to them through us (docs/decisions/0040).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from psycopg import AsyncConnection
from psycopg.rows import class_row

from undersign.foundation.ids import uuid7_at
from undersign.foundation.keys import KeyUnknown
from undersign.foundation.sealing import SealBroken, Sealer
from undersign.foundation.tokens import TokenSigner
from undersign.messaging.letters import Letter, Sender, Unwritten
from undersign.signing.payload import attempt_open

PURPOSE = "confirm"
LINK_HOLDS = timedelta(days=7)
"""Attempts are purged a day later, so an expired link can still say what it was for."""

# Stands for the link until it is known. Private use (U+E000), so it can be in no petition.
_PLACE = "\ue000"

READ = b"""
SELECT a.id, a.petition_id, a.text_id, a.sealed, a.locale, t.title,
       o.name AS organisation, o.postal_address, o.sender_name, o.sender_email
FROM signing_attempt a
JOIN campaigns_petition p ON p.id = a.petition_id
JOIN campaigns_petitiontext t ON t.id = a.text_id
JOIN supporters_organisation o ON o.id = p.organisation_id
WHERE a.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class _Cause:
    """An attempt with what its mail says."""

    id: UUID
    petition_id: int
    text_id: int
    sealed: bytes
    locale: str
    title: str
    organisation: str
    postal_address: str
    sender_name: str
    sender_email: str


@dataclass(frozen=True, slots=True)
class _Draft:
    """The words of a mail, the same for everyone who signed one text; the link is still `_PLACE`."""

    subject: str
    text: str
    html: str


class ConfirmationComposer:
    """Writes the mails of kind “confirm”; a cause is an attempt."""

    is_asked_for = True

    def __init__(self, *, sealer: Sealer, tokens: TokenSigner, base_url: str, first_locale: str) -> None:
        self._sealer = sealer
        self._tokens = tokens
        self._base_url = base_url
        self._first_locale = first_locale

    async def compose(
        self, connection: AsyncConnection[Any], causes: Sequence[UUID], *, at: datetime
    ) -> Mapping[UUID, Letter | Unwritten]:
        """Write a mail for each attempt that is still there and whose link would still hold; one query."""
        async with connection.cursor(row_factory=class_row(_Cause)) as cursor:
            await cursor.execute(READ, (list(causes),))
            found = await cursor.fetchall()
        drafts: dict[tuple[int, str], _Draft] = {}
        return {cause.id: self._letter(cause, drafts) for cause in found if at < _expires_at(cause.id)}

    def _letter(self, cause: _Cause, drafts: dict[tuple[int, str], _Draft]) -> Letter | Unwritten:
        try:
            payload = attempt_open(cause.sealed, attempt_id=cause.id, sealer=self._sealer)
        except (SealBroken, KeyUnknown) as error:
            return Unwritten(type(error).__name__)
        kind = (cause.text_id, cause.locale)
        if kind not in drafts:
            drafts[kind] = _draft(cause)
        draft, link = drafts[kind], self.confirm_link(cause.id, cause.petition_id, cause.locale)
        return Letter(
            to=payload.email,
            sender=Sender(cause.sender_name, cause.sender_email),
            subject=draft.subject,
            text=draft.text.replace(_PLACE, link),
            html=draft.html.replace(_PLACE, link),
            locale=cause.locale,
        )

    def confirm_link(self, attempt_id: UUID, petition_id: int, locale: str) -> str:
        """Make the link for one attempt; its token is bound to the petition (8 bytes, big-endian)."""
        bound_to = petition_id.to_bytes(8, "big")
        token = self._tokens.issue(PURPOSE, attempt_id.bytes, bound_to, _expires_at(attempt_id))
        language = "" if locale == self._first_locale else f"/{locale}"
        return f"{self._base_url}{language}/confirm/{token}"


def _expires_at(attempt_id: UUID) -> datetime:
    return uuid7_at(attempt_id) + LINK_HOLDS


def _draft(cause: _Cause) -> _Draft:
    with translation.override(cause.locale):
        context = {
            "title": cause.title,
            "organisation": cause.organisation,
            "postal_address": cause.postal_address,
            "link": _PLACE,
            "language": cause.locale,
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
        }
        return _Draft(
            subject=_("Please confirm your signature: %(title)s") % {"title": cause.title},
            text=render_to_string("undersign/mail/confirm.txt", context),
            html=render_to_string("undersign/mail/confirm.html", context),
        )
