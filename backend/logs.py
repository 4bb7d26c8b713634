"""One log line per event: JSON in production (one object a line), plain text elsewhere."""

from typing import Any

import structlog

SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def without_address(_logger: Any, _level: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """What Django says of a refused request ends with its address, in which there may be a secret: its route and its number instead.

    It says so after all middleware, so that what `backend.request_log` bound is gone.
    """
    request = getattr(event["_record"], "request", None)
    if request is not None and hasattr(request, "resolver_match"):
        event["event"] = str(event["event"]).partition(": ")[0]
        event["route"] = request.resolver_match.view_name if request.resolver_match is not None else ""
        event["request"] = request.META.get("HTTP_X_REQUEST_ID", "")
    return event


# The clock ticks each second; its comings and goings would drown everything else.
EVERY_SECOND = ("celery.app.trace", "celery.beat", "celery.worker.strategy")


def logging_settings(*, level: str, json: bool) -> dict[str, Any]:
    """Django's LOGGING: standard loggers and structlog's end in one stream with one shape."""
    structlog.configure(
        processors=[
            *SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if json
        # plain: other formatters print the values of local variables, and a password may be among them
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "house": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [without_address, *SHARED],
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
            }
        },
        "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "house"}},
        "root": {"handlers": ["stream"], "level": level},
        "loggers": {
            **{name: {"handlers": [], "propagate": True} for name in ("django", "django.server")},
            **{name: {"level": "WARNING"} for name in EVERY_SECOND},
        },
    }
