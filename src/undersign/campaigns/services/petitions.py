"""A petition's beginning, its address, and its coming before the public."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from undersign.campaigns.errors import AddressFixed, AddressTaken
from undersign.campaigns.models import Petition, PetitionText
from undersign.campaigns.services.records import petition_record
from undersign.foundation.changes import SITE, change_record
from undersign.supporters.models import Organisation
from undersign.supporters.queries import Permission, permission_require


@transaction.atomic
def petition_create(
    *, organisation: Organisation, slug: str, locale: str, by: User | None, at: datetime
) -> Petition:
    """Begin a petition whose first language is `locale`. Nobody can sign it before it is published.

    Raises NotAllowed, AddressTaken.
    """
    permission_require(by=by, permission=Permission.WRITE_PAGES, organisation=organisation)
    if Petition.objects.filter(slug=slug).exists():
        raise AddressTaken
    petition = Petition.objects.create(
        organisation=organisation, slug=slug, default_locale=locale, created_at=at
    )
    petition_record(petition=petition, action="petition.created", by=by, at=at, detail={"slug": slug})
    return petition


@transaction.atomic
def petition_readdress(*, petition: Petition, slug: str, by: User | None, at: datetime) -> None:
    """Give a petition that nobody has seen yet another address. Raises AddressFixed, AddressTaken."""
    stored = petition_lock(petition)
    if stored.slug == slug:
        return
    if stored.published_at:
        raise AddressFixed
    if Petition.objects.filter(slug=slug).exists():
        raise AddressTaken
    stored.slug = petition.slug = slug
    stored.save(update_fields=["slug"])
    petition_record(petition=stored, action="petition.readdressed", by=by, at=at, detail={"slug": slug})


@transaction.atomic
def petition_publish(*, petition: Petition, locale: str, by: User | None, at: datetime) -> None:
    """Note that the page in `locale` has come before the public; the first one opens the petition.

    Whether `by` may publish is judged where the page is published. A petition that was closed, won or lost
    stays so: correcting its page does not open it again.
    """
    stored = petition_lock(petition)
    if stored.state == Petition.State.DRAFT:
        stored.state = petition.state = Petition.State.OPEN
        stored.published_at = petition.published_at = at
        stored.save(update_fields=["state", "published_at"])
    _texts_standing(petition, locale).update(hidden_at=None)
    petition_record(petition=stored, action="petition.published", by=by, at=at, detail={"locale": locale})
    change_record(topic=SITE, at=at)  # lists that do not show it yet


@transaction.atomic
def petition_unpublish(*, petition: Petition, locale: str, by: User | None, at: datetime) -> None:
    """Note that the page in `locale` was taken away: nobody can sign there. State and signatures stay.

    Mails already sent can still be confirmed: people gave their name while the page was there.
    """
    _texts_standing(petition, locale).update(hidden_at=at)
    petition_record(petition=petition, action="petition.unpublished", by=by, at=at, detail={"locale": locale})
    change_record(topic=SITE, at=at)


def _texts_standing(petition: Petition, locale: str) -> QuerySet[PetitionText]:
    return PetitionText.objects.filter(version__petition=petition, locale=locale, replaced_at__isnull=True)


def petition_lock(petition: Petition) -> Petition:
    """Return the stored petition, changed by nobody else until the transaction ends.

    A plain FOR UPDATE would block inserts of its signatures, whose foreign key takes a key share lock.
    """
    return Petition.objects.select_for_update(no_key=True).get(pk=petition.pk)
