"""How the processes log: one line a happening, as JSON or for people, on standard error."""

import logging
import sys
from typing import Final

import structlog

from zaguan.base.kit.log import withhold
from zaguan.base.kit.settings import Settings

# these tell each request or job in words of their own, with addresses in them
_QUIET: Final = ("uvicorn.access", "httpx", "httpcore", "procrastinate")


def configure_log(settings: Settings) -> None:
    """Have structlog and the libraries' own loggers write the same kind of line."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    shown: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if settings.log_format == "json" else structlog.dev.ConsoleRenderer()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # as a text, without what the variables held
                structlog.processors.format_exc_info,
                withhold,
                shown,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _without_colours(_logger: object, _name: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    # uvicorn says everything a second time, in colours
    line.pop("color_message", None)
    return line
