"""The headers that keep a public page to itself: nothing from elsewhere, nothing to elsewhere."""

# No unsafe-inline anywhere: a name that slips through as HTML is still only text.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
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
