"""Logs: one line an event on standard error. No token, secret or personal data ever gets there."""

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import structlog


def log_to_stderr(level: int = logging.INFO) -> None:
    """Log events of a worker or a command."""
    _log_to(lambda: sys.stderr, level)


def log_to_file(path: Path) -> None:
    """Log warnings of the screens: their terminal belongs to Textual."""
    file = path.open("a", encoding="utf-8", buffering=1)
    _log_to(lambda: file, logging.WARNING)


def _log_to(stream: Callable[[], TextIO], level: int) -> None:
    """Log events to what `stream` gives at the time.

    httpx is silenced: it would write whole URLs, secrets included.
    """
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(stream()),
        cache_logger_on_first_use=False,
    )
