"""Static files and uploads, served by the front door where no nginx does it.

Nothing is compressed here: `undersign prepare` has written a `.gz` beside each static file that gains by it.
"""

import mimetypes
import os
import re
from collections.abc import Sequence
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATED = "no-cache"
# As Django's ManifestStaticFilesStorage names them: undersign.0123456789ab.css
_HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")
PICTURES = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}  # no SVG: it can carry scripts
_NO_GZIP = re.compile(r"gzip\s*;\s*q=0(\.0*)?\s*(,|$)")

# Not every Python and not every /etc/mime.types knows these, and with nosniff a wrong type shows nothing.
for suffix, kind in {
    **PICTURES,
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}.items():
    mimetypes.add_type(kind, suffix)


class PackedFiles(StaticFiles):
    """Collected static files, packed where the client takes that; names with a hash are kept for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file, or raise 404."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = IMMUTABLE if _HASHED.search(path) else REVALIDATED
        return response

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Choose the packed file beside `full_path` if there is one and the client takes it."""
        packed = Path(f"{os.fspath(full_path)}.gz")
        has_choice = packed.is_file()
        if has_choice and _takes_gzip(Headers(scope=scope)):
            response = super().file_response(packed, packed.stat(), scope, status_code)
            if response.status_code != 304:
                response.headers["Content-Encoding"] = "gzip"
                response.headers["Content-Type"] = _content_type(full_path)
        else:
            response = super().file_response(full_path, stat_result, scope, status_code)
        if has_choice:
            response.headers["Vary"] = "Accept-Encoding"
        return response


class Pictures(StaticFiles):
    """Uploads and their renditions. Pictures only: whatever else lies there is nobody's business."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a picture, or raise 404."""
        if Path(path).suffix.lower() not in PICTURES:
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = IMMUTABLE  # Wagtail gives every upload and rendition a new name
        return response


def _content_type(path: str | os.PathLike[str]) -> str:
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _takes_gzip(headers: Headers) -> bool:
    accepted = headers.get("accept-encoding", "")
    return "gzip" in accepted and not _NO_GZIP.search(accepted)


def file_routes(*, static: Path, media: Path) -> Sequence[BaseRoute]:
    """Serve the collected static files at /static/, uploads and their renditions at /media/."""
    return [
        Mount("/static", PackedFiles(directory=static, check_dir=False)),
        Mount("/media", Pictures(directory=media, check_dir=False)),
    ]
