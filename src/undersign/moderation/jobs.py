"""The names by which the worker knows its jobs, so that they can be asked for from below."""

from uuid import UUID

from procrastinate.contrib.django import app

NAME_SEARCH_DO = "name_search_do"
REMOVAL_DO = "removal_do"


def name_search_defer(search_id: UUID) -> None:
    """Ask the worker to search, in the caller's transaction."""
    app.configure_task(NAME_SEARCH_DO).defer(search_id=str(search_id))


def removal_defer(removal_id: UUID) -> None:
    """Ask the worker to remove, or to put back, in the caller's transaction."""
    app.configure_task(REMOVAL_DO).defer(removal_id=str(removal_id))
