"""Writing everybody who signed one petition into a table, whoever asked for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from undersign.campaigns.models import Petition
from undersign.delivery.columns import Column, columns_for
from undersign.delivery.tables import table_writer
from undersign.foundation.sealing import Sealer
from undersign.signing.queries.signatories import signatories
from undersign.supporters.consent_queries import asks_of


@dataclass(frozen=True, slots=True)
class TableOrder:
    """A table of the signatures of `petition` made before `until`, in one of `Format`."""

    petition: Petition
    format: str
    until: datetime

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns it has."""
        return columns_for(asks_of(self.petition.organisation_id))


def signatures_write(
    *,
    order: TableOrder,
    sink: BinaryIO,
    sealer: Sealer,
    scratch: Path,
    progress: Callable[[int], None],
) -> int:
    """Write the table and tell how many rows it has; `progress` hears their number after each thousand.

    Raises KeyUnknown or SealBroken: what has been written to `sink` is then of no use.
    """
    columns = order.columns
    count = 0
    with table_writer(order.format, sink, [c.heading for c in columns], scratch=scratch) as table:
        for batch in signatories(petition_id=order.petition.pk, until=order.until, sealer=sealer):
            for signatory in batch:
                table.add([column.text(signatory) for column in columns])
            count += len(batch)
            progress(count)
    return count
