"""Requests as bytes, prepared before anything is measured: wrk reads them from files."""

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

HOST = "127.0.0.1"
# What a browser sends along, for the server has to read it.
BROWSER = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
    "Accept-Language: en-GB,en;q=0.5\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
)


@dataclass(frozen=True, slots=True)
class Request:
    """The bytes of one request, and what kind it is: its latencies are counted with others of that kind."""

    kind: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Prepared:
    """Requests in files, one for each thread of wrk."""

    directory: Path
    threads: int


def get(kind: str, path: str) -> Request:
    """Ask for a page as a browser does."""
    return Request(kind, f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n{BROWSER}\r\n".encode())


def post(kind: str, path: str, values: Mapping[str, str], *, address: str = HOST) -> Request:
    """Send a form as a browser does, and as a trusted proxy passes it on from `address`."""
    body = urlencode(values).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\n{BROWSER}X-Forwarded-For: {address}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return Request(kind, head.encode() + body)


def prepare(requests: Iterable[Request], directory: Path, *, threads: int) -> Prepared:
    """Deal requests out to files, one for each thread."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    files = [(directory / str(number)).open("wb") for number in range(threads)]
    try:
        for number, request in enumerate(requests):
            files[number % threads].write(f"{request.kind} {len(request.raw)}\n".encode() + request.raw)
    finally:
        for file in files:
            file.close()
    return Prepared(directory, threads)
