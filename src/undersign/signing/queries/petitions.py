"""Petitions as the front door needs them: everything that decides whether and how a form is taken.

Loaded whole, because there are few petitions and many signers: every web process keeps the result in
memory and loads it again when one of them has changed.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from undersign.campaigns.queries import TEXTS_STANDING_SINCE_SQL
from undersign.signing.errors import PetitionEnded, SigningPaused, TextChanged

# A copy of the page may be this old when somebody opens it: twice the longest time a shared cache keeps it.
PAGE_LIFETIME = timedelta(seconds=60)
# Whoever signed before the end may confirm for this long after it.
GRACE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class SignableText:
    """One text that is or was on the page. `superseded_at` is None while it is the current one."""

    id: int
    locale: str
    version: int
    superseded_at: datetime | None

    def stands(self, at: datetime) -> bool:
        """Tell whether somebody may have this text before their eyes, in a page as old as pages get."""
        return self.superseded_at is None or at < self.superseded_at + PAGE_LIFETIME


@dataclass(frozen=True, slots=True)
class AskedConsent:
    """One consent the form asks for. `wordings` are the ids that may be answered, newest first, by locale."""

    id: int
    purpose: str
    channel: str
    wordings: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class SignablePetition:
    """One published petition. Fields of the form are “off”, “optional” or “required”."""

    id: int
    slug: str
    organisation_id: int
    default_locale: str
    state: str
    closes_at: datetime | None
    ended_at: datetime | None
    is_paused: bool
    names_per_mailbox: int
    fields: Mapping[str, str]
    texts: Mapping[int, SignableText]
    consents: tuple[AskedConsent, ...] = field(default=())
    is_trap_set: bool = True
    is_pace_limited: bool = True
    is_list_applied: bool = True
    is_domain_checked: bool = True

    def has_ended(self, at: datetime) -> bool:
        """Tell whether it takes no new attempts any more, paused or not."""
        return self.state != "open" or (self.closes_at is not None and at >= self.closes_at)

    def check_open(self, at: datetime) -> None:
        """Let a new attempt pass. Raises PetitionEnded or SigningPaused."""
        if self.has_ended(at):
            raise PetitionEnded(self.slug)
        if self.is_paused:
            raise SigningPaused(self.slug)

    def check_confirmable(self, attempted_at: datetime, at: datetime) -> None:
        """Let an attempt of that instant be confirmed now. Raises PetitionEnded or SigningPaused."""
        end = min((end for end in (self.closes_at, self.ended_at) if end is not None), default=None)
        if end is not None and (attempted_at >= end or at >= end + GRACE):
            raise PetitionEnded(self.slug)
        if self.is_paused:
            raise SigningPaused(self.slug)

    def language_for(self, wanted: str) -> str:
        """Give a language that the petition has a page in: the wanted one, or else its first."""
        return wanted if self.has_page_in(wanted) else self.default_locale

    def has_page_in(self, locale: str) -> bool:
        """Tell whether its page in this language is published."""
        return any(text.locale == locale and text.superseded_at is None for text in self.texts.values())

    def check_text(self, text_id: int, locale: str, at: datetime) -> SignableText:
        """Find the text a form in `locale` was filled in under.

        Raises TextChanged when it was replaced too long ago, or is of another language.
        """
        text = self.texts.get(text_id)
        if text is None or text.locale != locale or not text.stands(at):
            raise TextChanged(self.slug)
        return text


PETITIONS = """
SELECT p.id, p.slug, p.organisation_id, p.default_locale, p.state, p.closes_at, p.ended_at,
       p.names_per_mailbox, p.country, p.postcode, p.phone, p.reason,
       p.is_trap_set, p.is_pace_limited, p.is_list_applied,
       p.is_domain_checked,
       (p.signing_paused_at IS NOT NULL OR p.read_only_at IS NOT NULL
        OR s.signing_paused_at IS NOT NULL OR s.read_only_at IS NOT NULL) AS is_paused
FROM campaigns_petition p CROSS JOIN foundation_switches s
WHERE p.state <> 'draft'
"""

# What a petition asks for itself, or else its organisation's defaults.
CONSENTS = """
SELECT p.id AS petition_id, a.id, a.purpose, a.channel
FROM campaigns_petition p
JOIN supporters_consentask a ON a.organisation_id = p.organisation_id
WHERE p.state <> 'draft' AND CASE
    WHEN EXISTS (SELECT FROM campaigns_petition_consent_asks c WHERE c.petition_id = p.id)
    THEN EXISTS (SELECT FROM campaigns_petition_consent_asks c
                 WHERE c.petition_id = p.id AND c.consentask_id = a.id)
    ELSE a.is_default END
ORDER BY p.id, a.id
"""

WORDINGS = """
SELECT ask_id, locale, array_agg(id ORDER BY version DESC) AS ids FROM supporters_consentwording GROUP BY 1, 2
"""


async def signable_petitions(
    connection: AsyncConnection[Any], *, at: datetime
) -> dict[int, SignablePetition]:
    """Load every published petition, by id, with the texts that may be signed at `at`."""
    rows = await _rows(connection, PETITIONS)
    since = {"since": at - PAGE_LIFETIME}
    texts = _texts_by_petition(await _rows(connection, TEXTS_STANDING_SINCE_SQL, since))
    consents = _consents_by_petition(await _rows(connection, CONSENTS), await _rows(connection, WORDINGS))
    return {row["id"]: _petition(row, texts[row["id"]], consents[row["id"]]) for row in rows}


async def _rows(
    connection: AsyncConnection[Any], statement: str, values: Mapping[str, Any] | None = None
) -> Sequence[dict[str, Any]]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(statement.encode(), values)
        return await cursor.fetchall()


def _texts_by_petition(rows: Sequence[dict[str, Any]]) -> defaultdict[int, dict[int, SignableText]]:
    texts: defaultdict[int, dict[int, SignableText]] = defaultdict(dict)
    for row in rows:
        texts[row["petition_id"]][row["id"]] = SignableText(
            id=row["id"], locale=row["locale"], version=row["number"], superseded_at=row["superseded_at"]
        )
    return texts


def _consents_by_petition(
    asks: Sequence[dict[str, Any]], wordings: Sequence[dict[str, Any]]
) -> defaultdict[int, list[AskedConsent]]:
    by_ask: defaultdict[int, dict[str, tuple[int, ...]]] = defaultdict(dict)
    for row in wordings:
        by_ask[row["ask_id"]][row["locale"]] = tuple(row["ids"])
    consents: defaultdict[int, list[AskedConsent]] = defaultdict(list)
    for row in asks:
        consents[row.pop("petition_id")].append(AskedConsent(**row, wordings=by_ask[row["id"]]))
    return consents


def _petition(
    row: dict[str, Any], texts: dict[int, SignableText], consents: list[AskedConsent]
) -> SignablePetition:
    fields = {name: row.pop(name) for name in ("country", "postcode", "phone", "reason")}
    return SignablePetition(**row, fields=fields, texts=texts, consents=tuple(consents))
