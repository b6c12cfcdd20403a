"""Passing a petition on where a plain link cannot know where somebody is at home."""

import re
from urllib.parse import urlencode

import idna
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from undersign.web.composition.petitions import petition_frame, petition_path, share_view
from undersign.web.headers import PRIVATE_HEADERS
from undersign.web.presentation.afterwards import MastodonPage
from undersign.web.presentation.rendering import render
from undersign.web.views.petitions import petition_or_404

# A host name with at least two labels whose last one is no number: no address, no port, nothing local.
_HOST = re.compile(
    r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})"
)
LONGEST = 300  # of what is typed; a host name has at most 253 characters


@require_safe
def mastodon(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask where somebody's account is; then show a link to that place. Nothing is sent there by us."""
    page = petition_or_404(slug)
    typed = request.GET.get("instance", "").strip()[:LONGEST]
    host = instance_host(typed)
    shown = MastodonPage(
        frame=petition_frame(page),
        petition_title=page.title,
        petition_url=petition_path(page),
        instance=host or typed,
        link=share_link(host, share_view(page).mastodon_message) if host else "",
    )
    return HttpResponse(render(shown), headers=PRIVATE_HEADERS)


def instance_host(typed: str) -> str:
    """Read a server's name from what people type: its name, its address or their handle; else empty."""
    name = typed.strip().lower().removeprefix("https://").removesuffix("/").rpartition("@")[2]
    try:
        host = idna.encode(name, uts46=True).decode() if name else ""
    except idna.IDNAError:
        return ""
    return host if _HOST.fullmatch(host) else ""


def share_link(host: str, message: str) -> str:
    """Give the address at which a Mastodon server opens a draft."""
    return f"https://{host}/share?{urlencode({'text': message})}"
