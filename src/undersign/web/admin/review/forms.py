"""What moderators type to choose signatures, to search names, and to remove."""

from datetime import datetime
from ipaddress import ip_network
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from undersign.moderation.models import Removal
from undersign.moderation.patterns import LONGEST
from undersign.moderation.selection import Criteria
from undersign.signing.identity import KEYED
from undersign.supporters.mailbox import AddressInvalid, parse_address

TIME_FORMAT = "%Y-%m-%dT%H:%M"
STATES = (("confirmed", gettext_lazy("counted")), ("withdrawn", gettext_lazy("withdrawn")))


def _time_field(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(format=TIME_FORMAT, attrs={"type": "datetime-local"})
    return forms.DateTimeField(
        label=label, required=False, widget=widget, input_formats=[TIME_FORMAT, "%Y-%m-%dT%H:%M:%S"]
    )


class ChoiceForm(forms.Form):
    """What signatures and held forms alike can be chosen by."""

    since = _time_field(gettext_lazy("From"))
    until = _time_field(gettext_lazy("Until"))
    network = forms.CharField(
        label=gettext_lazy("Network"),
        required=False,
        max_length=50,
        help_text=gettext_lazy("Such as 192.0.2.0/24, or a larger one around it: 192.0.0.0/16."),
    )
    domain = forms.CharField(
        label=gettext_lazy("Mail domain"),
        required=False,
        max_length=253,
        help_text=gettext_lazy("Small domains are stored scrambled: type one to find it."),
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Which link brought them; a single dash for none."),
    )

    def clean_network(self) -> str:
        """Bring a network or a single address into CIDR notation."""
        text = self.cleaned_data["network"].strip()
        if not text:
            return ""
        try:
            return str(ip_network(text, strict=False))
        except ValueError as error:
            raise ValidationError(
                _("This is not a network. It needs a form like 192.0.2.0/24 or 2001:db8::/48.")
            ) from error

    def clean_domain(self) -> str:
        """Bring a domain into the form that is stored or hashed."""
        text = self.cleaned_data["domain"].strip().rpartition("@")[2]
        if not text or text.startswith(KEYED):
            return str(text)
        try:
            return parse_address(f"x@{text}").domain
        except AddressInvalid as error:
            raise ValidationError(
                _("This is not a mail domain. It needs a form like example.org.")
            ) from error

    def clean(self) -> None:
        """Require that time goes forward."""
        super().clean()
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until <= since:
            self.add_error("until", _("This lies before the beginning."))


class CriteriaForm(ChoiceForm):
    """Everything that signatures can be chosen by."""

    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    locale = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=STATES)
    name = forms.RegexField(r"^[0-9a-f]{64}$", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        anything = ("", _("any"))
        self.fields["country"].choices = [anything, *countries]  # type: ignore[attr-defined]
        self.fields["locale"].choices = [anything, *settings.LANGUAGES]  # type: ignore[attr-defined]

    @property
    def criteria(self) -> Criteria:
        """What was chosen; only of a valid form."""
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        times = {name: chosen.pop(name).isoformat() for name in ("since", "until") if name in chosen}
        return Criteria(**times, **chosen)


def criteria_query(criteria: Criteria) -> dict[str, str]:
    """Give the query string, as names and values, that the form reads these criteria from."""
    query = criteria.as_json
    if criteria.state == "confirmed":
        del query["state"]
    for name in ("since", "until"):
        if name in query:
            query[name] = local_text(datetime.fromisoformat(query[name]))
    return query


def local_text(at: datetime) -> str:
    """Write a time as the browser's field for times does."""
    local = timezone.localtime(at)
    return local.strftime("%Y-%m-%dT%H:%M:%S" if local.second else TIME_FORMAT)


class NameSearchForm(forms.Form):
    """A pattern, and why names have to be opened for it."""

    pattern = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=LONGEST,
        help_text=gettext_lazy(
            "Part of a name; or with * for anything and ? for one character: “Test*”. "
            "A single * shows the names of what is chosen above."
        ),
    )
    why = forms.CharField(
        label=gettext_lazy("Why you look"),
        max_length=200,
        help_text=gettext_lazy("Kept with your name where organisers read it. Write no names of signers."),
    )


class RemovalForm(forms.Form):
    """Why signatures are removed."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[("", gettext_lazy("Choose a reason")), *Removal.Reason.choices],
        help_text=gettext_lazy(
            "The page of the petition tells everybody how many were removed, when and why."
        ),
    )
    words = forms.CharField(
        label=gettext_lazy("In your words"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("For your colleagues; not published. Write no names of signers."),
    )
