"""The instances that cases are played on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.drill.instance import Instance, running
from bench.drill.mailhouse import MailHouse


@contextmanager
def usual(directory: Path, house: MailHouse) -> Iterator[Instance]:
    """Run what `undersign up` runs: two web processes, a worker, the embedded PostgreSQL."""
    instance = Instance(directory / "usual")
    instance.environment["UNDERSIGN_MAIL_URL"] = mail_url(house)
    with running(instance):
        yield instance


def mail_url(house: MailHouse) -> str:
    return f"smtp://127.0.0.1:{house.port}/?tls=off"


PLACES = {"usual": usual}
