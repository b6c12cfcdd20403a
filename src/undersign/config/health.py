"""/healthz: this process answers. /readyz: and it can do its work."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

PATIENCE = 3.0  # seconds; a database may take connections and say nothing
_ASKING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="readyz")


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 as long as the process lives."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers and has every migration, otherwise 503 with what is wrong."""
    asked = _ASKING.submit(_pending_asked)
    try:
        pending = len(asked.result(PATIENCE))
    except (DatabaseError, TimeoutError):
        asked.cancel()  # unless it is the one that hangs: others do not queue up behind it
        return JsonResponse({"status": "unavailable", "database": "unavailable"}, status=503)
    checks = {"database": "ok", "migrations": f"{pending} pending" if pending else "ok"}
    return JsonResponse(
        {"status": "unavailable" if pending else "ok", **checks}, status=503 if pending else 200
    )


def _pending_asked() -> list[tuple[str, str]]:
    """Ask on a connection of this thread, which nobody else would close."""
    try:
        return pending_migrations()
    finally:
        connection.close()


def pending_migrations() -> list[tuple[str, str]]:
    """Return (app, name) of each migration that the database lacks; raises DatabaseError."""
    return sorted(migrations_of_this_code() - set(applied_migrations()))


def applied_migrations() -> list[tuple[str, str]]:
    """Return (app, name) of each migration that the database has; raises DatabaseError."""
    return sorted(MigrationRecorder(connection).applied_migrations())


@cache
def migrations_of_this_code() -> frozenset[tuple[str, str]]:
    """Read the migrations on disk, once."""
    return frozenset(MigrationLoader(None).graph.nodes)
