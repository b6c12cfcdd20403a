"""undersign keys: what is in the keys file, and replacing sealing and index keys."""

import asyncio
import time
from datetime import UTC, datetime

import click
from django.conf import settings

from undersign.config.database import database_available, say
from undersign.config.doctor.keys import key_ids_in_use
from undersign.config.intake import intake_is_empty
from undersign.config.progress import progress_bar
from undersign.config.reindexing import by_organisation, fill_all, merge_all, next_index_key, swap
from undersign.config.resealing import reseal
from undersign.foundation.keys import (
    KeyRing,
    KeysError,
    load_keys,
    prepare_sealing_key,
    remove_sealing_key,
    use_sealing_key,
)
from undersign.foundation.keys.watch import LOOK_EVERY
from undersign.foundation.sealing import SealBroken
from undersign.supporters.errors import EpochStateError
from undersign.supporters.models import IndexEpoch
from undersign.supporters.services.epochs import epoch_begin, epoch_filling

PATIENCE = 5 * LOOK_EVERY  # seconds in which every process has read a new keys file


@click.group(name="keys")
def command() -> None:
    """Look at the keys of this instance, and replace them."""


@command.command(name="list")
@database_available()
def list_() -> None:
    """Show the sealing keys, how many values each seals, and the index epochs."""
    try:
        ring = load_keys(settings.KEYS_FILE)
    except KeysError as error:
        raise click.ClickException(str(error)) from error
    used, _ = key_ids_in_use(is_exact=True)
    for key in ring.sealing_keys:
        state = "current" if key.key_id == ring.current_sealing_id else "opens only"
        count = sum(used.get(key.key_id.hex(), {}).values())
        click.echo(f"sealing  {key.key_id.hex()}  {state:<10}  {key.created_at:%Y-%m-%d}  {count:,} values")
    states = dict(IndexEpoch.objects.values_list("number", "state"))
    for epoch in ring.index_epochs:
        state = states.get(epoch.index_key.epoch, "not begun")
        click.echo(f"index    {epoch.index_key.epoch:>8}  {state:<10}  {epoch.created_at:%Y-%m-%d}")


@command.command()
@click.option("--continue", "is_continued", is_flag=True, help="Go on sealing anew; make no other key.")
@click.option("--remove-old", is_flag=True, help="At the end take keys that seal nothing out of the file.")
@database_available()
def rotate(*, is_continued: bool, remove_old: bool) -> None:
    """Make a new sealing key and seal everything with it, while the site runs.

    It may be stopped at any time; --continue goes on. Web and worker processes read a changed keys file
    within a second. Where several machines have copies of it, see docs/mechanisms/keys.md first.
    """
    path = settings.KEYS_FILE
    try:
        if not is_continued:
            fresh = prepare_sealing_key(path, at=datetime.now(UTC))
            say(f"The key {fresh.key_id.hex()} is in {path}. Waiting until every process has it …")
            time.sleep(PATIENCE)
            use_sealing_key(path, key_id=fresh.key_id)
            time.sleep(PATIENCE)
        _reseal_all()
        if remove_old:
            _remove_unused()
    except (KeysError, SealBroken) as error:
        raise click.ClickException(f"{error} What is sealed anew already stays so.") from error
    say(f"Done. Keep a new copy of {path}; backups made before need the old one.")


@command.command()
@click.option("--continue", "is_continued", is_flag=True, help="Go on with the epoch that is being filled.")
@click.option("--merge", "is_merging", is_flag=True, help="Join supporters who turn out to be one mailbox.")
@database_available()
def reindex(*, is_continued: bool, is_merging: bool) -> None:
    """Make a new index key, by which people are found, and use it for everybody, while the site runs.

    It may be stopped at any time; --continue goes on. Where two supporters turn out to have one mailbox, it
    says how many and stops before anything changes for them, with exit status 1, unless --merge is given.
    docs/mechanisms/keys.md says what merging does, and what to mind on several machines.
    """
    try:
        if not is_continued:
            _begin_epoch()
        ring = load_keys(settings.KEYS_FILE)
        _merge_or_stop(ring, is_merging=is_merging)
        number = swap(ring, at=datetime.now(UTC))
    except (KeysError, SealBroken, EpochStateError) as error:
        raise click.ClickException(f"{error} What is done stays; go on with --continue.") from error
    say(f"Done: everybody is looked up under epoch {number}. Keep a new copy of {settings.KEYS_FILE}.")


def _begin_epoch() -> None:
    if epoch_filling() is not None:
        raise click.ClickException("An index epoch is being filled already: go on with --continue.")
    fresh = next_index_key(settings.KEYS_FILE, at=datetime.now(UTC))
    say(f"The key of epoch {fresh.epoch} is in the keys file. Waiting until every process has it …")
    time.sleep(PATIENCE)
    epoch_begin(index_key=fresh, at=datetime.now(UTC))


def _merge_or_stop(ring: KeyRing, *, is_merging: bool) -> None:
    """Fill, and merge for as long as that leaves somebody over. Raises ClickException where it may not."""
    while pairs := fill_all(ring):
        for name, count in by_organisation(pairs).items():
            say(f"{name}: {count:,} supporters have the mailbox of another one.")
        if not is_merging:
            raise click.ClickException(
                "Nothing is changed for anybody yet. To join them and go on: --continue --merge."
            )
        removed = merge_all(pairs, ring, at=datetime.now(UTC))
        say(f"They are joined; {removed:,} double signatures were removed, and the counts follow.")


def _reseal_all() -> None:
    """Go through everything, and again for what was locked or came in meanwhile, until nothing is left."""
    ring = load_keys(settings.KEYS_FILE)
    left = _old_values(ring.current_sealing_id)
    done = 0
    with progress_bar("Sealed anew", total=left) as progress:
        while left:
            for batch in reseal(ring):
                done += batch.count
                progress(done)
            left = _old_values(ring.current_sealing_id)
            if left:
                time.sleep(LOOK_EVERY)  # locked now, or written by somebody who has yet to see the new key
    say(f"{done:,} values were sealed anew.")


def _remove_unused() -> None:
    """Take keys that seal nothing out of the file. Raises ClickException while a stream may need them."""
    if settings.INTAKE is not None and not asyncio.run(intake_is_empty(settings.INTAKE)):
        raise click.ClickException("Something sealed waits in the stream of the intake: no key is removed.")
    ring = load_keys(settings.KEYS_FILE)
    used, _ = key_ids_in_use(is_exact=True)
    for key in ring.sealing_keys:
        if key.key_id != ring.current_sealing_id and key.key_id.hex() not in used:
            remove_sealing_key(settings.KEYS_FILE, key_id=key.key_id)
            say(f"The key {key.key_id.hex()} is out of the file.")


def _old_values(current: bytes) -> int:
    used, _ = key_ids_in_use(is_exact=True)
    return sum(sum(tables.values()) for key_id, tables in used.items() if key_id != current.hex())
