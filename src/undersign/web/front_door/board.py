"""What a web process knows about every published petition without asking the database.

One task refreshes it about once a second: it polls the numbers of foundation.Change and the tallies, because
reconnects lose notifications and poolers break LISTEN. Requests only read.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from psycopg import AsyncConnection

from undersign.foundation.changes import CHANGES_SINCE_SQL, OVERLAP
from undersign.signing.errors import PetitionUnknown
from undersign.signing.queries.petitions import SignablePetition, signable_petitions

EVER = datetime(1970, 1, 1, tzinfo=UTC)

TALLIES = b"SELECT petition_id, count FROM signing_tally WHERE updated_at >= %(since)s"


class BoardEmpty(Exception):
    """The database has not been seen since the process started."""

    retry_after = 5  # seconds


@dataclass(frozen=True, slots=True)
class News:
    """What a refresh found: topics that changed, and petitions whose count moved."""

    topics: frozenset[str] = frozenset()
    counted: frozenset[int] = frozenset()


@dataclass(slots=True)
class Board:
    """Petitions and counts as of the last refresh. `filled` is set by the first one, or by a recall."""

    filled: asyncio.Event = field(default_factory=asyncio.Event)
    petitions: Mapping[int, SignablePetition] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)
    _by_slug: dict[str, SignablePetition] = field(default_factory=dict)
    _versions: dict[str, int] = field(default_factory=dict)
    _polled_at: datetime | None = None

    def by_slug(self, slug: str) -> SignablePetition:
        """Find a published petition. Raises PetitionUnknown or BoardEmpty."""
        return self._found(self._by_slug.get(slug))

    def by_id(self, petition_id: int) -> SignablePetition:
        """Find a published petition. Raises PetitionUnknown or BoardEmpty."""
        return self._found(self.petitions.get(petition_id))

    def _found(self, petition: SignablePetition | None) -> SignablePetition:
        if not self.filled.is_set():
            raise BoardEmpty
        if petition is None:
            raise PetitionUnknown
        return petition

    @property
    def has_seen_database(self) -> bool:
        """Tell whether what is known is from the database, and not from before this process began."""
        return self._polled_at is not None

    def recall(self, petitions: Mapping[int, SignablePetition]) -> None:
        """Begin with petitions as they were last known, unless more is known by now."""
        if self.filled.is_set():
            return
        self.petitions = petitions
        self._by_slug = {petition.slug: petition for petition in petitions.values()}
        self.filled.set()

    async def refresh(self, connection: AsyncConnection[Any], *, at: datetime) -> News:
        """Read what has changed since the last refresh and tell it.

        Nothing is noted before everything is read, so what is lost half-way is found again the next time.
        """
        since = {"since": self._polled_at - OVERLAP if self._polled_at else EVER}
        versions = await self._changed_topics(connection, since)
        petitions = self.petitions
        if versions or not self.has_seen_database:
            petitions = await signable_petitions(connection, at=at)
        counts = await self._moved_counts(connection, since)
        self.petitions = petitions
        self._by_slug = {petition.slug: petition for petition in petitions.values()}
        self._versions.update(versions)
        self.counts.update(counts)
        self._polled_at = at
        self.filled.set()
        return News(frozenset(versions), frozenset(counts))

    async def _changed_topics(
        self, connection: AsyncConnection[Any], since: Mapping[str, datetime]
    ) -> dict[str, int]:
        cursor = await connection.execute(CHANGES_SINCE_SQL.encode(), since)
        rows = await cursor.fetchall()
        return {topic: version for topic, version, _ in rows if self._versions.get(topic) != version}

    async def _moved_counts(
        self, connection: AsyncConnection[Any], since: Mapping[str, datetime]
    ) -> dict[int, int]:
        cursor = await connection.execute(TALLIES, since)
        rows = await cursor.fetchall()
        return {petition: count for petition, count in rows if self.counts.get(petition) != count}
