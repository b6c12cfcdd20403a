"""People at their browsers: they read, sign and confirm, and write down what they are told."""

import re
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from itertools import count
from random import Random
from urllib.parse import urlencode, urlsplit

from bench.drill.journal import Journal

PETITION = "/p/not-your-training-data/"
FORM = "application/x-www-form-urlencoded"
PATIENCE = 30  # seconds that somebody waits for an answer

_numbers = count(1)
_chance = Random()  # noqa: S311 -- for addresses of networks, not for secrets


def address_new(case: str) -> str:
    """Make up a mailbox that nobody else uses."""
    return f"{case.replace('_', '-')}.{next(_numbers)}.{time.time_ns():x}@people.example"


def network_new() -> str:
    """Make up where somebody comes from: everybody from a network of their own."""
    return ".".join(str(_chance.randrange(1, 224 if place == 0 else 255)) for place in range(4))


def form_of(html: str) -> dict[str, str]:
    """Read what the page's form sends by itself, with every consent refused."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
    asks = re.findall(r'name="(consent_[^"]+)" value="no"', html)
    return {**dict(hidden), **dict.fromkeys(asks, "no")}


@dataclass
class Visitor:
    """One browser with one connection, which is opened again when it breaks."""

    journal: Journal
    ports: tuple[int, ...]
    timeout: float = PATIENCE
    _connection: HTTPConnection | None = field(default=None, repr=False)

    def read(self, path: str) -> str:
        """Read a page or a count."""
        began = time.monotonic()
        answer, body = self._ask("GET", path)
        what = "count" if path.endswith(".json") else "page"
        self.journal.write(
            "seen" if answer.status == 200 else "refused",
            what=what,
            status=answer.status,
            took=round(time.monotonic() - began, 4),
        )
        return body.decode()

    def sign(self, form: dict[str, str], address: str) -> int:
        """Send the form and return the status; 303 is an acknowledgement."""
        values = {**form, "name": "Alice Ames", "email": address, "display": "full"}
        self.journal.write("asked", email=address)
        began = time.monotonic()
        answer, body = self._ask("POST", PETITION, values)
        took = round(time.monotonic() - began, 4)
        location = answer.getheader("Location", "")
        if answer.status == 303:
            self.journal.write("signed", email=address, location=location, took=took)
        else:
            self.journal.write(
                "refused",
                what="sign",
                status=answer.status,
                took=took,
                retry_after=answer.getheader("Retry-After"),
                keeps_form=address in body.decode(),
            )
        return answer.status

    def confirm(self, link: str) -> int:
        """Press the button behind a link and return the status; 303 to the thanks acknowledges."""
        began = time.monotonic()
        answer, _body = self._ask("POST", urlsplit(link).path, {})
        took = round(time.monotonic() - began, 4)
        location = answer.getheader("Location", "")
        if answer.status == 303 and "/thanks/" in location:
            self.journal.write("confirmed", link=link, location=location, took=took)
        else:
            self.journal.write("refused", what="confirm", status=answer.status, took=took)
        return answer.status

    def _ask(
        self, method: str, path: str, values: dict[str, str] | None = None
    ) -> tuple[HTTPResponse, bytes]:
        """Send one request; raises OSError or HTTPException when no whole answer comes."""
        connection, began = self._connected(), round(time.monotonic(), 4)
        try:
            body = urlencode(values).encode() if values is not None else None
            headers = {"Content-Type": FORM, "X-Forwarded-For": network_new()}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer, answer.read()
        except (OSError, HTTPException) as error:
            self.leave()
            what = f"{method} {path[:30]}"
            self.journal.write("broken", what=what, began=began, error=type(error).__name__)
            raise

    def _connected(self) -> HTTPConnection:
        """Connect to a port that takes us, as a load balancer does."""
        for port in _chance.sample(self.ports, len(self.ports)):
            if self._connection is not None:
                break
            fresh = HTTPConnection("127.0.0.1", port, timeout=self.timeout)
            try:
                fresh.connect()
            except OSError as error:
                self.journal.write("broken", what=f"connect {port}", error=type(error).__name__)
            else:
                self._connection = fresh
        if self._connection is None:
            raise ConnectionRefusedError(str(self.ports))
        return self._connection

    def leave(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
