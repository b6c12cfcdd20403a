"""The form for a line of a list. It reads; the service decides and writes."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminDateTimeInput

from undersign.moderation.models import ListEntry
from undersign.moderation.services.listing import NewEntry


class EntryForm(forms.ModelForm[ListEntry]):
    """What is known of somebody, what happens to their forms, why, and until when."""

    value = forms.CharField(
        label=gettext_lazy("Network, domain or address"),
        max_length=254,
        help_text=gettext_lazy(
            "Such as 192.0.2.0/24, 2001:db8::/48, mail.example (with everything below it) "
            "or name@mail.example."
        ),
    )

    field_order = ("effect", "kind", "value", "reason", "expires_at")

    class Meta:
        model = ListEntry
        fields = ("effect", "kind", "reason", "expires_at")
        widgets = {"expires_at": AdminDateTimeInput}
        help_texts = {
            "reason": gettext_lazy("For colleagues, and for yourself in a month. Nobody else sees it."),
            "expires_at": gettext_lazy(
                "Empty: until somebody takes it off. Networks change hands: give an end."
            ),
        }

    def clean_expires_at(self) -> datetime | None:
        """Refuse an end that has passed."""
        expires_at: datetime | None = self.cleaned_data["expires_at"]
        if expires_at and expires_at <= timezone.now():
            raise ValidationError(_("This moment has passed."))
        return expires_at

    def entry(self) -> NewEntry:
        """Return what was sent, for the service."""
        return NewEntry(**self.cleaned_data)
