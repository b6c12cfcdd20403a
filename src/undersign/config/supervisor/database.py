"""The embedded PostgreSQL under supervision."""

import asyncio

from undersign.config.supervisor.log import MergedLog
from undersign.foundation.postgres import EmbeddedServer
from undersign.foundation.postgres.errors import PostgresUnavailable

LOOK_EVERY = 1  # second
LONGEST_PAUSE = 30  # seconds between two attempts to start


async def keep_database_running(server: EmbeddedServer, log: MergedLog) -> None:
    """Start the server again when it ends by itself; runs until it is cancelled."""
    pause = LOOK_EVERY
    while True:
        await asyncio.sleep(pause)
        if server.pid is not None:
            pause = LOOK_EVERY
            continue
        log.write("undersign", "PostgreSQL ended by itself; starting it again.")
        try:
            # The executor's thread lives as long as the event loop, and so does the server it starts.
            await asyncio.to_thread(server.start)
        except PostgresUnavailable as error:
            log.write("undersign", str(error))
            pause = min(2 * pause, LONGEST_PAUSE)
        else:
            log.write("undersign", "PostgreSQL runs again.")
