"""What the rest of the platform asks about petitions."""

from undersign.campaigns.models import Petition


def address_is_free(slug: str, *, petition_id: int | None = None) -> bool:
    """Say whether a petition (but for `petition_id`) may have this address."""
    holders = Petition.objects.filter(slug=slug).values_list("pk", flat=True)
    return all(holder == petition_id for holder in holders)


def free_address(slug: str) -> str:
    """Return `slug`, or the first of slug-2, slug-3 … that no petition of this instance has."""
    taken = set(Petition.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    number, candidate = 1, slug
    while candidate in taken:
        number += 1
        candidate = f"{slug}-{number}"
    return candidate
