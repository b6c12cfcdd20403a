"""What is sealed stays readable: rows outlive releases."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from undersign.foundation.keys.ring import make_ring
from undersign.foundation.sealing import SealBroken, Sealer, seal_context
from undersign.signing.payload import (
    Answer,
    AttemptPayload,
    SignerDetails,
    address_open,
    address_seal,
    attempt_open,
    attempt_seal,
    signature_open,
    signature_seal,
)

SEALER = Sealer(make_ring(alias_rules=1, at=datetime(2026, 11, 22, tzinfo=UTC)))
ROW = UUID(int=7)
DETAILS = SignerDetails(
    "Alice Łukasik", country="PL", postcode="00-950", phone="+48221234567", reason="“Nie.”"
)
PAYLOAD = AttemptPayload("alice@people.example", "full", DETAILS, (Answer(3, True), Answer(4, False)))
DETAILS_JSON = {
    "name": "Alice Łukasik",
    "country": "PL",
    "postcode": "00-950",
    "phone": "+48221234567",
    "reason": "“Nie.”",
}
PAYLOAD_JSON = {
    "email": "alice@people.example",
    "display": "full",
    "details": DETAILS_JSON,
    "answers": [{"wording_id": 3, "is_given": True}, {"wording_id": 4, "is_given": False}],
}


def written(value: Any) -> bytes:
    """Write JSON as it always was in sealed rows, before the padding."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def sealed(purpose: str, plain: bytes) -> bytes:
    return SEALER.seal(plain, context=seal_context(purpose, ROW))


def plain_of(purpose: str, value: bytes) -> bytes:
    return SEALER.open(value, context=seal_context(purpose, ROW)).rstrip(b" ")


def test_rows_are_written_as_they_always_were() -> None:
    attempt = attempt_seal(PAYLOAD, attempt_id=ROW, sealer=SEALER)
    signature = signature_seal(DETAILS, signature_id=ROW, sealer=SEALER)
    address = address_seal("alice@people.example", supporter_id=ROW, sealer=SEALER)
    assert plain_of("attempt", attempt) == written(PAYLOAD_JSON)
    assert plain_of("signature", signature) == written(DETAILS_JSON)
    assert plain_of("supporter", address) == written({"email": "alice@people.example"})


def test_rows_that_were_written_long_ago_open() -> None:
    address = written({"email": "alice@people.example"})
    assert attempt_open(sealed("attempt", written(PAYLOAD_JSON)), attempt_id=ROW, sealer=SEALER) == PAYLOAD
    assert (
        signature_open(sealed("signature", written(DETAILS_JSON)), signature_id=ROW, sealer=SEALER) == DETAILS
    )
    assert (
        address_open(sealed("supporter", address), supporter_id=ROW, sealer=SEALER) == "alice@people.example"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {key: value for key, value in PAYLOAD_JSON.items() if key != "email"},
        {**PAYLOAD_JSON, "email": None},
        {**PAYLOAD_JSON, "answers": [{"wording_id": "3", "is_given": True}]},
        [PAYLOAD_JSON],
    ],
)
def test_a_row_of_another_shape_does_not_open(wrong: Any) -> None:
    with pytest.raises(SealBroken):
        attempt_open(sealed("attempt", written(wrong)), attempt_id=ROW, sealer=SEALER)
