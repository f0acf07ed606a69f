"""What happened in one minute, for charts."""

from core.models.base import Instant, Model


class Minute(Model):
    """Counters of one integration in the minute that began `at`."""

    integration_id: str
    at: Instant
    calls: int = 0
    """Calls to TikTok, refused and failed ones included."""
    failed: int = 0
    limited: int = 0
    """Calls that TikTok refused for being too many (429); they are among the failed ones."""
    pushes: int = 0
    """SKUs whose quantity or price was sent."""
    rate: float = 0.0
    """Calls a second that the pace allowed when the minute was last written."""
    ceiling: float = 0.0
