"""The mail server of the drill: real SMTP on loopback, which can be told to misbehave."""

import asyncio
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from queue import Empty, SimpleQueue

from aiosmtpd.smtp import MISSING, SMTP, Envelope, Session

LINK = re.compile(r"https?://\S+/confirm/\S+")


class MailHouse:
    """Takes mails and hands their links on. `mood` is one of willing, refusing, slow, closing."""

    def __init__(self) -> None:
        self.port = 0
        self.mood = "willing"
        self.links: SimpleQueue[str] = SimpleQueue()
        self.received: Counter[str] = Counter()
        self.first_link: dict[str, str] = {}
        self.reserved: set[str] = set()
        """Addresses whose links a case keeps for itself."""

    def forget(self) -> None:
        """Drop the links of an instance that is no more."""
        with suppress(Empty):
            while True:
                self.links.get_nowait()

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.mood == "refusing":
            return "451 4.3.2 Not now"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.mood == "slow":
            await asyncio.sleep(4)
        assert envelope.original_content is not None
        self._take(envelope.rcpt_tos[0], envelope.original_content)
        return "250 OK"

    def _take(self, address: str, raw: bytes) -> None:
        plain = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
        assert plain is not None
        found = LINK.search(plain.get_content())
        assert found is not None
        self.received[address] += 1
        self.first_link.setdefault(address, found[0])
        if self.received[address] == 1 and address not in self.reserved:
            self.links.put(found[0])


class DrillSMTP(SMTP):
    """Closes the connection in the middle of a message when the house is in that mood."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if self.event_handler.mood != "closing":
            return await super().smtp_DATA(arg)
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        await self._reader.readline()
        self.transport.close()
        return None

    smtp_DATA.__smtp_syntax__ = MISSING  # type: ignore[attr-defined]
    smtp_DATA.__smtp_help__ = MISSING  # type: ignore[attr-defined]
    smtp_DATA.__smtp_syntax_extended__ = MISSING  # type: ignore[attr-defined]


@contextmanager
def mail_house() -> Iterator[MailHouse]:
    """Run it in a thread of its own."""
    house = MailHouse()
    loop = asyncio.new_event_loop()
    listening = loop.run_until_complete(
        loop.create_server(lambda: DrillSMTP(house, hostname="mx.test", loop=loop), "127.0.0.1", 0)
    )
    house.port = listening.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, name="mail house", daemon=True)
    thread.start()
    try:
        yield house
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
