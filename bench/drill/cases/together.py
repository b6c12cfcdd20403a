"""Many people at the same thing at once."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPException

from bench.drill.instance import wait_until
from bench.drill.reckoning import LONG_AGO
from bench.drill.scene import Scene
from bench.drill.visitors import PETITION, address_new, form_of
from undersign.foundation.keys import load_keys
from undersign.foundation.tokens import TokenSigner

CLIENTS = 50
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
SUPPORTERS = "SELECT count(*) FROM supporters_supporter"


def confirm_link_hammered(scene: Scene) -> None:
    """Fifty clients press the button behind one link at once: it counts once, and all are told so."""
    links = _links_kept(scene, int(scene.lasting(20, 4)))
    told: Counter[str] = Counter()
    for link in links:
        at_once([lambda link=link: _pressed(scene, link)] * CLIENTS)
    for entry in scene.journal.entries("confirmed"):
        if entry["link"] in links:
            told["already" if "already" in entry["location"] else "thanks"] += 1
    scene.also |= {"links": len(links), "clients": CLIENTS, **told}
    scene.require(told["thanks"] >= len(links), "each link thanks")
    scene.require(told.total() == CLIENTS * len(links), "everybody is told that it counts")


def same_addresses_everywhere(scene: Scene) -> None:
    """Sixty mailboxes sign over and over in every process, then all their links are pressed at once."""
    before, people = scene.instance.number(DEADLOCKS), scene.instance.number(SUPPORTERS)
    mailboxes = [address_new("same") for _ in range(60)]
    scene.house.reserved.update(mailboxes)
    scene.crowd.address = lambda: random.choice(mailboxes)  # noqa: S311
    time.sleep(scene.lasting(15, 5))
    scene.crowd.address = lambda: address_new("same_after")
    links = _links_of(scene, set(mailboxes))
    random.shuffle(links)
    shares = [links[start::CLIENTS] for start in range(CLIENTS)]
    at_once([lambda share=share: [_pressed(scene, link) for link in share] for share in shares])
    wait_until(
        lambda: scene.instance.number(SUPPORTERS) >= people + len(mailboxes), "supporters", patience=10
    )
    scene.also |= {
        "mailboxes": 60,
        "links": len(links),
        "deadlocks": scene.instance.number(DEADLOCKS) - before,
    }
    scene.require(scene.also["deadlocks"] == 0, "no deadlock")


def at_once(jobs: Sequence[Callable[[], object]]) -> None:
    """Let threads do jobs, all beginning at the same instant."""
    ready = threading.Barrier(len(jobs))

    def begin(job: Callable[[], object]) -> None:
        ready.wait()
        job()

    threads = [threading.Thread(target=begin, args=(job,), daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)


def _links_kept(scene: Scene, number: int) -> list[str]:
    """Sign for new mailboxes and keep their links from the crowd."""
    addresses, visitor = [address_new("hammered") for _ in range(number)], scene.crowd.visitor()
    scene.house.reserved.update(addresses)
    form = form_of(visitor.read(PETITION))
    for address in addresses:
        visitor.sign(form, address)
    visitor.leave()
    wait_until(lambda: all(address in scene.house.first_link for address in addresses), "their mails")
    return [scene.house.first_link[address] for address in addresses]


def _pressed(scene: Scene, link: str) -> None:
    visitor = scene.crowd.visitor()
    with suppress(OSError, HTTPException):
        visitor.confirm(link)
    visitor.leave()


def _links_of(scene: Scene, mailboxes: set[str]) -> list[str]:
    """Make the link of each attempt, also of those whose mail waits because the mailbox has had enough."""
    tokens, soon = TokenSigner(load_keys(scene.instance.keys_file)), datetime.now(UTC) + timedelta(hours=1)
    links = []
    for entry in scene.journal.entries("signed"):
        if entry["email"] in mailboxes:
            token = tokens.read(entry["location"].rpartition("/")[2], purpose="inbox", at=LONG_AGO)
            made = tokens.issue("confirm", token.subject, token.bound_to, soon)
            links.append(f"{scene.instance.url}/confirm/{made}")
    return links
