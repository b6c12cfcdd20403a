"""A NATS server that wants TLS, a user and a password, as docs/scaling.md sets one up."""

import asyncio
import ipaddress
import signal
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import nats.errors
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.ports import free_port
from tests.site import end
from tests.streams import nats_server
from tests.waiting import until
from undersign.foundation.child_process import ending_with_parent
from undersign.foundation.jetstream.address import StreamAddress, stream_address
from undersign.foundation.jetstream.link import Link, stream_open
from undersign.foundation.jetstream.streams import stream_state

pytestmark = pytest.mark.anyio

PASSWORD = "p@ss/word"
CONFIGURATION = """
listen: "127.0.0.1:{port}"
jetstream {{ store_dir: "{directory}/streams", sync_interval: always }}
authorization {{ user: undersign, password: $NATS_PASSWORD }}
tls {{ cert_file: "{directory}/cert.pem", key_file: "{directory}/key.pem" }}
"""


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """Run one such server; give its port and the certificate to trust."""
    directory, port = tmp_path_factory.mktemp("nats"), free_port()
    certificate_write(directory)
    configuration, log = directory / "nats.conf", directory / "log"
    configuration.write_text(CONFIGURATION.format(port=port, directory=directory))
    with log.open("wb") as file:
        process = subprocess.Popen(
            [nats_server(), "-c", str(configuration)],
            env={"NATS_PASSWORD": f'"{PASSWORD}"'},
            stderr=file,
            preexec_fn=ending_with_parent(signal.SIGKILL),  # noqa: PLW1509 -- no threads of ours here
        )
    try:
        until(lambda: "Server is ready" in log.read_text())
        yield port, directory / "cert.pem"
    finally:
        end(process)


def certificate_write(directory: Path) -> None:
    """Make a key and a certificate for this machine, good for a day."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "nats")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(here, critical=False)
        .sign(key, hashes.SHA256())
    )
    (directory / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (directory / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def address(port: int, *, ca: Path | None, password: str = PASSWORD) -> StreamAddress:
    trusted = f"&ca={ca}" if ca else ""
    login = f"undersign:{quote(password, safe='')}"
    return stream_address(f"jetstream://{login}@127.0.0.1:{port}/undersign?replicas=1&tls=on{trusted}")


async def test_an_attempt_is_kept_over_tls_by_who_has_the_password(guarded: tuple[int, Path]) -> None:
    port, ca = guarded
    there = address(port, ca=ca)
    async with Link(there) as link:
        stream = await link.stream(until=asyncio.get_running_loop().time() + 20)
        await stream.publish("undersign.attempts", b"sealed")
    async with stream_open(there) as stream:
        assert (await stream_state(stream, there)).waiting == 1


async def test_who_has_not_is_refused(guarded: tuple[int, Path]) -> None:
    port, ca = guarded
    with pytest.raises(nats.errors.Error, match="Authorization"):
        async with stream_open(address(port, ca=ca, password="guessed")):
            pass


async def test_a_server_that_nobody_vouches_for_is_not_talked_to(guarded: tuple[int, Path]) -> None:
    port, _ca = guarded
    with pytest.raises(OSError, match="certificate"):
        async with stream_open(address(port, ca=None)):
            pass
