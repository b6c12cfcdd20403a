"""The form behind the petition editor."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from undersign.web.models.walled_form import WalledPageForm

TITLE_LENGTH = 200  # as a text version keeps it


class PetitionPageForm(WalledPageForm):
    """Wagtail's page form with the rules of titles and addresses."""

    def clean_title(self) -> str:
        """Refuse what no text version could keep."""
        title: str = self.cleaned_data["title"]
        if len(title) > TITLE_LENGTH:
            raise ValidationError(
                _("A title has at most %(length)s characters; this one has %(found)s."),
                params={"length": TITLE_LENGTH, "found": len(title)},
            )
        return title

    def clean_slug(self) -> str:
        """Refuse an address that another petition has, or that is fixed."""
        slug: str = self.cleaned_data["slug"]
        problem = self.instance.address_problem(slug) if slug else None
        if problem:
            raise ValidationError(str(problem))
        return slug
