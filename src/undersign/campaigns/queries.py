"""What the rest of the platform asks about petitions."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Least

from undersign.campaigns.models import Petition, PetitionText

# For connections that are not Django's. Parameter: since (timestamptz), which is now less the time a page
# may be cached. Rows: every text that a visitor may have before their eyes, current ones with a null.
TEXTS_STANDING_SINCE_SQL = """
    SELECT t.id, v.petition_id, v.number, t.locale, t.made_at,
           least(t.replaced_at, t.hidden_at) AS superseded_at
    FROM campaigns_petitiontext t JOIN campaigns_textversion v ON v.id = t.version_id
    WHERE t.replaced_at IS NULL OR t.replaced_at >= %(since)s
    ORDER BY v.petition_id, t.locale, t.made_at
"""


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


def current_texts(petition_ids: Iterable[int]) -> QuerySet[PetitionText]:
    """Return what stands before the public: one text for each petition and language, targets at hand."""
    texts = PetitionText.objects.filter(version__petition__in=list(petition_ids), replaced_at__isnull=True)
    return texts.select_related("version").prefetch_related("targets")


def texts_standing_since(petition_ids: Iterable[int], *, since: datetime) -> QuerySet[PetitionText]:
    """Return the current texts and those that were replaced at `since` or after.

    A form may bind its attempt to any of them, if `since` is now less the time a page may be cached.
    """
    standing = Q(replaced_at__isnull=True) | Q(replaced_at__gte=since)
    texts = PetitionText.objects.filter(standing, version__petition__in=list(petition_ids))
    return texts.select_related("version").order_by("version__petition", "locale", "made_at")


def text_history(petition: Petition, locale: str) -> QuerySet[PetitionText]:
    """Return the last words of each version in one language, newest version first, for diffs.

    Carried-over texts are left out: nothing changed for readers of this language.
    """
    texts = PetitionText.objects.filter(version__petition=petition, locale=locale, is_carried_over=False)
    return (
        texts.order_by("-version__number", "-made_at").distinct("version__number").select_related("version")
    )


def petitions_past_retention(at: datetime) -> QuerySet[Petition]:
    """Return the petitions whose signers were to be forgotten by `at`, whether or not they are.

    Days count from the instant signing ended: when somebody ended it or its closing date came, whichever was
    first. A petition that can be signed never ran out: its end is unknown, or lies ahead.
    """
    days = Coalesce("retention_days", "organisation__retention_days")
    kept_for = ExpressionWrapper(days * Value(timedelta(days=1)), output_field=DurationField())
    ended_at = Least(F("ended_at"), F("closes_at"))  # PostgreSQL's passes nulls over
    kept_until = ExpressionWrapper(ended_at + kept_for, output_field=DateTimeField())
    over = Petition.objects.exclude(state=Petition.State.DRAFT).alias(kept_until=kept_until)
    return over.filter(kept_until__lte=at)
