"""A page begun in another language: a draft with the words of the page it translates."""

from django.contrib.auth.models import User
from django.db import transaction
from wagtail.actions.copy_for_translation import CopyPageForTranslationAction
from wagtail.models import Locale, Page


@transaction.atomic
def translation_begin(*, page: Page, locale: Locale, by: User) -> Page:
    """Return the page in `locale`, made from `page` if there is none yet.

    Where the page above lacks the language it gets it first: also a draft, so nothing becomes public by this.
    The rows are locked, since pressing twice would ask for the same page twice.
    """
    above = page.get_parent().specific
    locked = Page.objects.select_for_update(no_key=True).filter(pk__in=[above.pk, page.pk]).order_by("pk")
    _ = list(locked)
    if not above.is_root():
        _copied(above, locale, by)
    return _copied(page, locale, by)


def lacks_above(page: Page, locale: Locale) -> bool:
    """Say whether the page above gets a language by translating `page` into it."""
    above = page.get_parent()
    return not above.is_root() and not above.has_translation(locale)


def _copied(page: Page, locale: Locale, by: User) -> Page:
    if page.has_translation(locale):
        return page.get_translation(locale)
    return CopyPageForTranslationAction(page, locale, user=by).execute(skip_permission_checks=True)
