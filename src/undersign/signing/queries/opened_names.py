"""Names as they were given, opened one thousand at a time, for the worker."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from undersign.foundation.sealing import Sealer
from undersign.signing.models import Signature
from undersign.signing.payload import signature_open
from undersign.signing.queries.selections import Selection, selection_ids

AT_ONCE = 1_000


def selection_names(selection: Selection, *, sealer: Sealer) -> Iterator[Sequence[tuple[UUID, str]]]:
    """Give id and name of every signature of a selection, oldest first. Raises KeyUnknown or SealBroken."""
    ids = selection_ids(selection, after=UUID(int=0), limit=AT_ONCE)
    while ids:
        rows = Signature.objects.filter(id__in=ids).order_by("id")
        yield [
            (id_, signature_open(sealed, signature_id=id_, sealer=sealer).name)
            for id_, sealed in rows.values_list("id", "sealed")
            if sealed is not None
        ]
        ids = selection_ids(selection, after=ids[-1], limit=AT_ONCE)
