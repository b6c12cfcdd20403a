"""Choosing the languages that a page shall get."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale, Page


class TranslationForm(forms.Form):
    """The languages a page does not have yet; a single one is chosen already."""

    locales = forms.ModelMultipleChoiceField(
        label=_("Languages"),
        queryset=Locale.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one language.")},
    )

    def __init__(self, page: Page, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Locale.objects.exclude(pk__in=page.get_translations(inclusive=True).values("locale_id"))
        self.fields["locales"].queryset = found  # type: ignore[attr-defined]
        self.missing = tuple(found)
        if len(self.missing) == 1:
            self.fields["locales"].initial = self.missing
