"""What search engines are told about a petition, in the words of schema.org."""

import json

from django.utils.safestring import SafeString

# The only characters of JSON that mean something to HTML, so that no text can end the script element.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def petition_structured_data(
    *, title: str, ask: str, url: str, organisation: str, language: str, image_url: str = ""
) -> SafeString:
    """Return the JSON-LD of a petition page. The count is left out: it would be stale in every copy."""
    data = {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "name": title,
        "description": ask,
        "url": url,
        "inLanguage": language,
        "publisher": {"@type": "Organization", "name": organisation},
        "potentialAction": {"@type": "EndorseAction", "name": title, "target": f"{url}#sign"},
    }
    if image_url:
        data["primaryImageOfPage"] = {"@type": "ImageObject", "url": image_url}
    return SafeString(json.dumps(data, ensure_ascii=False).translate(ESCAPES))
