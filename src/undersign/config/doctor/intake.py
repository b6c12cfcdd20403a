"""The intake: a stream that is there, whole, and written from without delay."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import nats.errors
from django.conf import settings

from undersign.config.doctor.findings import Examination, Finding, fail, ok, warn
from undersign.config.intake import intake_state
from undersign.foundation.jetstream.streams import StreamState

SLOW, STUCK = timedelta(minutes=1), timedelta(hours=1)


def intake(examination: Examination) -> Iterator[Finding]:
    """Tell what waits in the stream and for how long, and whether it keeps what it acknowledges."""
    if settings.INTAKE is None:
        yield ok("intake", "PostgreSQL itself")
        return
    try:
        state = asyncio.run(intake_state(settings.INTAKE))
    except (nats.errors.Error, OSError) as error:  # time-outs are OSErrors
        yield fail("intake", f"the stream does not answer: {type(error).__name__}.")
        return
    yield _waiting(state, examination)
    yield from _weaknesses(state)
    if state.dead:
        yield fail("intake", f"{state.dead:,} messages were put aside. The worker's log says why.")


def _waiting(state: StreamState, examination: Examination) -> Finding:
    age = examination.at - state.oldest_at if state.oldest_at else timedelta()
    said = f"{state.waiting:,} messages wait, the oldest for {max(age.total_seconds(), 0):.0f} s"
    if age > STUCK:
        return fail("intake", f"{said}. Is a worker running, and does the database answer?")
    return (warn if age > SLOW else ok)("intake", said)


def _weaknesses(state: StreamState) -> Iterator[Finding]:
    if state.replicas < state.wanted_replicas:
        yield warn("intake", f"{state.replicas} of {state.wanted_replicas} replicas are up to date.")
    if state.wanted_replicas < 3:
        yield warn("intake", f"{state.wanted_replicas} replicas: a lost server may lose signatures.")
    if not state.is_on_disk or not state.is_bounded:
        yield fail("intake", "the stream is kept in memory, or drops old messages when it is full.")
