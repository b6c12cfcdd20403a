"""The list of names as its page shows it."""

from undersign.signing.queries import names as listed
from undersign.signing.queries.counts import counts_shown
from undersign.web.composition.petitions import petition_frame, petition_path
from undersign.web.models import PetitionPage
from undersign.web.presentation.names import NamesPage, SignerView


def names_page(page: PetitionPage, found: listed.NamesPage) -> NamesPage:
    """Compose one page of a petition's names, with the addresses of those before and after it."""
    path = f"{petition_path(page)}names/"
    names = found.names
    return NamesPage(
        frame=petition_frame(page, "names/"),
        petition_title=page.title,
        petition_url=petition_path(page),
        total=counts_shown([page.petition_id])[page.petition_id],
        signers=tuple(SignerView(name=name.name, signed_at=name.signed_at) for name in names),
        newer_url=f"{path}newer/{names[0].id}/" if names and found.has_newer else "",
        older_url=f"{path}older/{names[-1].id}/" if names and found.has_older else "",
    )
