"""Held forms: look at what waits, let it out, or leave it to be forgotten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from undersign.campaigns.models import Petition
from undersign.foundation.ids import uuid7_at
from undersign.foundation.keys import load_keys
from undersign.moderation.queries.domains import domain_doubts
from undersign.moderation.queries.held import (
    HeldChoice,
    held_attempts,
    held_by_network,
    held_by_reason,
    held_by_source,
)
from undersign.moderation.reasons import HeldReason
from undersign.moderation.selection import stored_domains
from undersign.moderation.services.releasing import held_release
from undersign.signing.identity import SigningKeys
from undersign.signing.models import Attempt
from undersign.supporters.errors import Refused
from undersign.web.admin.review.commons import CommonsView, CommonView, domain_label, source_label
from undersign.web.admin.review.forms import ChoiceForm
from undersign.web.admin.review.frame import FOLDER, person_of, petition_to_review, review_frame

SHOWN = 100


class HeldForm(ChoiceForm):
    """What held forms can be chosen by."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why it is held"),
        required=False,
        choices=[("", gettext_lazy("any")), *HeldReason.choices],
    )
    field_order = ("reason",)


@never_cache
@require_safe
def held(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is held, newest first, and what many have in common."""
    petition, at = petition_to_review(request, pk), timezone.now()
    form = HeldForm(request.GET)
    choice = _choice(form, petition) if form.is_valid() else HeldChoice()
    found = held_attempts(petition, choice, at=at)
    total = found.count()
    address = reverse("undersign_review:held", args=[pk])
    context = review_frame(request, petition, _("Held forms")) | {
        "form": form,
        "total": total,
        "commons": _commons(request, petition, choice, at, total),
        "rows": _rows(petition, list(found.order_by("-id")[:SHOWN])),
        "shown": SHOWN,
        "is_narrowed": choice != HeldChoice(),
        "whole_url": address,
        "release_url": f"{reverse('undersign_review:release', args=[pk])}?{request.GET.urlencode()}",
    }
    return render(request, f"{FOLDER}/held.html", context)


@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Let out the forms that are ticked, or all that were chosen."""
    petition, at = petition_to_review(request, pk), timezone.now()
    form = HeldForm(request.GET)
    back = redirect(f"{reverse('undersign_review:held', args=[pk])}?{request.GET.urlencode()}")
    ids = _ids(request.POST.getlist("id"))
    if not form.is_valid() or (not ids and "all" not in request.POST):
        messages.error(request, _("Tick the forms to let out."))
        return back
    choice = HeldChoice(ids=ids) if ids else _choice(form, petition)
    try:
        count = held_release(petition=petition, choice=choice, by=person_of(request), at=at)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return back
    told = ngettext("%(count)s form was let out.", "%(count)s forms were let out.", count)
    messages.success(request, told % {"count": count} + " " + _("Their mails go out now."))
    return back


def _choice(form: HeldForm, petition: Petition) -> HeldChoice:
    chosen = form.cleaned_data
    keys = SigningKeys.of_newest_epoch(load_keys(settings.KEYS_FILE))
    return HeldChoice(
        reason=chosen["reason"],
        network=chosen["network"],
        source=chosen["source"],
        mail_domains=frozenset(stored_domains(chosen["domain"], petition.organisation_id, keys)),
        since=chosen["since"],
        until=chosen["until"],
    )


def _ids(texts: list[str]) -> list[UUID]:
    """Read the ids that were ticked; what is none was not ticked by our page."""
    try:
        return [UUID(text) for text in texts]
    except ValueError:
        return []


def _commons(
    request: HttpRequest, petition: Petition, choice: HeldChoice, at: datetime, total: int
) -> list[CommonsView]:
    """Say why forms are held and where they came from, each with a way to choose just those."""

    def url(name: str, value: str) -> str:
        query = {key: text for key, text in request.GET.dict().items() if text} | {name: value}
        return f"?{urlencode(query)}"

    kinds: list[tuple[str, str, Any, Any]] = [
        (_("Why it is held"), "reason", held_by_reason, _reason),
        (_("Networks"), "network", held_by_network, str),
        (_("Sources"), "source", held_by_source, source_label),
    ]
    views = []
    for title, name, ask, label in kinds:
        groups = ask(petition, choice, at=at)
        rows = tuple(
            CommonView(
                label=label(group.value),
                count=group.count,
                percent=100 * group.count / max(total, 1),
                url=url(name, group.value) if group.value else "",
            )
            for group in groups[:8]
        )
        views.append(CommonsView(title, rows))
    return views


def _reason(value: str) -> str:
    return str(HeldReason(value).label) if value in HeldReason else value


def _rows(petition: Petition, attempts: Sequence[Attempt]) -> list[dict[str, object]]:
    doubts = domain_doubts(petition.pk, {attempt.mail_domain for attempt in attempts})
    return [_row(attempt) | {"doubt": doubts.get(attempt.mail_domain, "")} for attempt in attempts]


def _row(attempt: Attempt) -> dict[str, object]:
    return {
        "id": attempt.pk,
        "at": uuid7_at(attempt.pk),
        "reason": _reason(attempt.held_reason),
        "network": attempt.network or "",
        "domain": domain_label(attempt.mail_domain),
        "source": attempt.source,
    }
