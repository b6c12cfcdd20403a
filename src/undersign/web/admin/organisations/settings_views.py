"""Changing an organisation's settings, notices and look."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from undersign.supporters.models import OrganisationNotice
from undersign.supporters.services import notice_write, organisation_change
from undersign.web.admin.organisations.accents import accent_samples
from undersign.web.admin.organisations.access import actor, frame, organisation_or_404
from undersign.web.admin.organisations.branding import branding_change
from undersign.web.admin.organisations.forms import BrandingForm, NoticeForm, SettingsForm
from undersign.web.admin.organisations.overview import FOLDER
from undersign.web.admin.walls.reach import reachable_images, reaches_images
from undersign.web.markdown import markdown_html
from undersign.web.models import Branding

READ_OR_SEND = ["GET", "HEAD", "POST"]


@require_http_methods(READ_OR_SEND)
def organisation_settings(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, addresses and rules."""
    organisation = organisation_or_404(request.user, pk)
    form = SettingsForm(request.POST or None, instance=organisation_or_404(request.user, pk))
    if form.is_valid():
        organisation_change(
            organisation=organisation, fields=form.cleaned_data, by=actor(request), at=timezone.now()
        )
        return _saved(request, pk)
    context = frame(organisation, _("Name, address and rules"), form=form)
    return render(request, f"{FOLDER}/form.html", context)


@require_http_methods(READ_OR_SEND)
def organisation_notice(request: HttpRequest, pk: int, locale: str) -> HttpResponse:
    """Privacy notice and imprint in one language; “Preview” shows them as visitors will see them."""
    organisation = organisation_or_404(request.user, pk)
    if locale not in dict(settings.LANGUAGES):
        raise Http404
    stored = OrganisationNotice.objects.filter(organisation=organisation, locale=locale).first()
    form = NoticeForm(request.POST or None, instance=stored)
    preview = []
    if form.is_valid():
        if "preview" not in request.POST:
            notice_write(
                organisation=organisation,
                locale=locale,
                texts=form.cleaned_data,
                by=actor(request),
                at=timezone.now(),
            )
            return _saved(request, pk)
        preview = [(form[name].label, markdown_html(form.cleaned_data[name])) for name in form.fields]
    title = _("Privacy notice and imprint: %(language)s") % {
        "language": get_language_info(locale)["name_translated"]
    }
    context = frame(organisation, title, form=form, has_preview=True, preview=preview)
    return render(request, f"{FOLDER}/form.html", context)


@require_http_methods(READ_OR_SEND)
def organisation_branding(request: HttpRequest, pk: int) -> HttpResponse:
    """Logo and accent colour, with what becomes of the colour."""
    organisation = organisation_or_404(request.user, pk)
    if not reaches_images(request.user, filter(None, [request.POST.get("logo")])):
        raise Http404  # a form that came back would show the picture of somebody else
    stored = Branding.objects.filter(organisation=organisation).first()
    form = BrandingForm(request.POST or None, instance=stored, images=reachable_images(request.user))
    if form.is_valid():
        branding_change(
            organisation=organisation,
            logo=form.cleaned_data["logo"],
            accent=form.cleaned_data["accent"],
            by=actor(request),
            at=timezone.now(),
        )
        return _saved(request, pk)
    samples = accent_samples(str(form["accent"].value()))
    context = frame(organisation, _("Logo and colour"), form=form, samples=samples, media=form.media)
    return render(request, f"{FOLDER}/branding.html", context)


@require_safe
def accent_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw what becomes of the colour in `?accent=`, while somebody chooses it."""
    organisation_or_404(request.user, pk)
    samples = accent_samples(request.GET.get("accent", ""))
    return render(request, f"{FOLDER}/_accent.html", {"samples": samples})


def _saved(request: HttpRequest, pk: int) -> HttpResponse:
    messages.success(request, _("Saved. The public pages follow within a few seconds."))
    return redirect("undersign_organisations:overview", pk)
