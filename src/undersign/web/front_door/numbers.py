"""What Prometheus asks."""

from starlette.requests import Request
from starlette.responses import Response

from undersign.foundation.metrics import metrics_response


async def metrics(_request: Request) -> Response:
    """Give the numbers of all processes."""
    content_type, body = metrics_response()
    return Response(body, media_type=content_type)
