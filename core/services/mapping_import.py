"""Reading a file of mappings while somebody watches: in pieces, the keyboard goes on (domain.md A38)."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from core.services.errors import ServiceError
from core.services.mapping_csv import LARGEST, Proposed, Reading
from core.services.mapping_lists import MappingLists

_A_BREATH: Final = 200


def against(path: str) -> str | None:
    """Why nothing can be read from there, in words; None when it looks like a file to read."""
    try:
        file = Path(path).expanduser()
        if file.is_dir():
            return "That is a directory; name a file in it."
        size = file.stat().st_size
        if not file.is_file():
            return "That is not an ordinary file."  # opening a pipe would wait for somebody to write
        with file.open("rb"):
            pass
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: no such user's home
        return f"It cannot be read: {getattr(error, 'strerror', None) or error}."
    if not size:
        return "It is empty."
    return f"It has {size:,} bytes; {LARGEST:,} are the most." if size > LARGEST else None


async def propose(path: str, lists: MappingLists, told: Callable[[int, int], None]) -> Proposed:
    """What a file asks of this integration; nothing is saved. `told` hears (rows read, of how many).

    Raises ServiceError when it cannot be read, or is no such file at all.
    """
    content = await asyncio.to_thread(_content, path)
    reading = Reading(content, lists)
    total = max(content.count(b"\n"), 1)
    read = 0
    for read, _ in enumerate(reading, start=1):
        if read % _A_BREATH == 0:
            told(min(read, total), total)
            await asyncio.sleep(0)
    return reading.proposed()


def _content(path: str) -> bytes:
    try:
        return Path(path).expanduser().read_bytes()
    except (OSError, ValueError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or error
        raise ServiceError(f"{path} cannot be read: {why}", "Name another file.") from None
