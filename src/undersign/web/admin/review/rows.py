"""Single signatures in a list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from undersign.foundation.ids import uuid7_at
from undersign.signing.queries.selections import SignatureRow
from undersign.web.admin.review.commons import country_label, domain_label, language_label


@dataclass(frozen=True, slots=True)
class RowView:
    """One signature; `name` is empty where it stays sealed."""

    at: datetime
    name: str
    network: str
    domain: str
    source: str
    country: str
    language: str
    state: str


def row_views(rows: Iterable[SignatureRow], names: Mapping[UUID, str] | None = None) -> list[RowView]:
    """Put rows into words; `names` are those that the worker has opened."""
    opened = names or {}
    return [
        RowView(
            at=uuid7_at(row.id),
            name=opened.get(row.id, row.public_name),
            network=row.network or "",
            domain=domain_label(row.mail_domain),
            source=row.source,
            country=country_label(row.country) if row.country else "",
            language=language_label(row.locale),
            state=_state(row),
        )
        for row in rows
    ]


def _state(row: SignatureRow) -> str:
    if row.state == "confirmed":
        return ""
    return _("removed") if row.withdrawn_by == "moderator" else _("withdrawn by its signer")
