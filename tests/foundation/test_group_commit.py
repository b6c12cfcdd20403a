"""Group commit against a real PostgreSQL: a deed is a row with a key and a name."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from undersign.foundation.group_commit import (
    Closing,
    DatabaseAway,
    GroupCommit,
    Limits,
    QueueFull,
    WriteFailed,
)

pytestmark = pytest.mark.anyio

TABLE = """
    DROP TABLE IF EXISTS deed;
    CREATE TABLE deed (
        key bigint PRIMARY KEY,
        name text NOT NULL CHECK (name <> 'mallory'),
        place bigint GENERATED ALWAYS AS IDENTITY
    )
"""
INSERT = "INSERT INTO deed (key, name) SELECT * FROM unnest(%s::bigint[], %s::text[]) ON CONFLICT DO NOTHING"

Connection = psycopg.AsyncConnection[Any]
Pool = AsyncConnectionPool[Connection]


class Deed(NamedTuple):
    key: int
    name: str


async def insert_deeds(connection: Connection, deeds: Sequence[Deed]) -> list[int]:
    await connection.execute(INSERT, [[deed.key for deed in deeds], [deed.name for deed in deeds]])
    return [deed.key for deed in deeds]


class CountingWatch:
    def __init__(self) -> None:
        self.sizes: list[int] = []

    def flushed(self, *, size: int, seconds: float, waiting: int) -> None:
        assert seconds > 0
        assert waiting >= 0
        self.sizes.append(size)


@pytest.fixture
async def pool(scratch_dsn: str) -> AsyncIterator[Pool]:
    autocommit = {"autocommit": True}
    async with AsyncConnectionPool(
        scratch_dsn, kwargs=autocommit, min_size=2, max_size=4, open=False
    ) as pool:
        async with pool.connection() as connection:
            await connection.execute(TABLE)
        yield pool


@asynccontextmanager
async def deeds_committed(
    pool: Pool,
    write: Callable[[Connection, Sequence[Deed]], Awaitable[list[int]]] = insert_deeds,
    *,
    watch: CountingWatch | None = None,
    **limits: Any,
) -> AsyncIterator[GroupCommit[Deed, int]]:
    async with GroupCommit(
        pool, write, sort_key=lambda deed: deed.key, limits=Limits(**limits), watch=watch
    ) as commit:
        yield commit


async def submit_all(commit: GroupCommit[Deed, int], deeds: Sequence[Deed]) -> list[int | BaseException]:
    return await asyncio.gather(*(commit.submit(deed) for deed in deeds), return_exceptions=True)


async def read(pool: Pool, query: str) -> list[Any]:
    """Read the first column over a connection of its own: those of the pool may have been cut."""
    async with await psycopg.AsyncConnection.connect(str(pool.conninfo)) as connection:
        return [row[0] for row in await (await connection.execute(query)).fetchall()]


async def names_in(pool: Pool) -> list[str]:
    return await read(pool, "SELECT name FROM deed ORDER BY key")


async def keys_in_order_of_writing(pool: Pool) -> list[int]:
    return await read(pool, "SELECT key FROM deed ORDER BY place")


async def disconnect(dsn: str, pids: Sequence[int] = ()) -> None:
    """Cut the connections of the server processes `pids`; of all but this one if none is given."""
    async with await psycopg.AsyncConnection.connect(dsn) as axe:
        await axe.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND (pid = ANY(%(pids)s) OR %(pids)s::int[] = '{}')",
            {"pids": list(pids)},
        )


async def test_every_submitter_gets_its_own_outcome(pool: Pool) -> None:
    async with deeds_committed(pool) as commit:
        deeds = [Deed(key, "alice") for key in range(500)]
        assert await submit_all(commit, deeds) == list(range(500))
    assert len(await names_in(pool)) == 500


async def test_what_waits_together_is_committed_together(pool: Pool) -> None:
    watch = CountingWatch()
    async with deeds_committed(pool, watch=watch, max_batch=100) as commit:
        await submit_all(commit, [Deed(key, "alice") for key in range(500)])
    assert watch.sizes == [100] * 5


async def test_rows_are_written_in_key_order_inside_a_batch(pool: Pool) -> None:
    keys = [(7 * key) % 150 for key in range(150)]
    async with deeds_committed(pool) as commit:
        await submit_all(commit, [Deed(key, "alice") for key in keys])
    assert await keys_in_order_of_writing(pool) == sorted(keys)


async def test_a_batch_waits_for_the_database_once(pool: Pool, tmp_path: Path) -> None:
    used: list[Connection] = []

    async def write_traced(connection: Connection, deeds: Sequence[Deed]) -> list[int]:
        connection.pgconn.trace(trace.fileno())
        used.append(connection)
        return await insert_deeds(connection, deeds)

    with (tmp_path / "trace").open("w+") as trace:
        async with deeds_committed(pool, write_traced) as commit:
            await submit_all(commit, [Deed(key, "alice") for key in range(10)])
        [connection] = used
        connection.pgconn.untrace()
        trace.seek(0)
        words = [line.rstrip().split("\t") for line in trace]
    sent = [kind for _, sender, _, kind, *_ in words if sender == "F"]
    assert sent.count("Bind") == 2  # the rows and COMMIT; BEGIN was before
    assert sent.count("Sync") == 1


async def test_an_outcome_is_told_only_after_the_commit(pool: Pool, scratch_dsn: str) -> None:
    async with (
        deeds_committed(pool) as commit,
        await psycopg.AsyncConnection.connect(scratch_dsn) as onlooker,
    ):
        await commit.submit(Deed(1, "alice"))
        row = await (await onlooker.execute("SELECT count(*) FROM deed")).fetchone()
        assert row == (1,)


async def test_one_bad_row_alone_gets_its_error(pool: Pool) -> None:
    names = ["alice"] * 120
    names[17] = "mallory"
    async with deeds_committed(pool) as commit:
        results = await submit_all(commit, [Deed(key, name) for key, name in enumerate(names)])
    refused = results.pop(17)
    assert isinstance(refused, psycopg.errors.CheckViolation)
    assert results == [key for key in range(120) if key != 17]
    assert await names_in(pool) == ["alice"] * 119


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        pytest.param("nul \x00", psycopg.DataError, id="nul"),
        pytest.param("surrogate \ud800", UnicodeEncodeError, id="surrogate"),
    ],
)
async def test_text_that_cannot_be_sent_fails_alone(pool: Pool, bad: str, error: type[Exception]) -> None:
    async with deeds_committed(pool) as commit:
        results = await submit_all(commit, [Deed(1, "alice"), Deed(2, bad), Deed(3, "bob")])
    assert isinstance(results[1], error)
    assert await names_in(pool) == ["alice", "bob"]


async def test_a_value_too_long_for_its_index_fails_alone(pool: Pool) -> None:
    """PostgreSQL reports it as 54000, which psycopg counts among lost connections."""
    async with pool.connection() as connection:
        await connection.execute("ALTER TABLE deed ALTER name SET STORAGE PLAIN")
        await connection.execute("CREATE INDEX ON deed (name)")
    async with deeds_committed(pool) as commit:
        results = await submit_all(commit, [Deed(1, "alice"), Deed(2, "x" * 5000), Deed(3, "bob")])
    assert isinstance(results[1], psycopg.errors.ProgramLimitExceeded)
    assert await names_in(pool) == ["alice", "bob"]


async def test_a_batch_of_bad_rows_refuses_each(pool: Pool) -> None:
    async with deeds_committed(pool) as commit:
        results = await submit_all(commit, [Deed(key, "mallory") for key in range(33)])
    assert all(isinstance(result, psycopg.errors.CheckViolation) for result in results)


async def test_a_fault_that_concerns_no_row_fails_the_batch_at_once(pool: Pool) -> None:
    async def write_nowhere(connection: Connection, deeds: Sequence[Deed]) -> list[int]:
        await connection.execute("INSERT INTO nowhere VALUES (1)")
        return [deed.key for deed in deeds]

    async with deeds_committed(pool, write_nowhere) as commit:
        results = await submit_all(commit, [Deed(key, "alice") for key in range(3)])
    assert all(isinstance(result, WriteFailed) for result in results)
    assert isinstance(results[0], WriteFailed)
    assert isinstance(results[0].__cause__, psycopg.errors.UndefinedTable)


async def test_a_writer_that_loses_outcomes_is_refused_and_rolled_back(pool: Pool) -> None:
    async def write_and_forget(connection: Connection, deeds: Sequence[Deed]) -> list[int]:
        return (await insert_deeds(connection, deeds))[1:]

    async with deeds_committed(pool, write_and_forget) as commit:
        results = await submit_all(commit, [Deed(1, "alice"), Deed(2, "bob")])
    assert all(isinstance(result, WriteFailed) for result in results)
    assert await names_in(pool) == []


async def test_a_deadlock_is_tried_again(pool: Pool) -> None:
    """Two batches lock two keys in opposite order and wait for each other: a true deadlock."""
    both_hold_one = asyncio.Barrier(2)
    tries = 0

    async def lock_crosswise(connection: Connection, deeds: Sequence[Deed]) -> list[int]:
        nonlocal tries
        tries += 1
        (deed,) = deeds
        locked = await connection.execute("SELECT pg_advisory_xact_lock(%s)", [deed.key])
        await locked.fetchone()  # statements travel together until somebody reads a result
        if tries <= 2:
            await both_hold_one.wait()
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", [3 - deed.key])
        return await insert_deeds(connection, deeds)

    async with deeds_committed(pool, lock_crosswise, max_batch=1, patience=30, submit_timeout=40) as commit:
        assert await submit_all(commit, [Deed(1, "alice"), Deed(2, "bob")]) == [1, 2]
    assert tries == 3
    assert await names_in(pool) == ["alice", "bob"]


async def test_a_conflict_that_never_ends_is_given_up(pool: Pool) -> None:
    tries = 0

    async def conflict(connection: Connection, deeds: Sequence[Deed]) -> list[int]:
        nonlocal tries
        tries += 1
        await connection.execute("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")
        return []

    async with deeds_committed(pool, conflict, conflict_tries=4) as commit:
        with pytest.raises(DatabaseAway):
            await commit.submit(Deed(1, "alice"))
    assert tries == 4


async def test_a_batch_whose_connection_is_cut_before_the_commit_is_written_once(
    pool: Pool, scratch_dsn: str
) -> None:
    cuts = 1

    async def cut_once(connection: Connection, deeds: Sequence[Deed]) -> list[int]:
        nonlocal cuts
        keys = await insert_deeds(connection, deeds)
        if cuts:
            cuts -= 1
            await disconnect(scratch_dsn, [connection.info.backend_pid])
        return keys

    async with deeds_committed(pool, cut_once) as commit:
        results = await submit_all(commit, [Deed(key, "alice") for key in range(50)])
    assert results == list(range(50))
    assert await keys_in_order_of_writing(pool) == list(range(50))


async def test_nothing_acknowledged_is_lost_while_connections_keep_being_cut(
    pool: Pool, scratch_dsn: str
) -> None:
    async def disconnect_often() -> None:
        for _ in range(8):
            await asyncio.sleep(0.05)
            await disconnect(scratch_dsn)

    async def submit_in_turn(commit: GroupCommit[Deed, int], start: int) -> list[int]:
        return [await commit.submit(Deed(key, "alice")) for key in range(start, start + 40)]

    async with deeds_committed(pool) as commit:
        cutting = asyncio.create_task(disconnect_often())
        told = await asyncio.gather(*(submit_in_turn(commit, 1000 * client) for client in range(20)))
        await cutting
    assert sorted(await keys_in_order_of_writing(pool)) == sorted(key for keys in told for key in keys)


async def test_a_database_that_stays_away_is_reported_within_the_patience(scratch_dsn: str) -> None:
    nowhere = psycopg.conninfo.make_conninfo(scratch_dsn, host="127.0.0.1", port="1")
    async with (
        AsyncConnectionPool[Connection](nowhere, min_size=0, max_size=2, timeout=0.2, open=False) as pool,
        deeds_committed(pool, patience=0.5, submit_timeout=3600) as commit,
    ):
        with pytest.raises(DatabaseAway):  # by the patience: the submitter itself would wait for an hour
            await commit.submit(Deed(1, "alice"))


async def test_once_the_database_is_known_to_be_away_nobody_waits_for_it(
    pool: Pool, scratch_dsn: str
) -> None:
    nowhere = psycopg.conninfo.make_conninfo(scratch_dsn, host="127.0.0.1", port="1")
    tries = 0

    async def count(connection: Connection, deeds: Sequence[Deed]) -> list[int]:
        nonlocal tries
        tries += 1
        return await insert_deeds(connection, deeds)

    async with (
        AsyncConnectionPool[Connection](nowhere, min_size=0, max_size=2, timeout=0.2, open=False) as there,
        deeds_committed(there, count, patience=0.5) as commit,
    ):
        with pytest.raises(DatabaseAway):
            await commit.submit(Deed(1, "alice"))
        for key in range(2, 200):
            with pytest.raises(DatabaseAway):
                await commit.submit(Deed(key, "bob"))
        assert tries == 0
        there.conninfo = scratch_dsn  # it is back
        await accepted(commit, Deed(200, "carol"))
    assert await names_in(pool) == ["carol"]


async def test_a_server_that_connects_but_cannot_write_is_not_waited_for_again(pool: Pool) -> None:
    is_full = True

    async def fill(connection: Connection, deeds: Sequence[Deed]) -> list[int]:
        if is_full:
            await connection.execute("DO $$ BEGIN RAISE SQLSTATE '53100'; END $$")
        return await insert_deeds(connection, deeds)

    async with deeds_committed(pool, fill, patience=2) as commit:
        for key in range(5):
            with pytest.raises(DatabaseAway):
                await commit.submit(Deed(key, "alice"))
            await asyncio.sleep(0.05)
        is_full = False
        await accepted(commit, Deed(5, "bob"))
    assert await names_in(pool) == ["bob"]


async def accepted(commit: GroupCommit[Deed, int], deed: Deed) -> None:
    """Submit again and again, as people do who are told to try later."""
    async with asyncio.timeout(20):
        while True:
            with suppress(DatabaseAway):
                await commit.submit(deed)
                return
            await asyncio.sleep(0.05)


async def test_a_submitter_waits_no_longer_than_its_timeout(pool: Pool) -> None:
    may_write = asyncio.Event()

    async def stall(connection: Connection, deeds: Sequence[Deed]) -> list[int]:
        await may_write.wait()
        return await insert_deeds(connection, deeds)

    async with deeds_committed(pool, stall, submit_timeout=0.1) as commit:
        with pytest.raises(DatabaseAway):
            await commit.submit(Deed(1, "alice"))
        may_write.set()
    assert await names_in(pool) == ["alice"]


async def test_beyond_the_bound_nothing_is_queued(pool: Pool) -> None:
    async with deeds_committed(pool, max_queue=10) as commit:
        results = await submit_all(commit, [Deed(key, "alice") for key in range(15)])
    assert results[:10] == list(range(10))
    assert all(isinstance(result, QueueFull) for result in results[10:])
    assert QueueFull.retry_after > 0


async def test_items_gather_when_a_batch_has_just_begun(pool: Pool) -> None:
    watch = CountingWatch()
    async with deeds_committed(pool, watch=watch, gather=1.0) as commit:
        await commit.submit(Deed(0, "alice"))
        others = []
        for key in range(1, 6):
            others.append(asyncio.create_task(commit.submit(Deed(key, "bob"))))
            await asyncio.sleep(0.02)
        assert await asyncio.gather(*others) == [1, 2, 3, 4, 5]
    assert watch.sizes == [1, 5]


async def test_enough_items_do_not_wait_for_more(pool: Pool) -> None:
    async with deeds_committed(pool, gather=300, worth_another=3) as commit, asyncio.timeout(60):
        await commit.submit(Deed(0, "alice"))
        assert await submit_all(commit, [Deed(key, "bob") for key in (1, 2, 3)]) == [1, 2, 3]


async def test_who_waits_for_others_is_written_at_once_when_the_process_stops(pool: Pool) -> None:
    async with asyncio.timeout(60), deeds_committed(pool, gather=300) as commit:
        await commit.submit(Deed(0, "alice"))
        waiting = asyncio.create_task(commit.submit(Deed(1, "bob")))
        await asyncio.sleep(0)
    assert await waiting == 1


async def test_those_who_left_free_their_places(pool: Pool) -> None:
    async with deeds_committed(pool, max_queue=10, flushers=0) as commit:
        leavers = [asyncio.create_task(commit.submit(Deed(key, "trudy"))) for key in range(10)]
        await asyncio.sleep(0)
        for leaver in leavers:
            leaver.cancel()
        await asyncio.gather(*leavers, return_exceptions=True)
        stayer = asyncio.create_task(commit.submit(Deed(11, "alice")))
        await asyncio.sleep(0)
        assert not stayer.done()
        stayer.cancel()


async def test_a_client_that_leaves_does_not_disturb_the_batch(pool: Pool) -> None:
    is_writing = asyncio.Event()

    async def write_slowly(connection: Connection, deeds: Sequence[Deed]) -> list[int]:
        is_writing.set()
        await asyncio.sleep(0.05)
        return await insert_deeds(connection, deeds)

    async with deeds_committed(pool, write_slowly) as commit:
        submitters = [asyncio.create_task(commit.submit(Deed(key, "alice"))) for key in range(5)]
        await is_writing.wait()
        submitters[2].cancel()
        results = await asyncio.gather(*submitters, return_exceptions=True)
    assert isinstance(results.pop(2), asyncio.CancelledError)
    assert results == [0, 1, 3, 4]
    assert len(await names_in(pool)) == 5


async def test_closing_finishes_what_is_queued_and_refuses_the_rest(pool: Pool) -> None:
    async with deeds_committed(pool, max_batch=3) as commit:
        submitters = [asyncio.create_task(commit.submit(Deed(key, "alice"))) for key in range(20)]
        await asyncio.sleep(0)
        closing = asyncio.create_task(commit.close())
        await asyncio.sleep(0)
        with pytest.raises(Closing):
            await commit.submit(Deed(99, "bob"))
        await closing
        assert await asyncio.gather(*submitters) == list(range(20))


async def test_the_same_deed_twice_in_one_batch_is_written_once(pool: Pool) -> None:
    async with deeds_committed(pool) as commit:
        assert await submit_all(commit, [Deed(1, "alice"), Deed(1, "alice")]) == [1, 1]
    assert await names_in(pool) == ["alice"]


async def test_others_have_their_turn_after_every_batch(pool: Pool) -> None:
    finished: list[int | BaseException] = []
    jumps: list[int] = []

    async def submit(commit: GroupCommit[Deed, int], deed: Deed) -> None:
        finished.append(await commit.submit(deed))

    async def feel_the_pulse() -> None:
        while True:
            before = len(finished)
            await asyncio.sleep(0)
            jumps.append(len(finished) - before)

    async with deeds_committed(pool, max_batch=100, flushers=2) as commit:
        pulse = asyncio.create_task(feel_the_pulse())
        await asyncio.gather(*(submit(commit, Deed(key, "alice")) for key in range(3000)))
        pulse.cancel()
    assert len(finished) == 3000
    assert max(jumps) <= 200
