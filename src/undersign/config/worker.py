"""The worker: one process that mails, folds tallies, keeps partitions and runs scheduled jobs.

Everything here can run in several processes at once: mails are claimed, folding holds an advisory lock, and
Procrastinate defers each periodic task once for each time.
"""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import close_old_connections, connection
from procrastinate.contrib.django import app as jobs
from procrastinate.contrib.django.utils import connector_params
from psycopg import AsyncConnection

from undersign.config.intake import intake_loops
from undersign.foundation.keys import KeyRing
from undersign.foundation.keys.watch import LOOK_EVERY, KeysWatch
from undersign.foundation.loops import Loop, LoopRunner
from undersign.foundation.sealing import Sealer
from undersign.foundation.tokens import TokenSigner
from undersign.messaging.outgoing import House
from undersign.messaging.queries.outbox import outbox_age_report
from undersign.messaging.senders.transport import Transport
from undersign.messaging.services.abandoned import AbandonedClaims
from undersign.messaging.services.drain import outbox_drain
from undersign.messaging.services.post_office import PostOffice
from undersign.moderation.name_servers import SystemNameServers
from undersign.moderation.services.domains import domains_forget, domains_look_up
from undersign.signing.letters import ConfirmationComposer
from undersign.signing.queries.paused_mail import petitions_with_paused_mail
from undersign.signing.services.partitions import partitions_keep
from undersign.signing.services.proofs import proofs_forget
from undersign.signing.services.retention import retention_enforce
from undersign.signing.services.tallies import tallies_fold

log = structlog.get_logger()

JOBS_BACK_OFF = 5.0  # seconds
# A job may take this long to end by itself when the worker is told to stop.
JOBS_GRACE = 20.0


def clock() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


async def connect() -> AsyncConnection[Any]:
    """Open a connection of a loop's own, committing each statement."""
    return await AsyncConnection.connect(**connector_params(), autocommit=True)


def mail_backend() -> BaseEmailBackend:
    """Make Django's mail backend, in the transport's thread, where nobody else minds Django's connection."""
    close_old_connections()
    backend: BaseEmailBackend = get_connection()
    return backend


def post_office(ring: KeyRing, executor: Executor, stop: asyncio.Event) -> PostOffice:
    """Wire what the outbox needs from the settings and the keys."""
    confirmations = ConfirmationComposer(
        sealer=Sealer(ring),
        tokens=TokenSigner(ring),
        base_url=settings.BASE_URL,
        first_locale=settings.LANGUAGE_CODE,
    )
    return PostOffice(
        composers={"confirm": confirmations},
        paused_petitions=petitions_with_paused_mail,
        transport=Transport(mail_backend),
        executor=executor,
        house=House(settings.MAIL_FROM, frozenset(settings.MAIL_DOMAINS)),
        index_keys=ring.index_keys,
        clock=clock,
        is_closing=stop.is_set,
    )


def loops(office: PostOffice, sealer: Sealer) -> Sequence[Loop]:
    """Name everything that goes round in the worker; add new loops here."""
    abandoned = AbandonedClaims()
    return (
        *(_look_ups(sealer) if settings.MAIL_DOMAIN_LOOK_UPS else ()),
        Loop("mail", lambda connection, _at: outbox_drain(connection, office=office), rest=0.5),
        Loop("abandoned mails", lambda connection, at: abandoned.give_back(connection, at=at), rest=7),
        Loop("tallies", lambda connection, at: tallies_fold(connection, at=at), rest=0.5),
        Loop("partitions", _keep_partitions, rest=3600),
        Loop("outbox age", outbox_age_report, rest=15),
        Loop("retention", lambda _connection, at: _keep_retention(at, office), rest=6 * 3600),
    )


def _look_ups(sealer: Sealer) -> Sequence[Loop]:
    """Look up mail domains, which asks the name servers of this machine."""
    servers = SystemNameServers()
    return (
        Loop(
            "mail domains",
            lambda connection, at: domains_look_up(connection, servers=servers, sealer=sealer, at=at),
            rest=10,
        ),
    )


async def _keep_partitions(connection: AsyncConnection[Any], at: datetime) -> int:
    await proofs_forget(connection, at=at)
    await domains_forget(connection, at=at)
    await partitions_keep(connection, at=at)  # last: it may have to give way
    return 0


async def _keep_retention(at: datetime, office: PostOffice) -> int:
    """Forget who is due, in a thread with a connection of its own: a million signatures take minutes."""
    await asyncio.to_thread(_keep_retention_in_thread, at, office.is_closing)
    return 0


def _keep_retention_in_thread(at: datetime, is_closing: Callable[[], bool]) -> None:
    try:
        retention_enforce(at=at, is_closing=is_closing)
    finally:
        connection.close()


async def work(stop: asyncio.Event) -> None:
    """Run every loop and the jobs until `stop` is set and what is in hand is done."""
    watch = KeysWatch(settings.KEYS_FILE)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(jobs_run(stop), name="jobs")  # each job reads the keys for itself
        while not stop.is_set():
            await _work_with(watch, stop)


async def _work_with(watch: KeysWatch, stop: asyncio.Event) -> None:
    """Run the loops with one set of keys: until `stop`, or until the keys file is replaced."""
    done = asyncio.Event()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail") as executor:
        office = post_office(watch.ring, executor, done)
        try:
            async with intake_loops(Sealer(watch.ring)) as intake, asyncio.TaskGroup() as tasks:
                for loop in (*loops(office, Sealer(watch.ring)), *intake):
                    tasks.create_task(LoopRunner(loop, connect, clock, done).run(), name=loop.name)
                tasks.create_task(_stop_or_new_keys(watch, stop, done), name="keys")
        finally:
            await office.in_thread(office.transport.close)


async def _stop_or_new_keys(watch: KeysWatch, stop: asyncio.Event, done: asyncio.Event) -> None:
    while not stop.is_set() and not watch.look():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), timeout=LOOK_EVERY)
    done.set()


async def jobs_run(stop: asyncio.Event) -> None:
    """Run Procrastinate's worker, again and again while the database is away."""
    while not stop.is_set():
        running = asyncio.create_task(_jobs_once())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not running.done():
            running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await _logged(running)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), timeout=JOBS_BACK_OFF)


async def _logged(running: asyncio.Task[None]) -> None:
    try:
        await running
    except Exception as error:
        log.warning("jobs_failed", wait=JOBS_BACK_OFF, exc_info=error)


async def _jobs_once() -> None:
    with jobs.replace_connector(jobs.connector.get_worker_connector()) as app:  # type: ignore[attr-defined]
        async with app.open_async():
            await app.run_worker_async(
                name="undersign",
                install_signal_handlers=False,
                delete_jobs="successful",
                shutdown_graceful_timeout=JOBS_GRACE,
            )


async def run_until_signalled() -> None:
    """Work until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    running_loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        running_loop.add_signal_handler(number, stop.set)
    log.info("worker_started")
    await work(stop)
    log.info("worker_stopped")
