"""How an organisation's pages look beyond the design system: its logo and its one colour."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from undersign.supporters.models import Organisation
from undersign.web.models.images import CampaignImage
from undersign.web.theme import DEFAULT_ACCENT

HEX_COLOUR = r"^#[0-9a-fA-F]{6}$"


class Branding(models.Model):
    """The look of one organisation. Everything else is derived from the accent, contrast included."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="branding")
    logo = models.ForeignKey(
        CampaignImage,
        verbose_name=_("logo"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Wide and simple works best; it stands at the head of every page."),
    )
    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        default=DEFAULT_ACCENT,
        validators=[RegexValidator(HEX_COLOUR, _("Write a colour as # and six digits, such as #ffcf00."))],
        help_text=_("The colour of the way to sign. Light, dark and readable shades of it are worked out."),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(accent__regex=HEX_COLOUR), name="branding_accent")
        ]

    def __str__(self) -> str:
        return f"branding of {self.organisation}"
