"""How the petition editor is laid out, in the order a campaigner thinks."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, TitleFieldPanel

CONTENT_PANELS: list[Any] = [
    TitleFieldPanel("title", help_text=_("Speak to the reader. Short titles are shared more.")),
    FieldPanel("ask"),
    FieldPanel("photo"),
    InlinePanel(
        "targets",
        heading=_("Who is asked"),
        label=_("Target"),
        help_text=_("Everybody who can decide. Name people, not only offices."),
    ),
    FieldPanel("goal"),
    FieldPanel("story"),
    MultiFieldPanel([FieldPanel("salutation"), FieldPanel("letter")], heading=_("The letter")),
    InlinePanel(
        "sources",
        heading=_("Sources"),
        label=_("Source"),
        help_text=_("Where readers can check what you say."),
    ),
    MultiFieldPanel(
        [FieldPanel("signoff_name"), FieldPanel("signoff_role"), FieldPanel("signoff_words")],
        heading=_("Signed by the campaigner"),
    ),
    FieldPanel("thank_you"),
    FieldPanel("outcome"),
]

ADDRESS_PANELS: list[Any] = [
    FieldPanel(
        "slug",
        heading=_("Address"),
        help_text=_("The last part of the petition's address. It cannot change once it is published."),
    ),
]
