"""The attacks, each as somebody would do it who has read the code."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from uuid import UUID

from undersign.config.siege.crowds import each
from undersign.config.siege.journeys import Door, Visit
from undersign.config.siege.people import DOMAINS, Person, made_up_name
from undersign.moderation.proofs import WAIT_FIELD, WORK_FIELD
from undersign.signing.forms import HONEYPOT

ONE_NETWORK = "198.51.100.0/24"
FORGER_NETWORK = "203.0.113.0/24"
THROWAWAY = "throwaway.example"
MADE_UP = "Test Tester"
# What one network may send without a proof in two minutes, which is longer than such a raid takes.
MOST_PASSING = 120


@dataclass(frozen=True, slots=True)
class Raid:
    """What an attack sent and got. `attempts` were stored; `noted` counts whatever is special to it.

    Where `are_victims`, the attempts are of honest people whom the attack was about. `most_stored` and
    `most_confirmed` bound what may come of it, and of a raid that is `to_be_held` everything has to be held.
    """

    name: str
    sent: int
    demanded: int
    attempts: Sequence[UUID]
    noted: Mapping[str, int] = field(default_factory=dict)
    are_victims: bool = False
    most_stored: int | None = None
    most_confirmed: int | None = None
    to_be_held: bool = False


Attack = Callable[[Door, int], Awaitable[Raid]]


async def one_network(door: Door, number: int) -> Raid:
    """Sign from one network, patiently, with mailboxes of one's own."""
    crowd = [_bot(n, f"198.51.100.{n % 254 + 1}", f"one{n}@mailfarm.example") for n in range(number)]
    return await _raid("one network", door, crowd)


async def many_networks(door: Door, number: int) -> Raid:
    """Sign from rented machines, each in a network of its own, with a mail domain of one's own."""
    crowd = [
        _bot(n, f"45.{n // 250 % 250}.{n % 250}.7", f"many{n}@{THROWAWAY}", source="") for n in range(number)
    ]
    return await _raid("many networks", door, crowd)


async def aliases(door: Door, number: int) -> Raid:
    """Sign with one mailbox under all its spellings."""
    spellings = [
        f"mal.lory+{n}@gmail.com" if n % 2 else f"m.a.l.l.o.r.y+{n}@GMail.com" for n in range(number)
    ]
    crowd = [_bot(n, f"46.{n // 250}.{n % 250}.9", spelling) for n, spelling in enumerate(spellings)]
    return replace(await _raid("aliases of one mailbox", door, crowd), most_confirmed=1)


async def made_up_names(door: Door, number: int) -> Raid:
    """Sign with bought mailboxes of large providers from everywhere: only the names are alike."""
    crowd = [
        Person(f"{MADE_UP} {n:04}", f"bought{n}@gmail.com", f"47.{n // 250}.{n % 250}.3")
        for n in range(number)
    ]
    return await _raid("made-up names", door, crowd)


async def made_up_addresses(door: Door, number: int) -> Raid:
    """Sign with addresses that one has no mailbox for: nobody presses the button."""
    crowd = [
        _bot(n, f"48.{n // 250}.{n % 250}.3", f"nobody{n}@{DOMAINS[n % len(DOMAINS)]}") for n in range(number)
    ]
    return replace(await _raid("made-up addresses", door, crowd, has_mailboxes=False), most_confirmed=0)


async def forged_headers(door: Door, number: int) -> Raid:
    """Claim another network in X-Forwarded-For with each form, and never wait."""
    ticket = count()

    async def sign(person: Person) -> Visit:
        n = next(ticket)
        return await door.sign(person, is_patient=False, forged=f"49.{n // 250}.{n % 250}.5")

    crowd = [_bot(n, "203.0.113.9", f"forged{n}@mailfarm.example") for n in range(_beyond_the_pace(number))]
    raid = await _concluded("forged X-Forwarded-For", door, await each(crowd, sign))
    return replace(raid, most_stored=MOST_PASSING)


async def trapped(door: Door, number: int) -> Raid:
    """Fill in every field there is."""
    crowd = [_bot(n, f"50.{n // 250}.{n % 250}.3", f"trapped{n}@mailfarm.example") for n in range(number)]

    async def sign(person: Person) -> Visit:
        return await door.sign(person, extra={HONEYPOT: "yes"})

    raid = await _concluded("fills in the trap", door, await each(crowd, sign))
    return replace(raid, to_be_held=True, most_confirmed=0)


