"""The siege itself, inside a process that has the settings of the besieged instance."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from time import monotonic
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from procrastinate.contrib.django.utils import connector_params
from psycopg import AsyncConnection

from undersign.campaigns.models import Petition
from undersign.config.progress import Advance, progress_bar
from undersign.config.siege.attacks import AT_NIGHT, ATTACKS, Attack, Raid, at_night
from undersign.config.siege.client import Client
from undersign.config.siege.counting import came_through, confirmed_of
from undersign.config.siege.crowds import each
from undersign.config.siege.defence import Moderator
from undersign.config.siege.felt import honest_felt
from undersign.config.siege.journeys import Door, Visit, door_open
from undersign.config.siege.people import Person, honest_people
from undersign.config.siege.report import Report
from undersign.foundation.keys import KeyRing, load_keys
from undersign.signing.queries.counts import counts_differing, counts_shown
from undersign.signing.services.tallies import tallies_fold

SLUG = "do-not-sell-us-out"  # of the demo
Say = Callable[[str], None]
Item = TypeVar("Item")
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Size:
    """How big a siege is: honest people, how many of them confirm, and the unit of attacks."""

    form: str
    honest: int
    confirming: float
    attack: int


SHORT = Size("short", honest=300, confirming=1.0, attack=100)
# Four of five honest people are in crowded networks: 100,000.
LONG = Size("long", honest=126_000, confirming=0.2, attack=2_000)
MOST_REQUESTS = 64
SECONDS_UNTIL_SHOWN = 10
VISITOR = "192.0.2.1"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the part that goes over HTTP. Everybody honest came before `night`."""

    raids: Sequence[Raid]
    visits: Sequence[tuple[str, Visit]]
    confirmed: frozenset[UUID]
    night: datetime


def siege_run(*, size: Size, url: str, say: Say) -> Report:
    """Attack the instance at `url`, whose settings are ours, and defend it."""
    began, ring = monotonic(), load_keys(settings.KEYS_FILE)
    petition = Petition.objects.select_related("organisation").get(slug=SLUG)
    outcome = asyncio.run(_attack(size, url, petition.pk, ring, say))
    say("The moderator looks.")
    attacks = [came_through(raid) for raid in outcome.raids]
    felt = honest_felt(outcome.visits)
    finders = Moderator(petition, ring, outcome.confirmed, outcome.night).clear()
    asyncio.run(_fold())
    attempts = [attempt_id for raid in outcome.raids if not raid.are_victims for attempt_id in raid.attempts]
    recounted = {found.slug: found.recounted for found in counts_differing()}.get(
        petition.slug, counts_shown([petition.pk])[petition.pk]
    )
    return Report(
        form=size.form,
        seconds=round(monotonic() - began, 1),
        attacks=attacks,
        honest=felt,
        finders=finders,
        honest_confirmed=len(outcome.confirmed),
        honest_left=confirmed_of(outcome.confirmed),
        left_of_attacks=confirmed_of(attempts),
        count_shown=asyncio.run(_count_shown(url, recounted)),
        count_recounted=recounted,
    )


async def _attack(size: Size, url: str, petition_id: int, ring: KeyRing, say: Say) -> Outcome:
    """Have honest people come while one attack follows the other, and a last one when they are gone."""
    client = Client(url, most=MOST_REQUESTS)
    try:
        door = await door_open(client, path=f"/p/{SLUG}/", petition_id=petition_id, ring=ring)
        honest = asyncio.create_task(_honest(door, size))
        raids = [await _raided(attack, door, share * size.attack, say) for attack, share in ATTACKS]
        visits, confirmed = await honest
        night = datetime.now(UTC)
        raids.append(await _raided(at_night, door, AT_NIGHT * size.attack, say))
        return Outcome(raids, visits, confirmed, night)
    finally:
        await client.close()


async def _raided(attack: Attack, door: Door, number: float, say: Say) -> Raid:
    raid = await attack(door, max(1, round(number)))
    say(f"{raid.name}: {raid.sent:,} sent, {len(raid.attempts):,} stored")
    return raid


async def _honest(door: Door, size: Size) -> tuple[Sequence[tuple[str, Visit]], frozenset[UUID]]:
    async def sign(place_and_person: tuple[str, Person]) -> tuple[str, Visit]:
        place, person = place_and_person
        return place, await door.sign(person)

    with progress_bar("Honest people who signed", total=size.honest) as progress:
        visits = await each(honest_people(size.honest), _counted(sign, progress))
    dice = random.Random(2)  # noqa: S311 -- the same at every siege
    stored = [visit for _place, visit in visits if visit.attempt_id and dice.random() < size.confirming]

    async def press(visit: Visit) -> tuple[UUID | None, str]:
        assert visit.attempt_id is not None  # noqa: S101 -- only what was stored has a mail
        return visit.attempt_id, await door.confirm(door.link(visit.attempt_id), visit.person.address)

    with progress_bar("Honest people who confirmed", total=len(stored)) as progress:
        outcomes = await each(stored, _counted(press, progress))
    return visits, frozenset(id_ for id_, outcome in outcomes if outcome == "thanks" and id_)


def _counted(act: Callable[[Item], Awaitable[Done]], progress: Advance) -> Callable[[Item], Awaitable[Done]]:
    """Have `progress` hear how often `act` is over."""
    number = count(1)

    async def acted(item: Item) -> Done:
        done = await act(item)
        progress(next(number))
        return done

    return acted


async def _count_shown(url: str, expected: int) -> int:
    """Read what visitors are shown, again for some seconds unless it is as expected."""
    client, path = Client(url, most=1), f"/p/{SLUG}/count.json"
    try:
        for _ in range(SECONDS_UNTIL_SHOWN):
            shown = int(json.loads((await client.get(path, forwarded=VISITOR)).body)["count"])
            if shown == expected:
                break
            await asyncio.sleep(1)
        return shown
    finally:
        await client.close()


async def _fold() -> None:
    async with await AsyncConnection.connect(**connector_params(), autocommit=True) as connection:
        await tallies_fold(connection, at=datetime.now(UTC))
