"""Everybody who signed one petition, opened, for the organisers who deliver the names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from undersign.foundation.ids import uuid7_floor
from undersign.foundation.sealing import Sealer
from undersign.signing.models import Signature
from undersign.signing.payload import SignerDetails, address_open, signature_open
from undersign.supporters.consent_queries import consents_standing

AT_ONCE = 1_000

COLUMNS = (
    "id",
    "confirmed_at",
    "sealed",
    "display",
    "public_name",
    "locale",
    "source",
    "text__version__number",
    "supporter_id",
    "supporter__email_sealed",
)


@dataclass(frozen=True, slots=True)
class Signatory:
    """A confirmed signature with all that its owner gave; `answers` by the id of the consent ask."""

    confirmed_at: datetime
    email: str
    details: SignerDetails
    display: str
    public_name: str
    locale: str
    source: str
    text_version: int
    answers: Mapping[int, bool]


def signatories(*, petition_id: int, until: datetime, sealer: Sealer) -> Iterator[Sequence[Signatory]]:
    """Give who signed before `until`, oldest first, a thousand at a time.

    Left out are signatures that were withdrawn and those whose owners are forgotten.

    Each thousand is a query of its own by key: no transaction stays open, and memory does not grow with the
    petition. Raises KeyUnknown or SealBroken where a seal does not open.
    """
    confirmed = Signature.objects.filter(
        petition_id=petition_id, state=Signature.State.CONFIRMED, supporter__isnull=False
    )
    rows = confirmed.filter(id__lt=uuid7_floor(until)).order_by("id").values_list(*COLUMNS)
    batch = list(rows[:AT_ONCE])
    while batch:
        yield _opened(batch, petition_id, sealer)
        batch = list(rows.filter(id__gt=batch[-1][0])[:AT_ONCE])


def _opened(batch: Sequence[Any], petition_id: int, sealer: Sealer) -> list[Signatory]:
    answers = consents_standing({row[8] for row in batch}, petition_id=petition_id)
    return [_signatory(row, answers.get(row[8], {}), sealer) for row in batch]


def _signatory(row: Any, answers: Mapping[int, bool], sealer: Sealer) -> Signatory:
    signature_id, confirmed_at, sealed, display, public_name, locale, source, version, owner, address = row
    return Signatory(
        confirmed_at=confirmed_at,
        email=address_open(address, supporter_id=owner, sealer=sealer),
        details=signature_open(sealed, signature_id=signature_id, sealer=sealer),
        display=display,
        public_name=public_name,
        locale=locale,
        source=source,
        text_version=version,
        answers=answers,
    )
