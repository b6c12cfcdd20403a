"""What is found out about mail domains: a hint for moderators, and never a reason to refuse anybody.

The domain is sealed until somebody has looked it up, then forgotten; its row is found by the name that
attempts and signatures have it by.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from undersign.foundation.ids import uuid7, uuid7_floor
from undersign.foundation.keys import KeyUnknown
from undersign.foundation.metrics import MAIL_DOMAINS
from undersign.foundation.sealing import SealBroken, Sealer, seal_context
from undersign.moderation.domains import MetDomain, is_disposable
from undersign.moderation.name_servers import NameServers

AT_ONCE = 20
TRIES = 5
TRY_AGAIN = timedelta(minutes=10)
KEPT_FOR = timedelta(days=90)

NOTE = b"""
INSERT INTO moderation_maildomain
    (id, organisation_id, name, is_disposable, finding, sealed, met_at, tries, try_at)
SELECT id, organisation_id, name, is_disposable, '', sealed, %(at)s, 0, %(at)s
FROM unnest(%(ids)b::uuid[], %(organisations)b::bigint[], %(names)b::text[], %(disposable)b::boolean[],
            %(sealed)b::bytea[]) AS met (id, organisation_id, name, is_disposable, sealed)
ON CONFLICT (organisation_id, name) DO NOTHING
RETURNING is_disposable
"""

CLAIM = b"""
UPDATE moderation_maildomain SET tries = tries + 1, try_at = %(again)s WHERE id IN (
    SELECT id FROM moderation_maildomain WHERE try_at <= %(at)s
    ORDER BY try_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING id, sealed, tries
"""

SETTLE = b"""
UPDATE moderation_maildomain SET finding = %s, sealed = NULL, try_at = NULL WHERE id = %s
"""

# In steps: a flood of made-up domains leaves hundreds of thousands.
FORGET = b"""
DELETE FROM moderation_maildomain WHERE id IN (
    SELECT id FROM moderation_maildomain WHERE id < %s ORDER BY id LIMIT %s)
"""
FORGET_AT_ONCE = 5_000


async def domains_note(
    connection: AsyncConnection[Any], met: Sequence[MetDomain], *, sealer: Sealer, at: datetime
) -> None:
    """Write down domains, in the order of `DomainNotes.take`; those that are known stay as they are."""
    ids = [uuid7(at) for _ in met]
    cursor = await connection.execute(
        NOTE,
        {
            "at": at,
            "ids": ids,
            "organisations": [each.organisation_id for each in met],
            "names": [each.name for each in met],
            "disposable": [is_disposable(each.domain) for each in met],
            "sealed": [_seal(id_, each.domain, sealer) for id_, each in zip(ids, met, strict=True)],
        },
    )
    for (is_given_away,) in await cursor.fetchall():
        MAIL_DOMAINS.labels("disposable" if is_given_away else "met").inc()


async def domains_look_up(
    connection: AsyncConnection[Any], *, servers: NameServers, sealer: Sealer, at: datetime
) -> int:
    """Look up some domains that nobody has looked up, and tell how many. Asks each five times at most."""
    values = {"at": at, "again": at + TRY_AGAIN, "limit": AT_ONCE}
    rows = await (await connection.execute(CLAIM, values)).fetchall()
    findings = await asyncio.gather(*(_finding(id_, sealed, servers, sealer) for id_, sealed, _ in rows))
    for (id_, _, tries), finding in zip(rows, findings, strict=True):
        if finding or tries >= TRIES:
            await connection.execute(SETTLE, (finding, id_))
            MAIL_DOMAINS.labels(finding or "unknown").inc()
    return len(rows)


async def domains_forget(connection: AsyncConnection[Any], *, at: datetime) -> None:
    """Delete what was met ninety days ago; whoever comes again is looked up again."""
    bound = uuid7_floor(at - KEPT_FOR)
    while (await connection.execute(FORGET, (bound, FORGET_AT_ONCE))).rowcount == FORGET_AT_ONCE:
        pass


async def _finding(id_: UUID, sealed: bytes, servers: NameServers, sealer: Sealer) -> str:
    try:
        domain = sealer.open_json(sealed, dict[str, str], context=_context(id_))["domain"]
    except (SealBroken, KeyUnknown):
        return ""
    takes_mail = await servers.takes_mail(domain)
    return "" if takes_mail is None else "mail" if takes_mail else "none"


def _seal(id_: UUID, domain: str, sealer: Sealer) -> bytes:
    return sealer.seal_json({"domain": domain}, context=_context(id_))


def _context(id_: UUID) -> bytes:
    return seal_context("mail_domain", id_)
