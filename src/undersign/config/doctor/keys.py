"""The keys: readable, and all there that anything in the database needs."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from psycopg import sql

from undersign.config.doctor.findings import Examination, Finding, fail, ok, rows, warn
from undersign.config.sealed_columns import SEALED_COLUMNS, SealedColumn
from undersign.foundation.keys import KeyRing, KeysError, KeyUnknown, load_keys
from undersign.supporters.mailbox_rules import ALIAS_RULES_VERSION
from undersign.supporters.models import IndexEpoch

# Reading the key ids of two million values takes about a second; beyond, about this many are sampled.
LOOKED_AT = 2_000_000

KEY_IDS = """
SELECT encode(substring({column} FROM 2 FOR 4), 'hex'), count(*) FROM {table} {sample}
WHERE {column} IS NOT NULL GROUP BY 1
"""
ESTIMATE = """
SELECT coalesce(sum(c.reltuples), 0)::bigint FROM pg_class c
WHERE c.oid IN (SELECT relid FROM pg_partition_tree(%s::regclass) WHERE isleaf UNION SELECT %s::regclass)
AND c.relkind = 'r'
"""


def file(examination: Examination) -> Iterator[Finding]:
    """Require that the keys file can be read by us alone and understood."""
    try:
        ring = load_keys(examination.keys_file)
    except KeysError as error:
        yield fail("keys file", str(error))
        return
    keys = (
        f"{len(ring.sealing_keys)} sealing, {len(ring.index_keys)} index, {len(ring.token_keys)} token keys"
    )
    yield ok("keys file", f"{examination.keys_file}: {keys}")


def sealing(examination: Examination) -> Iterator[Finding]:
    """Require every key that seals a value in the database."""
    ring = _ring(examination)
    if ring is None:
        return
    used, is_sampled = key_ids_in_use(is_exact=examination.is_exact)
    known = {key.key_id.hex() for key in ring.sealing_keys}
    for key_id in sorted(used.keys() - known):
        where = ", ".join(f"{count:,} in {table}" for table, count in used[key_id].items())
        yield fail("sealing keys", f"the key {key_id} is not in the keys file, and seals {where}.")
    if not used.keys() - known:
        how = "of those sampled; --exact looks at all" if is_sampled else "of all values"
        yield ok("sealing keys", f"{len(used)} in use, all in the keys file ({how})")
    old = used.keys() & known - {ring.current_sealing_id.hex()}
    if old:
        yield ok("sealing keys", f"{len(old)} older in use: `undersign keys rotate --continue` seals anew.")


def epochs(examination: Examination) -> Iterator[Finding]:
    """Require the key of every index epoch in the database, and our rules for the live one."""
    ring = _ring(examination)
    if ring is None:
        return
    stored = {epoch.number: epoch for epoch in IndexEpoch.objects.all()}
    for number in sorted(stored):
        try:
            ring.index_key(number)
        except KeyUnknown:
            yield fail("index epochs", f"the key of epoch {number} is not in the keys file.")
    live = next((e for e in stored.values() if e.state == IndexEpoch.State.LIVE), None)
    if live is None:
        yield fail("index epochs", "none is live: nobody can be looked up.")
    elif live.alias_rules_version != ALIAS_RULES_VERSION:
        yield fail(
            "address rules",
            f"epoch {live.number} has version {live.alias_rules_version}, "
            f"this release {ALIAS_RULES_VERSION}. "
            "Use the release that made it.",
        )
    else:
        yield ok("index epochs", f"epoch {live.number} is live, address rules version {ALIAS_RULES_VERSION}")
    if any(epoch.state == IndexEpoch.State.FILLING for epoch in stored.values()):
        yield warn("index epochs", "one is being filled.")


def key_ids_in_use(*, is_exact: bool) -> tuple[Mapping[str, Mapping[str, int]], bool]:
    """Tell how often each sealing key (hexadecimal) is used in which table, and whether by a sample."""
    used: defaultdict[str, dict[str, int]] = defaultdict(dict)
    is_sampled = False
    for column in SEALED_COLUMNS:
        [[estimate]] = rows(ESTIMATE, column.table, column.table)
        sample: sql.Composable = sql.SQL("")
        if estimate > LOOKED_AT and not is_exact:
            percent = 100 * LOOKED_AT / estimate
            sample, is_sampled = sql.SQL("TABLESAMPLE SYSTEM ({})").format(sql.Literal(percent)), True
        for key_id, count in rows(_statement(column, sample)):
            used[key_id][column.table] = count
    return used, is_sampled


def _statement(column: SealedColumn, sample: sql.Composable) -> sql.Composed:
    return sql.SQL(KEY_IDS).format(**column.names, sample=sample)


def _ring(examination: Examination) -> KeyRing | None:
    """Load the keys; what is wrong with them is told once, by `file`."""
    try:
        return load_keys(examination.keys_file)
    except KeysError:
        return None
