"""“Translate” in the menu of a page.

It stands in for the view of wagtail.contrib.simple_translation, which offers no language that the page above
lacks and leaves it to the campaigner to find out which page that is.
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.models import Page

from undersign.web.admin.organisations.access import actor
from undersign.web.admin.translations.copies import lacks_above, translation_begin
from undersign.web.admin.translations.forms import TranslationForm
from undersign.web.admin.walls.reach import reachable_pages
from undersign.web.models import PetitionPage

TEMPLATE = "undersign_admin/translations/translate.html"


@require_http_methods(["GET", "HEAD", "POST"])
def page_translate(request: HttpRequest, page_id: int) -> HttpResponse:
    """Ask for languages, and begin the page in each of them."""
    page = _page_to_translate(request, page_id)
    form = TranslationForm(page, request.POST or None)
    if not form.is_valid():
        return render(request, TEMPLATE, _frame(page, form))
    person = actor(request)
    made = [translation_begin(page=page, locale=locale, by=person) for locale in form.cleaned_data["locales"]]
    messages.success(request, _done(made))
    if len(made) == 1:
        return redirect("wagtailadmin_pages:edit", made[0].pk)
    return redirect("wagtailadmin_explore", page.get_parent().pk)


def _page_to_translate(request: HttpRequest, page_id: int) -> Page:
    """Find a page that somebody may write. Raises Http404, PermissionDenied."""
    found: Page = get_object_or_404(reachable_pages(request.user), pk=page_id).specific
    if found.is_root():
        raise Http404
    may_translate = request.user.has_perm("simple_translation.submit_translation")
    if not (may_translate and found.permissions_for_user(request.user).can_edit()):
        raise PermissionDenied
    return found


def _frame(page: Page, form: TranslationForm) -> dict[str, object]:
    above, title = page.get_parent(), page.get_admin_display_title()
    explorer = reverse("wagtailadmin_explore", args=[above.pk])
    editor = reverse("wagtailadmin_pages:edit", args=[page.pk])
    return {
        "header_title": _("Translate"),
        "header_icon": "globe",
        "breadcrumbs_items": [
            {"url": explorer, "label": above.get_admin_display_title()},
            {"url": editor, "label": title},
            {"url": "", "label": _("Translate")},
        ],
        "page": page,
        "title": title,
        "form": form,
        "is_petition": isinstance(page, PetitionPage),
        "brings_above": any(lacks_above(page, locale) for locale in form.missing),
    }


def _done(made: list[Page]) -> str:
    return _(
        "Draft made: %(languages)s. It still has the words of the original: translate them, then publish."
    ) % {"languages": ", ".join(str(page.locale) for page in made)}
