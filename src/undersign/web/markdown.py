"""Words that organisers write, made safe for a public page."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

# What a notice, an answer or a letter may hold. No pictures, frames or scripts: nothing that loads anything.
TAGS = {"p", "br", "h2", "h3", "h4", "ul", "ol", "li", "strong", "b", "em", "i", "a", "blockquote", "hr"}
ATTRIBUTES = {"a": {"href"}}
SCHEMES = {"http", "https", "mailto", "tel"}

_markdown = MarkdownIt("commonmark", {"html": False})


def markdown_html(text: str) -> SafeString:
    """Turn CommonMark into safe HTML; HTML in it is shown as it was typed."""
    return html_clean(_markdown.render(text))


def html_clean(html: str) -> SafeString:
    """Keep the harmless part of HTML."""
    clean = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener")
    return mark_safe(clean)  # noqa: S308 -- cleaned one line above
