"""Putting one web process together: keys, pool, queues, board, cache."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import structlog
from django.conf import settings
from psycopg import AsyncConnection, Error
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from undersign.config.connections import LentLately, conninfo
from undersign.config.intake import open_intake
from undersign.config.screening import keep_screen, screen_make
from undersign.foundation.group_commit import Breaker, GroupCommit
from undersign.foundation.keys import KeyRing, KeyUnknown
from undersign.foundation.keys.watch import LOOK_EVERY, KeysWatch
from undersign.foundation.metrics import CacheReport, CommitWatch
from undersign.foundation.networks import Proxies
from undersign.foundation.page_cache import PageCache
from undersign.foundation.tokens import TokenSigner
from undersign.signing.identity import SigningKeys, signing_keys
from undersign.signing.services.candidates import Confirmation
from undersign.signing.services.confirmations import Outcome, signatures_confirm
from undersign.web.front_door.board import Board
from undersign.web.front_door.desk import Desk, KeysInHand, Pool
from undersign.web.front_door.kept_board import KeptBoard
from undersign.web.front_door.live import board_begin, keep_current

logger = structlog.get_logger(__name__)

# Two flushers for each queue, one connection for the board, one to spare.
CONNECTIONS = 6
TRY_FOR = 2.0  # seconds
# Seconds that a thread may keep the interpreter while another waits for it. The server hands requests in and
# takes answers out from threads of its own; with the default of 0.005 each of these steps may wait that long.
TURN = 0.0005


@asynccontextmanager
async def open_desk(cache: PageCache) -> AsyncIterator[Desk]:
    """Open what the front door works with, and close it in order: what was accepted is still written."""
    watch = KeysWatch(settings.KEYS_FILE)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(cache.close)
        pool = await stack.enter_async_context(_pool())
        breaker = Breaker(pool)
        in_hand = KeysInHand(SigningKeys.of_newest_epoch(watch.ring), TokenSigner(watch.ring))
        screen = screen_make(watch.ring)
        desk = Desk(
            board=Board(),
            pool=pool,
            attempts=await stack.enter_async_context(
                open_intake(pool, breaker, lambda: in_hand.signing.sealer)
            ),
            confirmations=await stack.enter_async_context(_confirmations(pool, in_hand, breaker)),
            screen=screen,
            in_hand=in_hand,
            cache=cache,
            trusted_proxies=Proxies(settings.TRUSTED_PROXIES),
            clock=lambda: datetime.now(UTC),
        )
        kept = KeptBoard(settings.DATA_DIR / "board.json")
        current = asyncio.create_task(keep_current(desk, kept=kept, report=CacheReport(cache.counts)))
        stack.push_async_callback(_cancelled, current)
        await asyncio.gather(_learn_epoch(in_hand, watch.ring, pool), board_begin(desk.board, kept=kept))
        stack.push_async_callback(_cancelled, asyncio.create_task(_keep_keys(in_hand, watch, pool)))
        stack.push_async_callback(_cancelled, asyncio.create_task(keep_screen(screen, watch, pool)))
        garbage_settle()
        sys.setswitchinterval(TURN)
        yield desk


def garbage_settle() -> None:
    """Spare the collector what stays for ever: Django, Wagtail and what they imported, 200,000 objects.

    It would walk through them again and again while requests come and go, and hold everybody up for a tenth
    of a second each time. What requests leave behind is mostly freed without it, so it may come less often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


async def _keep_keys(in_hand: KeysInHand, watch: KeysWatch, pool: Pool) -> None:
    """Take a new keys file, and another live index epoch, into use within a second."""
    while True:
        await asyncio.sleep(LOOK_EVERY)
        if watch.look():
            in_hand.tokens = TokenSigner(watch.ring)
            in_hand.signing = in_hand.signing.with_ring(watch.ring)
            logger.info("keys.replaced")
        # While the database is away nothing is written, and each batch looks for itself.
        with suppress(Error, PoolTimeout, KeyUnknown):
            async with pool.connection(timeout=LOOK_EVERY) as connection:
                in_hand.signing = await signing_keys(connection, watch.ring)


def _confirmations(pool: Pool, in_hand: KeysInHand, breaker: Breaker) -> GroupCommit[Confirmation, Outcome]:
    def confirm(
        connection: AsyncConnection[Any], batch: Sequence[Confirmation]
    ) -> Coroutine[Any, Any, list[Outcome]]:
        return signatures_confirm(connection, batch, keys=in_hand.signing)

    watch = CommitWatch("confirmations")
    return GroupCommit(pool, confirm, sort_key=lambda c: c.attempt_id.bytes, watch=watch, breaker=breaker)


def _pool() -> Pool:
    return AsyncConnectionPool(
        conninfo(),
        kwargs={"autocommit": True},  # as group commit needs it
        connection_class=AsyncConnection[Any],
        min_size=2,
        max_size=CONNECTIONS,
        open=False,
        check=LentLately(),
        # By default each try waits twice as long as the one before, so that after a minute without the
        # database the next one is a minute away. Whoever asks for a connection makes it try anew.
        reconnect_timeout=TRY_FOR,
    )


async def _learn_epoch(in_hand: KeysInHand, ring: KeyRing, pool: Pool) -> None:
    """Ask the database which index epoch is live; without it, the newest one is used."""
    try:
        async with pool.connection(timeout=1) as connection:
            in_hand.signing = await signing_keys(connection, ring)
    except (Error, PoolTimeout, KeyUnknown):
        logger.warning("keys.epoch_unknown")


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
