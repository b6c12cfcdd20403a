"""The public list of names, in pages found by key: the last page of a million costs what the first does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from undersign.foundation.ids import uuid7_at
from undersign.signing.models import Signature

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class PublicName:
    """A signer as they chose to be shown; `name` is empty for somebody who chose not to be."""

    id: UUID
    name: str

    @property
    def signed_at(self) -> datetime:
        """When it was confirmed: the id tells."""
        return uuid7_at(self.id)


@dataclass(frozen=True, slots=True)
class NamesPage:
    """One page, newest first; `newer` and `older` say whether there is more in that direction."""

    names: tuple[PublicName, ...]
    has_newer: bool
    has_older: bool


def names_newest(*, petition_id: int, limit: int) -> tuple[PublicName, ...]:
    """Give the newest names of a petition."""
    return _public(_confirmed(petition_id).order_by("-id")[:limit])


def names_older_than(*, petition_id: int, before: UUID | None) -> NamesPage:
    """Give the page that follows `before`; the first page without it."""
    names = _confirmed(petition_id).order_by("-id")
    page = _public((names if before is None else names.filter(id__lt=before))[: PAGE_SIZE + 1])
    return NamesPage(page[:PAGE_SIZE], has_newer=before is not None, has_older=len(page) > PAGE_SIZE)


def names_newer_than(*, petition_id: int, after: UUID) -> NamesPage:
    """Give the page that comes just before `after` in the list."""
    page = _public(_confirmed(petition_id).filter(id__gt=after).order_by("id")[: PAGE_SIZE + 1])
    nearest = page[:PAGE_SIZE]
    return NamesPage(tuple(reversed(nearest)), has_newer=len(page) > PAGE_SIZE, has_older=True)


def _confirmed(petition_id: int) -> QuerySet[Signature, tuple[UUID, str]]:
    # A withdrawn signature leaves the list, and with it the partial index that serves it.
    rows = Signature.objects.filter(petition_id=petition_id, state=Signature.State.CONFIRMED)
    return rows.values_list("id", "public_name")


def _public(
    rows: Sequence[tuple[UUID, str]] | QuerySet[Signature, tuple[UUID, str]],
) -> tuple[PublicName, ...]:
    return tuple(PublicName(id_, name) for id_, name in rows)
