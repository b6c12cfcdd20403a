"""An organisation at a glance: what is set, what is still missing, what happened."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.admin.paginator import WagtailPaginator

from undersign.foundation.models import AuditEntry
from undersign.supporters.models import Organisation
from undersign.supporters.queries import Permission
from undersign.web.admin.organisations.access import frame, organisation_or_404
from undersign.web.admin.organisations.choosing import WayIn, organisation_choose
from undersign.web.admin.organisations.happenings import happenings
from undersign.web.models import Branding

FOLDER = "undersign_admin/organisations"
WAY_IN = WayIn(
    permission=Permission.CHANGE_SETTINGS,
    leads_to="undersign_organisations:overview",
    template=f"{FOLDER}/list.html",
)


@dataclass(frozen=True)
class Section:
    """One part of the settings: where it is and how it stands."""

    label: str
    url: str
    state: str
    is_missing: bool = False


@require_safe
def organisation_list(request: HttpRequest) -> HttpResponse:
    """Lead to the one organisation somebody runs, or let them choose."""
    return organisation_choose(request, WAY_IN, {"header_title": _("Organisations"), "header_icon": "group"})


@require_safe
def organisation_overview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show every section with its state."""
    organisation = organisation_or_404(request.user, pk)
    sections = [
        Section(_("Name, address and rules"), _to("settings", organisation), organisation.sender_email),
        *_notices(organisation),
        _asks(organisation),
        _branding(organisation),
        _members(organisation),
        Section(_("What happened here"), _to("history", organisation), ""),
    ]
    return render(request, f"{FOLDER}/overview.html", frame(organisation, "", sections=sections))


@require_safe
def organisation_history(request: HttpRequest, pk: int) -> HttpResponse:
    """List the audit entries behind this organisation's wall, newest first."""
    organisation = organisation_or_404(request.user, pk, Permission.READ_HISTORY)
    entries = AuditEntry.objects.filter(organisation_id=organisation.pk).order_by("-at", "-pk")
    page = WagtailPaginator(entries, 50).get_page(request.GET.get("p"))
    title = _("What happened here")
    context = frame(
        organisation, title, page_obj=page, happenings=happenings(page.object_list), index_url=request.path
    )
    return render(request, f"{FOLDER}/history.html", context)


def _to(name: str, organisation: Organisation, *args: object) -> str:
    return reverse(f"undersign_organisations:{name}", args=[organisation.pk, *args])


def _notices(organisation: Organisation) -> list[Section]:
    written = set(organisation.notices.values_list("locale", flat=True))
    return [
        Section(
            _("Privacy notice and imprint: %(language)s")
            % {"language": get_language_info(code)["name_translated"]},
            _to("notice", organisation, code),
            _("written") if code in written else _("not written yet"),
            is_missing=not written and code == organisation.default_locale,
        )
        for code, _name in settings.LANGUAGES
    ]


def _asks(organisation: Organisation) -> Section:
    count = organisation.consent_asks.count()
    state = ngettext("%(count)s question", "%(count)s questions", count) % {"count": count}
    return Section(_("What signers may agree to"), _to("asks", organisation), state)


def _branding(organisation: Organisation) -> Section:
    branding = Branding.objects.filter(organisation=organisation).first()
    return Section(
        _("Logo and colour"),
        _to("branding", organisation),
        branding.accent if branding else _("as delivered"),
    )


def _members(organisation: Organisation) -> Section:
    count = organisation.memberships.count()
    state = ngettext("%(count)s person", "%(count)s people", count) % {"count": count}
    return Section(_("People and roles"), _to("members", organisation), state)
