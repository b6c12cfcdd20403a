"""“Form and settings”: what a petition asks of its signers. It takes effect at once, without publishing."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin.widgets import AdminDateTimeInput

from undersign.campaigns.models import Petition
from undersign.campaigns.services import PetitionForm, petition_form_change
from undersign.supporters.models import ConsentAsk
from undersign.supporters.queries import Permission
from undersign.web.admin.petitions.access import petition_or_404
from undersign.web.admin.petitions.frame import petition_frame
from undersign.web.admin.petitions.glance import glances

ASKED = ("country", "postcode", "phone", "reason")
LAYERS = ("is_trap_set", "is_pace_limited", "is_list_applied", "is_domain_checked")


class FormAndSettings(forms.ModelForm[Petition]):
    """Everything of a petition that is not text."""

    class Meta:
        model = Petition
        fields = (*ASKED, "names_per_mailbox", "consent_asks", "closes_at", "retention_days", *LAYERS)
        widgets = {"closes_at": AdminDateTimeInput, "consent_asks": forms.CheckboxSelectMultiple}
        help_texts = {
            "reason": gettext_lazy("A sentence in the signer's own words. You see it; the public does not."),
            "phone": gettext_lazy("Few people give it. Ask only if somebody will call them."),
            "names_per_mailbox": gettext_lazy("Two people are told apart by their names."),
            "closes_at": gettext_lazy("Empty: it stays open until you close it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ASKED:
            self.fields[name].required = False  # else a mark beside “not asked” would say that it is asked
        organisation = self.instance.organisation
        asks = self.fields["consent_asks"]
        asks.queryset = ConsentAsk.objects.filter(organisation=organisation).order_by("purpose", "channel")  # type: ignore[attr-defined]
        asks.help_text = _("Nothing chosen: those that your organisation asks on every petition.")
        self.fields["retention_days"].help_text = _(
            "Counted from the day it closes. Empty: %(days)s days, as your organisation has it."
        ) % {"days": organisation.retention_days}

    def clean(self) -> None:
        """Take a missing answer for “not asked”."""
        super().clean()
        for name in ASKED:
            self.cleaned_data[name] = self.cleaned_data.get(name) or Petition.Field.OFF

    def clean_closes_at(self) -> datetime | None:
        """Refuse a new date that has passed: closing at once is a button of its own."""
        closes_at: datetime | None = self.cleaned_data["closes_at"]
        if "closes_at" in self.changed_data and closes_at and closes_at <= timezone.now():
            raise ValidationError(_("This moment has passed. To end the petition now, close it."))
        return closes_at

    def wanted(self) -> PetitionForm:
        """Return what was sent, for the service."""
        return PetitionForm(**{field.name: self.cleaned_data[field.name] for field in fields(PetitionForm)})


@require_http_methods(["GET", "HEAD", "POST"])
def petition_form(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and change the form of one petition."""
    petition = petition_or_404(request.user, pk, Permission.PUBLISH)
    glance = glances([petition], at=timezone.now())[0]
    form = FormAndSettings(request.POST if request.method == "POST" else None, instance=petition)
    if form.is_valid():
        petition_form_change(
            petition=petition,
            form=form.wanted(),
            asks=form.cleaned_data["consent_asks"],
            by=request.user,  # type: ignore[arg-type]  # the admin lets nobody in who is not logged in
            at=timezone.now(),
        )
        messages.success(request, _("Saved. The public form follows within a few seconds."))
        return redirect(glance.url)
    context = petition_frame(request, glance, _("Form and settings"))
    context |= {"form": form, "media": form.media}
    context |= {"asked": [form[name] for name in ASKED], "layers": [form[name] for name in LAYERS]}
    return render(request, "undersign_admin/petitions/form.html", context)
