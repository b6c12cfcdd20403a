"""What Prometheus asks, answered to those who run the instance."""

import hmac
from ipaddress import ip_address

from django.conf import settings
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from undersign.foundation.metrics import metrics_response

REFUSED = "Set UNDERSIGN_METRICS_TOKEN and send it as a bearer token: see docs/settings.md.\n"


async def metrics(request: Request) -> Response:
    """Give the numbers of all processes, or 403."""
    if not _may_ask(request):
        return PlainTextResponse(REFUSED, 403)
    content_type, body = metrics_response()
    return Response(body, media_type=content_type, headers={"Cache-Control": "no-store"})


def _may_ask(request: Request) -> bool:
    """Tell who asks: with a token set, whoever has it; without one, a direct neighbour on a plain instance.

    An instance with https has a proxy before it, behind which everybody looks like a neighbour.
    """
    token = settings.METRICS_TOKEN
    if token:
        return hmac.compare_digest(
            request.headers.get("authorization", "").encode(), f"Bearer {token}".encode()
        )
    is_passed_on = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    return not settings.IS_SECURE and not is_passed_on and _is_neighbour(request)


def _is_neighbour(request: Request) -> bool:
    """Tell whether a request comes from this machine (a Unix socket has no address) or a private network."""
    host = request.client.host if request.client else ""
    return not host or ip_address(host.partition("%")[0]).is_private
