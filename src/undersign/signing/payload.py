"""What is sealed in an attempt and in a signature, and how it is opened again.

Rows are sealed with the names of these fields: one that is renamed would come back empty.
"""

from uuid import UUID

from undersign.foundation.sealing import Sealer, seal_context
from undersign.foundation.values import value


@value
class Answer:
    """One answer to one consent wording, by the wording's id."""

    wording_id: int
    is_given: bool


@value
class SignerDetails:
    """What a signer told about themselves; fields that were not asked are empty."""

    name: str
    country: str = ""
    postcode: str = ""
    phone: str = ""
    reason: str = ""


@value
class AttemptPayload:
    """A submitted form. `email` is the address to write to, `display` one of models.Display."""

    email: str
    display: str
    details: SignerDetails
    answers: tuple[Answer, ...] = ()


@value
class _Address:
    email: str


@value
class Circumstances:
    """How a form came in: `network` in CIDR notation, `held_reason` empty unless it waits for a moderator."""

    text_id: int
    locale: str
    network: str | None = None
    source: str = ""
    held_reason: str = ""


def attempt_seal(payload: AttemptPayload, *, attempt_id: UUID, sealer: Sealer) -> bytes:
    """Seal a form so that it opens in its own attempt's row only."""
    return sealer.seal_json(payload, context=seal_context("attempt", attempt_id))


def attempt_open(sealed: bytes | memoryview, *, attempt_id: UUID, sealer: Sealer) -> AttemptPayload:
    """Open an attempt's form. Raises SealBroken or KeyUnknown."""
    return sealer.open_json(sealed, AttemptPayload, context=seal_context("attempt", attempt_id))


def signature_seal(details: SignerDetails, *, signature_id: UUID, sealer: Sealer) -> bytes:
    """Seal what a signature keeps of its form."""
    return sealer.seal_json(details, context=seal_context("signature", signature_id))


def signature_open(sealed: bytes | memoryview, *, signature_id: UUID, sealer: Sealer) -> SignerDetails:
    """Open a signature's details. Raises SealBroken or KeyUnknown."""
    return sealer.open_json(sealed, SignerDetails, context=seal_context("signature", signature_id))


def address_seal(email: str, *, supporter_id: UUID, sealer: Sealer) -> bytes:
    """Seal a supporter's address, padded so that its length tells little."""
    return sealer.seal_json(_Address(email), context=seal_context("supporter", supporter_id))


def address_open(sealed: bytes | memoryview, *, supporter_id: UUID, sealer: Sealer) -> str:
    """Open a supporter's address. Raises SealBroken or KeyUnknown."""
    return sealer.open_json(sealed, _Address, context=seal_context("supporter", supporter_id)).email
