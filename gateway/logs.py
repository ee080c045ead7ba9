"""How the process writes its log: for people on a console, or as JSON lines."""

from __future__ import annotations

import logging

import structlog

from gateway.settings_sections import Logging


def configure_logs(settings: Logging) -> None:
    """Set up logging for the whole process. Messages never carry texts, addresses or secrets."""
    level = logging.getLevelNamesMapping()[settings.level]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
