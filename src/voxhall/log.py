"""Structured logs to standard error; every line carries the request's id, none carries speech, text or keys."""

import logging
import sys

import structlog
from structlog.typing import FilteringBoundLogger

from voxhall.settings import Settings


def configure_logging(settings: Settings) -> None:
    """Set up logging once per process, for our own lines and for those of libraries."""
    as_text = settings.log_format == "text" or (settings.log_format == "auto" and sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer = structlog.dev.ConsoleRenderer() if as_text else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.basicConfig(handlers=[handler], level=settings.log_level.upper(), force=True)


def logger(name: str) -> FilteringBoundLogger:
    """Give the logger of one module."""
    made: FilteringBoundLogger = structlog.get_logger(name)
    return made
