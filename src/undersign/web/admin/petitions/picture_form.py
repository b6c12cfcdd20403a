"""The form pictures come in by."""

from typing import Any

from wagtail.images.forms import BaseImageForm

from undersign.web.images import picture_clean


class PictureForm(BaseImageForm):
    """Wagtail's form, which looks at the header of a picture; this one opens the rest as well."""

    def clean_file(self) -> Any:
        """Clean a new picture while a message can still be shown beside the field. Raises PictureRefused."""
        file = self.cleaned_data["file"]
        return picture_clean(file) if "file" in self.changed_data else file
