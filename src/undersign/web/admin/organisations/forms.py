"""The forms of an organisation's settings. They read; services decide and write."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.images.models import AbstractImage
from wagtail.images.widgets import AdminImageChooser

from undersign.supporters.models import ConsentAsk, Membership, Organisation, OrganisationNotice
from undersign.web.models import Branding


class SettingsForm(forms.ModelForm[Organisation]):
    """Name, addresses and the rules that hold for every petition."""

    class Meta:
        model = Organisation
        fields = (
            "name",
            "postal_address",
            "sender_name",
            "sender_email",
            "default_locale",
            "minimum_age",
            "retention_days",
        )
        widgets = {
            "postal_address": forms.Textarea(attrs={"rows": 3}),
            "default_locale": forms.Select(choices=settings.LANGUAGES),
        }
        help_texts = {
            "name": _("As it stands in law: people give their data to this organisation."),
            "default_locale": _("Used where a text is missing in the reader's language."),
            "minimum_age": _("Signers are asked to confirm that they are at least this old."),
        }


class NoticeForm(forms.ModelForm[OrganisationNotice]):
    """What people have to be told, in one language."""

    class Meta:
        model = OrganisationNotice
        fields = ("privacy_notice", "imprint")
        widgets = {
            "privacy_notice": forms.Textarea(attrs={"rows": 16}),
            "imprint": forms.Textarea(attrs={"rows": 8}),
        }
        help_texts = {
            "privacy_notice": _(
                "Who you are, what you keep and why, for how long, and how people get it erased. Markdown."
            )
        }


class BrandingForm(forms.ModelForm[Branding]):
    """Logo and accent colour. `images` are those that may be chosen."""

    class Meta:
        model = Branding
        fields = ("logo", "accent")
        widgets = {"logo": AdminImageChooser, "accent": forms.TextInput(attrs={"type": "color"})}

    def __init__(self, *args: Any, images: QuerySet[AbstractImage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["logo"].queryset = images  # type: ignore[attr-defined]


class AskForm(forms.ModelForm[ConsentAsk]):
    """Something new to ask for."""

    class Meta:
        model = ConsentAsk
        fields = ("purpose", "channel")


class WordingForm(forms.Form):
    """The words of a question in one language."""

    locale = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    text = forms.CharField(
        label=_("Words"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A whole sentence that says who will write, about what and how often."),
    )


class MemberForm(forms.ModelForm[Membership]):
    """Whom to invite, as what."""

    email = forms.EmailField(label=_("E-mail address"))

    class Meta:
        model = Membership
        fields = ("role",)
