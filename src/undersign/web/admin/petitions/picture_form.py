"""The form pictures come in by."""

from typing import Any

from django.forms import FileField
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from undersign.web.images import picture_clean


class PictureField(WagtailImageField):
    """Wagtail's own field decodes a picture before it counts the pixels; this one reads the header first."""

    def to_python(self, data: Any) -> Any:
        """Return the picture cleaned. Raises PictureRefused; ValidationError if it is too big."""
        file = FileField.to_python(self, data)
        if file is None:
            return None
        self.check_image_file_size(file)
        return picture_clean(file)


class PictureForm(BaseImageForm):
    """Wagtail's form with that field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if given := self.fields.get("file"):
            self.fields["file"] = PictureField(
                label=given.label, required=given.required, widget=given.widget, help_text=given.help_text
            )
