"""Reading the allow and block lists: for the screen of a process, and for whoever keeps them."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from psycopg import AsyncConnection

from undersign.moderation.lists import Rule
from undersign.moderation.models import ListEntry
from undersign.supporters.models import Organisation

TOPIC = "lists"  # of foundation.changes: one for all, since there are few

VERSION = b"SELECT version FROM foundation_change WHERE topic = 'lists'"
RULES = b"""
SELECT organisation_id, effect, kind, value, email_key, index_epoch, expires_at FROM moderation_listentry
WHERE expires_at IS NULL OR expires_at > now()
"""


async def lists_version(connection: AsyncConnection[Any]) -> int:
    """Tell which version the lists have; 0 before anybody wrote in them."""
    row = await (await connection.execute(VERSION)).fetchone()
    return int(row[0]) if row else 0


async def rules_read(connection: AsyncConnection[Any]) -> list[Rule]:
    """Read every rule of every organisation that has not expired."""
    cursor = await connection.execute(RULES)
    return [Rule(*row) for row in await cursor.fetchall()]


def list_entries(organisation: Organisation, *, at: datetime) -> QuerySet[ListEntry]:
    """Return what stands on the lists of an organisation, the newest first."""
    standing = Q(expires_at__isnull=True) | Q(expires_at__gt=at)
    return organisation.list_entries.filter(standing).select_related("made_by").order_by("-made_at", "-pk")
