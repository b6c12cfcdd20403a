"""What is put before a moderator: a choice of signatures, its picture and what they have in common."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings

from undersign.campaigns.models import Petition
from undersign.foundation.ids import EPOCH
from undersign.foundation.keys import load_keys
from undersign.moderation.queries.domains import domain_doubts
from undersign.moderation.selection import Criteria, selection_of
from undersign.signing.identity import SigningKeys
from undersign.signing.queries.selections import Selection, TooLong, patience, selection_count
from undersign.signing.queries.timelines import (
    Look,
    TimeFrame,
    selection_look,
    signed_between,
    time_frame,
    timeline,
)
from undersign.web.admin.review.chart import Chart, chart
from undersign.web.admin.review.commons import CommonsView, commons_views
from undersign.web.admin.review.forms import criteria_query

PATIENCE = timedelta(seconds=6)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class View:
    """A choice and what it looks like. `total` is None where counting would have taken too long."""

    selection: Selection
    chart: Chart
    commons: list[CommonsView]
    total: int | None
    looked_at: int
    is_cut: bool
    is_too_long: bool = False


def selection_for(criteria: Criteria, *, petition: Petition, at: datetime) -> Selection:
    """Turn criteria into a selection of what was signed before `at`. Raises KeysError."""
    keys = SigningKeys.of_newest_epoch(load_keys(settings.KEYS_FILE))
    return selection_of(criteria, petition=petition, since=EPOCH, until=at, keys=keys)


def look_at(selection: Selection, criteria: Criteria, *, address: str, at: datetime) -> View:
    """Look at a selection; `address` is the page that shows criteria given in its query string."""
    frame = _frame(selection, criteria, at)
    try:
        with patience(PATIENCE):
            counts = timeline(petition_id=selection.petition_id, frame=frame)
            look = selection_look(selection, frame=frame)
            total = selection_count(selection) if look.is_cut else look.total
    except TooLong:
        nothing = (0,) * frame.bars
        drawn = chart(frame, nothing, nothing, _url_of(address, criteria))
        return View(selection, drawn, [], None, 0, is_cut=False, is_too_long=True)
    return _view(
        selection, criteria, look, chart(frame, counts, look.bars, _url_of(address, criteria)), total, address
    )


def _view(
    selection: Selection, criteria: Criteria, look: Look, drawn: Chart, total: int, address: str
) -> View:
    def url_with(field: str, value: str) -> str:
        return with_query(address, replace(criteria, **{field: value}))

    domains = [common.value for common in look.commons.get("domain", ())]
    doubts = domain_doubts(selection.petition_id, domains)
    return View(selection, drawn, commons_views(look, url_with, doubts), total, look.total, look.is_cut)


def _frame(selection: Selection, criteria: Criteria, at: datetime) -> TimeFrame:
    """Give the time that was chosen with some of what lies around it, or else the petition's whole life."""
    first, last = signed_between(selection.petition_id) or (at, at)
    since = max(selection.since, first)
    until = max(min(selection.until, at), since) if criteria.until else max(last + SECOND, since)
    around = (until - since) / 4 if criteria.since or criteria.until else timedelta()
    return time_frame(max(since - around, min(first, since)), min(until + around, at + SECOND))


def _url_of(address: str, criteria: Criteria) -> Callable[[datetime, datetime], str]:
    def url_of(since: datetime, until: datetime) -> str:
        return with_query(address, replace(criteria, since=since.isoformat(), until=until.isoformat()))

    return url_of


def with_query(address: str, criteria: Criteria, **more: str) -> str:
    """Give the address that shows these criteria."""
    query = criteria_query(criteria) | more
    return f"{address}?{urlencode(query)}" if query else address
