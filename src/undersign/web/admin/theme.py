"""How the editing side looks beyond Wagtail."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString


def stylesheet() -> SafeString:
    """Link our colours, after Wagtail's."""
    return format_html('<link rel="stylesheet" href="{}">', static("undersign/admin/theme.css"))
