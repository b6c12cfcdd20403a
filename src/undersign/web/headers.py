"""The headers that keep a public page to itself: nothing from elsewhere, nothing to elsewhere."""

from collections.abc import Iterable, Mapping

# No unsafe-inline anywhere: a name that slips through as HTML is still only text.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "worker-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors {ancestors}",
    )
)

PUBLIC_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY.format(ancestors="'none'"),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

# Pages whose address holds a token, or that show what somebody typed.
PRIVATE_HEADERS = {
    **PUBLIC_HEADERS,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}

# The editor shows a draft in a frame of the admin.
PREVIEW_HEADERS = {
    **PRIVATE_HEADERS,
    "Content-Security-Policy": CONTENT_POLICY.format(ancestors="'self'"),
    "X-Frame-Options": "SAMEORIGIN",
}

# Wagtail's pages load scripts in their own way and frame their previews; nobody else may frame them.
ADMIN_HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'self'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

Pair = tuple[bytes, bytes]


def _encoded(headers: Mapping[str, str]) -> tuple[Pair, ...]:
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())


_PUBLIC, _ADMIN = _encoded(PUBLIC_HEADERS), _encoded(ADMIN_HEADERS)


def guarded(path: str, headers: Iterable[Pair]) -> list[Pair]:
    """Add the headers of the public pages, or of the admin, that an answer from `path` does not set itself.

    Names of `headers` are in lower case.
    """
    given = list(headers)
    by_name = dict(given)
    wanted = _ADMIN if path.startswith("/admin/") else _PUBLIC
    return given + [pair for pair in wanted if pair[0] not in by_name]
