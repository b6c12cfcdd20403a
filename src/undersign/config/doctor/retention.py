"""Signers whose data is kept for longer than they were told."""

from collections.abc import Iterator
from datetime import timedelta

from undersign.config.doctor.findings import Examination, Finding, fail, ok, warn
from undersign.signing.queries.retention import petitions_to_forget

OVERDUE = timedelta(days=2)


def retention(examination: Examination) -> Iterator[Finding]:
    """Look for petitions whose signers should have been forgotten two days ago or earlier."""
    overdue = list(petitions_to_forget(examination.at - OVERDUE))
    held = [petition.slug for petition in overdue if petition.read_only_at is not None]
    late = [petition.slug for petition in overdue if petition.read_only_at is None]
    if late:
        yield fail("retention", f"not enforced for two days: {', '.join(late)}. The worker's log says why.")
    if held:
        yield warn("retention", f"has run out, but these are read-only: {', '.join(held)}.")
    if not overdue:
        yield ok("retention", "nobody is kept for longer than promised")
