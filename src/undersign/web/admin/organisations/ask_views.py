"""What signers may agree to, and the words they are asked with."""

from itertools import groupby

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from undersign.supporters.models import ConsentAsk
from undersign.supporters.queries import current_wordings
from undersign.supporters.services import ask_change, ask_create, wording_write
from undersign.web.admin.organisations.access import actor, frame, organisation_or_404
from undersign.web.admin.organisations.forms import AskForm, WordingForm
from undersign.web.admin.organisations.overview import FOLDER


@require_http_methods(["GET", "HEAD", "POST"])
def ask_list(request: HttpRequest, pk: int) -> HttpResponse:
    """List the questions and take a new one."""
    organisation = organisation_or_404(request.user, pk)
    form = AskForm(request.POST or None)
    if form.is_valid():
        try:
            ask = ask_create(
                organisation=organisation, **form.cleaned_data, by=actor(request), at=timezone.now()
            )
        except ValidationError:
            form.add_error("purpose", _("You already ask this. Change its words instead."))
        else:
            return redirect("undersign_organisations:ask", pk, ask.pk)
    asks = [(ask, current_wordings(ask)) for ask in organisation.consent_asks.order_by("purpose", "channel")]
    context = frame(organisation, _("What signers may agree to"), form=form, asks=asks)
    return render(request, f"{FOLDER}/asks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def ask_words(request: HttpRequest, pk: int, ask_pk: int) -> HttpResponse:
    """Show every version of the words in each language and take new ones."""
    organisation = organisation_or_404(request.user, pk)
    ask = get_object_or_404(ConsentAsk, organisation=organisation, pk=ask_pk)
    form = WordingForm(request.POST or None, initial={"locale": organisation.default_locale})
    if form.is_valid():
        wording_write(ask=ask, **form.cleaned_data, by=actor(request), at=timezone.now())
        messages.success(request, _("Saved. People who agreed before agreed to the words they saw."))
        return redirect("undersign_organisations:ask", pk, ask_pk)
    wordings = ask.wordings.order_by("locale", "-version")
    languages = [
        (language, list(versions)) for language, versions in groupby(wordings, key=lambda one: one.locale)
    ]
    context = frame(organisation, str(ask), ask=ask, form=form, languages=languages)
    return render(request, f"{FOLDER}/ask.html", context)


@require_POST
def ask_default(request: HttpRequest, pk: int, ask_pk: int) -> HttpResponse:
    """Ask it on every petition that chooses nothing else, or stop."""
    organisation = organisation_or_404(request.user, pk)
    ask = get_object_or_404(ConsentAsk, organisation=organisation, pk=ask_pk)
    ask_change(ask=ask, is_default="is_default" in request.POST, by=actor(request), at=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("undersign_organisations:ask", pk, ask_pk)
