"""What came back of the mails of the visitor's organisations: numbers and servers' words, no addresses."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from undersign.campaigns.models import Petition
from undersign.messaging.queries.undelivered import SHOWN_FOR, undelivered_by_reply
from undersign.supporters.queries import Permission, organisations_where


@require_safe
def undelivered(request: HttpRequest) -> HttpResponse:
    """Show what came back in the last days, by petition, provider and reply."""
    organisations = organisations_where(request.user, Permission.SEE_PEOPLE).values_list("pk", flat=True)
    counts = undelivered_by_reply(organisations, at=timezone.now())
    slugs = dict(
        Petition.objects.filter(pk__in={row.petition_id for row in counts}).values_list("pk", "slug")
    )
    context = {
        "header_title": _("Undelivered mail"),
        "header_icon": "warning",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": "", "label": _("Undelivered mail")},
        ],
        "rows": [(slugs.get(row.petition_id or 0, ""), row) for row in counts],
        "total": sum(row.count for row in counts),
        "days": SHOWN_FOR.days,
    }
    return render(request, "undersign_admin/undelivered/list.html", context)
