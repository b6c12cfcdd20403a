"""The switches of the whole instance, for its operator."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from undersign.foundation.switches import Switch, switch_off, switch_on, switches
from undersign.web.admin.petitions.frame import crumbs


@dataclass(frozen=True)
class SwitchWords:
    """What a switch is called and what it does."""

    label: str | Promise
    effect: str | Promise


WORDS: Mapping[Switch, SwitchWords] = {
    Switch.SIGNING_PAUSED: SwitchWords(
        gettext_lazy("Pause signing"),
        gettext_lazy("No petition can be signed or confirmed. Pages stay and say so."),
    ),
    Switch.MAIL_PAUSED: SwitchWords(
        gettext_lazy("Pause mail"),
        gettext_lazy("No mail leaves the outbox and none is lost. For a mail server in trouble."),
    ),
    Switch.READ_ONLY: SwitchWords(
        gettext_lazy("Read-only"),
        gettext_lazy("Visitors can read and nothing else. For upgrades and repairs."),
    ),
}


@dataclass(frozen=True)
class SwitchRow:
    """One switch as the page shows it; `since` is None while it is off."""

    name: str
    words: SwitchWords
    since: datetime | None


@require_http_methods(["GET", "HEAD"])
def switch_list(request: HttpRequest) -> HttpResponse:
    """Show every switch and since when it is on."""
    _operator_only(request)
    stored = switches()
    context = {
        "header_title": _("Switches"),
        "header_icon": "rotate",
        "breadcrumbs_items": crumbs((_("Switches"), "")),
        "rows": [
            SwitchRow(switch.name.lower(), words, getattr(stored, switch)) for switch, words in WORDS.items()
        ],
    }
    return render(request, "undersign_admin/petitions/switches.html", context)


@require_POST
def switch_set(request: HttpRequest, name: str) -> HttpResponse:
    """Switch one on."""
    switch = Switch[name.upper()]
    switch_on(switch=switch, by=_operator_only(request), at=timezone.now())
    messages.warning(request, _("On: %(switch)s.") % {"switch": WORDS[switch].label})
    return redirect("undersign_switches:list")


@require_POST
def switch_release(request: HttpRequest, name: str) -> HttpResponse:
    """Switch one off."""
    switch = Switch[name.upper()]
    switch_off(switch=switch, by=_operator_only(request), at=timezone.now())
    messages.success(request, _("Off: %(switch)s.") % {"switch": WORDS[switch].label})
    return redirect("undersign_switches:list")


def _operator_only(request: HttpRequest) -> User:
    if not isinstance(request.user, User) or not request.user.is_superuser:
        raise PermissionDenied
    return request.user
