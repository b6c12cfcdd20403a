"""What UNDERSIGN_INTAKE may say."""

from pathlib import Path

import pytest

from undersign.foundation.jetstream.address import StreamAddress, stream_address
from undersign.foundation.jetstream.errors import AddressInvalid
from undersign.foundation.jetstream.link import connect_options


def test_servers_login_and_stream_are_read() -> None:
    read = stream_address(
        "jetstream://web:p%40ss@n1:4222,n2,10.0.0.3:5222/petitions?replicas=5&max_bytes=9&ca=/ca"
    )
    assert read == StreamAddress(
        servers=("n1:4222", "n2:4222", "10.0.0.3:5222"),
        name="petitions",
        user="web",
        password="p@ss",
        is_tls=True,
        ca=Path("/ca"),
        replicas=5,
        max_bytes=9,
    )


@pytest.mark.parametrize(
    ("url", "is_tls"),
    [
        ("jetstream://nats.example/x", True),
        ("jetstream://127.0.0.1:4222,localhost/x", False),
        ("jetstream://127.0.0.1:4222,nats.example/x", True),
        ("jetstream://127.0.0.1/x?tls=on", True),
        ("jetstream://nats.example/x?tls=off", False),
    ],
)
def test_what_leaves_the_machine_is_encrypted_unless_told_otherwise(url: str, *, is_tls: bool) -> None:
    assert stream_address(url).is_tls is is_tls
    options = connect_options(stream_address(url))
    assert (options["tls"] is not None) is is_tls
    assert options["servers"][0].startswith("tls://" if is_tls else "nats://")


def test_a_token_stands_in_place_of_user_and_password() -> None:
    options = connect_options(stream_address("jetstream://s3cret@127.0.0.1/x"))
    assert options["token"] == "s3cret"
    assert "user" not in options


@pytest.mark.parametrize(
    "url",
    [
        "postgres",
        "nats://n1/x",
        "jetstream:///x",
        "jetstream://n1/x.y",
        "jetstream://n1/x?tls=perhaps",
        "jetstream://n1/x?replicas=0",
        "jetstream://n1/x?max_byte=1",
    ],
)
def test_what_is_no_address_is_said_to_be_none(url: str) -> None:
    with pytest.raises(AddressInvalid, match="UNDERSIGN_INTAKE"):
        stream_address(url)
