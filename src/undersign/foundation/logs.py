import logging
import logging.config
import os
import secrets
import sys
from collections.abc import MutableMapping
from contextlib import AbstractContextManager
from typing import Any, TextIO

import structlog

from undersign.foundation.redaction import redact_field

FORMAT_VARIABLE = "UNDERSIGN_LOG_FORMAT"

# Each tells every minute that all is well, or every second what one line of ours says already.
QUIET = {"procrastinate": logging.WARNING, "psycopg.pool": logging.ERROR}


def configure_logs(*, level: str = "INFO", stream: TextIO = sys.stderr) -> None:
    """Send all logs, ours and those of libraries, to `stream`: JSON lines, or text for people.

    Text goes to a terminal, and wherever UNDERSIGN_LOG_FORMAT is “text”: `undersign up` sets that at a
    terminal for its parts.
    Nothing personal passes: see `redaction`. The web server's own access log must stay off, because it
    writes addresses and query strings without asking us.
    """
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=_last_steps(stream))
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name, quiet in QUIET.items():
        logging.getLogger(name).setLevel(quiet)


def request_logged(request_id: str | None = None) -> AbstractContextManager[None]:
    """Give all log lines written within a request the same `request_id`, a new one if none is given."""
    return structlog.contextvars.bound_contextvars(request_id=request_id or secrets.token_hex(8))


def redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask every field of a log event; the last step before it is written."""
    return {name: redact_field(name, value) for name, value in event.items()}


def _last_steps(stream: TextIO) -> list[structlog.types.Processor]:
    renderer: structlog.types.Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if stream.isatty() or os.environ.get(FORMAT_VARIABLE) == "text":
        plain = structlog.dev.plain_traceback
        renderer = structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=plain)
    return [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        redact_event,
        renderer,
    ]
