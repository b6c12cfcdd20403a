"""Every column that holds sealed values: what doctor looks through and a rotation of keys seals anew."""

from dataclasses import dataclass
from uuid import UUID

from psycopg import sql

from undersign.foundation.sealing import seal_context


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of a table whose primary key is the UUID `id`; `purpose` stands in the seal's context."""

    table: str
    column: str
    purpose: str

    def context(self, row_id: UUID) -> bytes:
        """Name the place of one value."""
        return seal_context(self.purpose, row_id)

    @property
    def names(self) -> dict[str, sql.Identifier]:
        """The table and column, to be put into a statement."""
        return {"table": sql.Identifier(self.table), "column": sql.Identifier(self.column)}


SEALED_COLUMNS = (
    SealedColumn("supporters_supporter", "email_sealed", "supporter"),
    SealedColumn("signing_signature", "sealed", "signature"),
    SealedColumn("signing_attempt", "sealed", "attempt"),
    SealedColumn("moderation_namesearch", "sealed", "name_search"),
    SealedColumn("moderation_listentry", "sealed", "list_entry"),
    SealedColumn("moderation_maildomain", "sealed", "mail_domain"),
    SealedColumn("messaging_offlinemail", "sealed", "offline_mail"),
)
