"""What a petition says to machines, in the words of schema.org."""

import json
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from undersign.web.addresses import public_path
from undersign.web.models import PetitionPage

# A name in the data must not end the script element it stands in.
_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def petition_json(page: PetitionPage, *, total: int) -> SafeString:
    """Describe a petition as a WebPage about an action with many agents; nobody who signed is named."""
    petition = page.petition
    url = settings.BASE_URL + public_path(f"p/{petition.slug}/", language=page.language)
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "name": page.title,
        "description": page.ask,
        "url": url,
        "inLanguage": page.language,
        "publisher": {"@type": "Organization", "name": petition.organisation.name},
        "interactionStatistic": {
            "@type": "InteractionCounter",
            "interactionType": "https://schema.org/EndorseAction",
            "userInteractionCount": total,
        },
    }
    if petition.published_at:
        data["datePublished"] = petition.published_at.isoformat()
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(_ESCAPES))  # noqa: S308 -- escaped
