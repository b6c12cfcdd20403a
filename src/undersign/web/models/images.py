"""Pictures, with who made them, and without what the camera wrote into them."""

from typing import Any

from django.core.validators import MinLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.search import index

from undersign.web.images import CleanPicture, picture_clean


class CampaignImage(AbstractImage):
    """A picture of a campaign. The file is stored upright, in sRGB, and without any metadata."""

    credit = models.CharField(
        _("credit"), max_length=200, blank=True, help_text=_("Who made it, as it stands under the picture.")
    )
    alt_text = models.CharField(
        _("description for those who cannot see it"),
        max_length=255,
        blank=True,
        validators=[MinLengthValidator(3)],
        help_text=_("One sentence that says what is in the picture."),
    )

    admin_form_fields = (
        "title",
        "file",
        "alt_text",
        "credit",
        "collection",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )

    # Wagtail's chooser looks for words among the pictures of a tag, but cannot with the fields it brings.
    search_fields = [
        *(field for field in AbstractImage.search_fields if getattr(field, "field_name", "") != "tags"),
        index.RelatedFields(
            "tags",
            [
                index.SearchField("name", boost=10),
                index.AutocompleteField("name"),
                index.FilterField("name"),
            ],
        ),
    ]

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    @property
    def default_alt_text(self) -> str:
        """What the picture shows; empty if nobody said, since a file name helps no one."""
        return str(self.alt_text)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Clean a newly given file before it is stored. Raises PictureRefused."""
        if self.file and not self.file._committed:  # noqa: SLF001 -- a field file has no public word for it
            if not isinstance(self.file.file, CleanPicture):
                self.file = picture_clean(self.file)
            self._set_image_file_metadata()
        super().save(*args, **kwargs)


class Rendition(AbstractRendition):
    """One size and format of a picture, made once and kept."""

    image = models.ForeignKey(CampaignImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_per_spec"
            )
        ]