async def replayed_waits(door: Door, number: int) -> Raid:
    """Wait once, then send the same token with every form."""
    thief = _bot(0, "51.0.0.9", "replay@mailfarm.example")
    token = await door.wait_token_for(thief)

    async def sign(_n: int) -> Visit:
        return await door.sign(thief, is_patient=False, extra={WAIT_FIELD: token})

    raid = await _concluded("replayed waits", door, await each(range(_beyond_the_pace(number)), sign))
    return replace(raid, most_stored=MOST_PASSING, most_confirmed=1)


async def replayed_work(door: Door, number: int) -> Raid:
    """Do the work of a browser once, then send its solution with every form."""
    thief = _bot(0, "51.1.0.9", "replay@mailfarm.example")
    proof = await door.work_for(thief)

    async def sign(_n: int) -> Visit:
        return await door.sign(thief, is_patient=False, extra={WORK_FIELD: proof})

    raid = await _concluded("replayed work", door, await each(range(_beyond_the_pace(number)), sign))
    return replace(raid, most_stored=MOST_PASSING, most_confirmed=1)


async def at_night(door: Door, number: int) -> Raid:
    """Sign as honest people do, from everywhere and by the same link, but while those sleep."""
    crowd = [
        Person(made_up_name(n), f"night{n}@{DOMAINS[n % len(DOMAINS)]}", f"53.{n // 250}.{n % 250}.3")
        for n in range(number)
    ]
    return await _raid("at night", door, crowd)


async def stolen_links(door: Door, number: int) -> Raid:
    """Take links from somebody's mail: follow them as a scanner, forge others from them, press them again."""
    victims = [
        Person(made_up_name(n), f"victim{n}@people.example", f"52.0.{n % 250}.1") for n in range(number)
    ]
    visits = await each(victims, door.sign)
    attempts = [visit.attempt_id for visit in visits if visit.attempt_id]
    noted: Counter[str] = Counter()
    for attempt_id in attempts:
        await _abuse_link(door, attempt_id, noted)
    return Raid("stolen confirm links", 10 * len(attempts), 0, attempts, dict(noted), are_victims=True)


async def _abuse_link(door: Door, attempt_id: UUID, noted: Counter[str]) -> None:
    link, address = door.link(attempt_id), "52.1.1.1"
    for _ in range(3):
        await door.client.get(f"/confirm/{link}", forwarded=address)
    middle = len(link) // 2
    for forged in (
        link[:middle] + ("A" if link[middle] != "A" else "B") + link[middle + 1 :],
        link[:-4],
        door.link(attempt_id, petition_id=door.petition_id + 1),
    ):
        noted["forged links that counted"] += (await door.confirm(forged, address)) == "thanks"
    await asyncio.gather(*(door.confirm(link, address) for _ in range(4)))


async def _raid(name: str, door: Door, crowd: Sequence[Person], *, has_mailboxes: bool = True) -> Raid:
    return await _concluded(name, door, await each(crowd, door.sign), has_mailboxes=has_mailboxes)


async def _concluded(name: str, door: Door, visits: Sequence[Visit], *, has_mailboxes: bool = True) -> Raid:
    """Press the button in every mail that one gets, and sum up."""
    stored = [visit for visit in visits if visit.attempt_id is not None]
    if has_mailboxes:
        await each(stored, lambda visit: _press(door, visit))
    demanded = sum(visit.demands > 0 for visit in visits)
    return Raid(name, len(visits), demanded, [visit.attempt_id for visit in stored if visit.attempt_id])


async def _press(door: Door, visit: Visit) -> str:
    assert visit.attempt_id is not None  # noqa: S101 -- only what was stored has a mail
    return await door.confirm(door.link(visit.attempt_id), visit.person.address)


def _beyond_the_pace(number: int) -> int:
    """Give as many as it takes, in a short siege too, for a bound of one network to show."""
    return max(number, 2 * MOST_PASSING)


def _bot(n: int, address: str, email: str, source: str = "raid") -> Person:
    return Person(made_up_name(n), email, address, source)


# With how many there are, in parts of the size of a siege.
AT_NIGHT = 0.5
ATTACKS: Sequence[tuple[Attack, float]] = (
    # These come while honest people do.
    (one_network, 1.0),
    (many_networks, 1.0),
    (aliases, 0.5),
    (made_up_names, 0.5),
    (made_up_addresses, 0.5),
    (forged_headers, 0.5),
    (trapped, 0.2),
    (replayed_waits, 0.2),
    (replayed_work, 0.2),
    (stolen_links, 0.05),
)
