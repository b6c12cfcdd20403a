"""Reading the address of a stream.

jetstream://user:password@nats1:4222,nats2:4222,nats3:4222/undersign    TLS, unless ?tls=off
jetstream://TOKEN@nats1:4222/undersign                                  a token in place of user and password

Options after the `?`: `tls` (on, off; off by itself only where every server is this very machine), `ca`,
`cert` and `key` (PEM files), `replicas` (3), `max_bytes` (1 GiB).
"""

import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from undersign.foundation.jetstream.errors import AddressInvalid

EXAMPLE = "such as jetstream://user:password@nats1:4222,nats2:4222,nats3:4222/undersign"
_LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
_OPTIONS = {"tls", "ca", "cert", "key", "replicas", "max_bytes"}
GIBIBYTE = 1024**3


@dataclass(frozen=True, slots=True)
class StreamAddress:
    """Servers as host:port, how to log in to them, and the stream's name and bounds."""

    servers: tuple[str, ...]
    name: str
    user: str = ""
    password: str = ""
    is_tls: bool = True
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    replicas: int = 3
    max_bytes: int = GIBIBYTE

    def tls_context(self) -> ssl.SSLContext | None:
        """Give what connections are encrypted with, or None. Raises OSError about its files."""
        if not self.is_tls:
            return None
        context = ssl.create_default_context(cafile=self.ca)
        if self.cert:
            context.load_cert_chain(self.cert, self.key)
        return context


def stream_address(url: str) -> StreamAddress:
    """Read a `jetstream://` address. Raises AddressInvalid."""
    parts = urlsplit(url)
    login, _, hosts = parts.netloc.rpartition("@")
    servers = tuple(_server(host) for host in hosts.split(",") if host)
    name = parts.path.strip("/") or "undersign"
    if parts.scheme != "jetstream" or not servers or not name.replace("-", "").isalnum():
        raise AddressInvalid(f"UNDERSIGN_INTAKE is postgresql or the address of a stream, {EXAMPLE}")
    user, _, password = login.partition(":")
    options = _options(parts)
    return StreamAddress(
        servers=servers,
        name=name,
        user=unquote(user),
        password=unquote(password),
        is_tls=_is_tls(options.get("tls"), servers),
        ca=_file(options.get("ca")),
        cert=_file(options.get("cert")),
        key=_file(options.get("key")),
        replicas=_number("replicas", options.get("replicas", "3")),
        max_bytes=_number("max_bytes", options.get("max_bytes", str(GIBIBYTE))),
    )


def _server(host: str) -> str:
    return host if host.rpartition(":")[2].isdecimal() else f"{host}:4222"


def _options(parts: SplitResult) -> dict[str, str]:
    options = dict(parse_qsl(parts.query))
    if unknown := options.keys() - _OPTIONS:
        problem = f"UNDERSIGN_INTAKE: there is no option called {min(unknown)}."
        raise AddressInvalid(problem)
    return options


def _is_tls(tls: str | None, servers: tuple[str, ...]) -> bool:
    """Encrypt unless it is switched off, or every server is this very machine."""
    if tls not in (None, "on", "off"):
        raise AddressInvalid("UNDERSIGN_INTAKE: tls is on or off.")
    is_here = all(server.rpartition(":")[0] in _LOOPBACK for server in servers)
    return tls == "on" or (tls is None and not is_here)


def _file(name: str | None) -> Path | None:
    return Path(name) if name else None


def _number(name: str, text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        problem = f"UNDERSIGN_INTAKE: {name} is a number above 0."
        raise AddressInvalid(problem)
    return int(text)
