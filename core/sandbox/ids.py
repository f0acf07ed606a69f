"""Ids as TikTok Shop writes them: 19 digits in a string, beyond what a double can hold."""

from typing import Final

from core.sandbox.model import World

PREFIXES: Final = {
    "product": 1729,
    "sku": 1730,
    "order": 5767,
    "line": 5768,
    "package": 1153,
    "warehouse": 7270,
    "option": 7091,
    "provider": 6617,
    "shop": 7495,
    "brand": 7082,
    "user": 7187,
}
_SPACE: Final = 10**15
_STRIDE: Final = 618_033_988_749_897
"""Prime to 10**15, so that consecutive sequence numbers walk through every tail exactly once."""


def new_id(world: World, kind: str) -> str:
    """The next unused id of a kind; equal worlds give equal ids, and no id is given twice."""
    world.sequence += 1
    tail = (world.sequence * _STRIDE + world.seed * 7_919) % _SPACE
    return str(PREFIXES[kind] * _SPACE + tail)
