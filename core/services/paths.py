"""Completes a path as it is typed, as a shell does."""

import asyncio
from pathlib import Path
from typing import Final

_LOOKED_AT: Final = 2_000
"""Names of one folder that are looked at."""


async def completion(typed: str) -> str | None:
    """The text with its last path made longer by the first name that begins so; None without one.

    Several paths are parted by |. A folder ends in a slash.
    """
    before, bar, last = typed.rpartition("|")
    lead = last[: len(last) - len(last.lstrip())]
    found = await asyncio.to_thread(_longer, last.strip())
    return None if found is None else f"{before}{bar}{lead}{found}"


def _longer(text: str) -> str | None:
    folder, slash, stem = text.rpartition("/")
    if not text or (not slash and not stem):
        return None
    try:
        place = Path(f"{folder}{slash}" or ".").expanduser()
        names = sorted(
            one.name + ("/" if one.is_dir() else "")
            for _, one in zip(range(_LOOKED_AT), place.iterdir(), strict=False)
            if one.name.startswith(stem) and (stem or not one.name.startswith("."))
        )
    except (OSError, ValueError, RuntimeError):
        return None
    return f"{folder}{slash}{names[0]}" if names and names[0] != stem else None
