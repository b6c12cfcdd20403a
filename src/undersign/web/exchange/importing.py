"""Petition files taken in: all of them, or none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.models import Collection, Locale

from undersign.campaigns.models import Petition
from undersign.campaigns.services import (
    PetitionForm,
    petition_close,
    petition_declare_lost,
    petition_declare_won,
    petition_form_change,
    petition_reopen,
)
from undersign.supporters.models import Organisation
from undersign.web.exchange.checking import Given, consent_ask, givens_check
from undersign.web.exchange.document import PetitionDocument, PetitionSettings
from undersign.web.exchange.errors import PetitionFileInvalid, Problem, Report
from undersign.web.exchange.from_page import document_of_page, page_pictures, picture_names
from undersign.web.exchange.pictures import Shelf, pictures_check
from undersign.web.exchange.reading import document_read
from undersign.web.exchange.to_page import page_fill
from undersign.web.images import source_set
from undersign.web.models import OrganisationPage, PetitionPage, Wall

_ENDS: Mapping[str, Callable[..., None]] = {
    "closed": petition_close,
    "won": petition_declare_won,
    "lost": petition_declare_lost,
}


STEPS = 2  # for each file: its page is made, then the sizes of its pictures


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one file."""

    path: Path
    page: PetitionPage
    is_changed: bool


def petitions_import(
    *,
    paths: Sequence[Path],
    organisation: str = "",
    is_published: bool,
    at: datetime,
    progress: Callable[[int], None],
) -> list[Imported]:
    """Create or update the page of each file as a draft, or as what the public sees.

    `organisation` is a slug that goes before the one in the files. `progress` hears how many steps are
    done, of STEPS for each file. Raises PetitionFileInvalid, with every problem of every file, before
    anything is written.
    """
    givens = _read(paths, organisation)
    shelves: list[Shelf] = []
    try:
        with transaction.atomic():
            # First languages come first: translations share the petition that these bring into being.
            in_order = sorted(givens, key=lambda given: given.document.settings is None)
            imported = []
            for given in in_order:
                imported.append(_take_in(given, shelves, is_published=is_published, at=at))
                progress(len(imported))
    except BaseException:
        for shelf in shelves:
            shelf.clear()
        raise
    for number, each in enumerate(imported, start=len(imported) + 1):
        _sizes_make(each.page)
        progress(number)
    return imported


def _sizes_make(page: PetitionPage) -> None:
    """Make the sizes of a public page's pictures now: its first visitor would have to wait for them."""
    for image in page_pictures(page) if page.live else ():
        source_set(image)


def _read(paths: Sequence[Path], organisation: str) -> list[Given]:
    reports = [Report(str(path)) for path in paths]
    givens = []
    for path, report in zip(paths, reports, strict=True):
        document = document_read(path, report=report)
        if document is not None:
            document = replace(document, organisation=organisation) if organisation else document
            givens.append(Given(path, document, report))
            pictures_check(document, folder=path.parent, report=report)
    givens_check(givens)
    _raise_if_any([problem for report in reports for problem in report.problems])
    return givens


def _raise_if_any(problems: list[Problem]) -> None:
    if problems:
        raise PetitionFileInvalid(problems)


def _take_in(given: Given, shelves: list[Shelf], *, is_published: bool, at: datetime) -> Imported:
    document = given.document
    organisation = Organisation.objects.get(slug=document.organisation)
    page = _page(document, organisation)
    is_changed = page.pk is None or _document_of(page) != document
    if is_changed:
        shelf = Shelf(collection=_collection(organisation), folder=given.path.parent)
        shelves.append(shelf)
        page_fill(page, document=document, shelf=shelf)
        _save(page, given)
    if document.settings:
        _apply(document.settings, petition=page.petition, organisation=organisation, at=at)
    if is_published and (is_changed or not page.live or page.has_unpublished_changes):
        (page.get_latest_revision() or page.save_revision()).publish()
        page.refresh_from_db()
    if document.settings and page.live:
        _bring_to(document.settings.state, petition=page.petition, at=at)
    return Imported(given.path, page, is_changed)


def _collection(organisation: Organisation) -> Collection:
    collection: Collection = Wall.objects.get(organisation=organisation).collection
    return collection


def _document_of(page: PetitionPage) -> PetitionDocument:
    page.petition.refresh_from_db()
    return document_of_page(page, picture_names(page_pictures(page)))


# ---- The page


def _page(document: PetitionDocument, organisation: Organisation) -> PetitionPage:
    """Return the newest draft of the document's page, or a page that is not in the tree yet."""
    locale = Locale.objects.get(language_code=document.locale)
    page = PetitionPage.objects.filter(petition__slug=document.slug, locale=locale).first()
    if page is not None:
        draft: PetitionPage = page.get_latest_revision_as_object()
        return draft
    new = PetitionPage(slug=document.slug, locale=locale, live=False)
    original = PetitionPage.objects.filter(petition__slug=document.slug).order_by("pk").first()
    if document.translation_of and original is not None:
        new.petition, new.translation_key = original.petition, original.translation_key
    return new


def _parent(page: PetitionPage, organisation: str) -> OrganisationPage:
    """Return the organisation's page in the same language; where it has none, one that mirrors its first."""
    pages = OrganisationPage.objects.filter(organisation__slug=organisation).order_by("pk")
    parent: OrganisationPage = pages.filter(locale=page.locale).first() or pages[0].copy_for_translation(
        page.locale, copy_parents=True, alias=True
    )
    return parent


def _save(page: PetitionPage, given: Given) -> None:
    try:
        if page.pk is None:
            _parent(page, given.document.organisation).add_child(instance=page)
        page.full_clean()
        page.save_revision()
    except ValidationError as refusal:
        raise PetitionFileInvalid(_problems(given.path, refusal)) from refusal


def _problems(path: Path, refusal: ValidationError) -> list[Problem]:
    if hasattr(refusal, "error_dict"):
        return [
            Problem(str(path), message, key=key)
            for key, found in refusal.message_dict.items()
            for message in found
        ]
    return [Problem(str(path), message) for message in refusal.messages]


# ---- The petition


def _apply(
    settings: PetitionSettings, *, petition: Petition, organisation: Organisation, at: datetime
) -> None:
    form = replace(
        PetitionForm.of(petition),
        country=settings.country,
        postcode=settings.postcode,
        phone=settings.phone,
        reason=settings.reason,
        names_per_mailbox=settings.names_per_mailbox,
        closes_at=settings.closes_at,
        retention_days=settings.retention_days,
    )
    asks = [ask for asked in settings.consents if (ask := consent_ask(organisation, asked))]
    petition_form_change(petition=petition, form=form, asks=asks, by=None, at=at)


def _bring_to(state: str, *, petition: Petition, at: datetime) -> None:
    petition.refresh_from_db()
    if petition.state == state:
        return
    if state == Petition.State.OPEN:
        petition_reopen(petition=petition, by=None, at=at)
    else:
        _ENDS[state](petition=petition, by=None, at=at)
