"""The names by which the worker knows its jobs, so that they can be asked for from below."""

from uuid import UUID

from procrastinate.contrib.django import app

EXPORT_MAKE = "export_make"


def export_defer(export_id: UUID) -> None:
    """Ask the worker for a download, in the caller's transaction."""
    app.configure_task(EXPORT_MAKE).defer(export_id=str(export_id))
