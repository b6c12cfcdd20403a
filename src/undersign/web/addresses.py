"""The public addresses of pages. Wagtail's own routing is not in use: these are the only ones."""

from django.conf import settings
from wagtail.models import Page, Site


def public_path(path: str, *, language: str) -> str:
    """Return the path in `language`: the first language has no prefix. `path` has no leading slash."""
    prefix = "" if language == settings.LANGUAGE_CODE else f"{language.lower()}/"
    return f"/{prefix}{path}"


def url_parts(page: Page, path: str) -> tuple[int, str, str] | None:
    """Return (site id, root address, path) as Wagtail asks for them; None while there is no site."""
    paths = Site.get_site_root_paths()
    return (paths[0].site_id, settings.BASE_URL, path) if paths and page.slug else None
