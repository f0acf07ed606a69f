"""Looking for suggestions from a screen, with progress (domain.md A37)."""

from collections.abc import Callable

from core.services.errors import ServiceError
from core.services.mapping_desk import MappingDesk
from tui.session import Session
from tui.words.progress import progress


async def look(session: Session, desk: MappingDesk, tell: Callable[[str], None]) -> str | None:
    """Look for partners of everything unmapped; why it did not end well, in words, or None."""
    clock = session.backend.clock
    began = clock.now()

    def told(done: int, total: int) -> None:
        tell(f"suggestions {progress(done, total, (clock.now() - began).total_seconds())}")

    try:
        await desk.suggest(told)
    except ServiceError as error:
        return str(error)
    return None
