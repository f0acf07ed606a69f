"""httpx logs every address it calls; TikTok's hold signatures and, for tokens, the app secret."""

import logging
from typing import Final

import httpx


class _WithoutQuery(logging.Filter):
    """Cuts the query off every URL in a record, so that what is left may be logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; it is always kept."""
        if isinstance(record.args, tuple):
            record.args = tuple(
                arg.copy_with(query=None) if isinstance(arg, httpx.URL) else arg for arg in record.args
            )
        return True


_FILTER: Final = _WithoutQuery()


def keep_queries_out_of_logs() -> None:
    """Make httpx log paths without their queries, whatever level its logger has. May be called often."""
    logging.getLogger("httpx").addFilter(_FILTER)
