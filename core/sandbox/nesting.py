"""How deep JSON may be nested: what is read and kept is also walked and written, which has an end."""

from typing import Any, Final

DEEPEST: Final = 40
"""Twice what the published bodies need; a writer of JSON gives up at 254."""


def is_too_deep(value: Any) -> bool:
    """Whether lists and objects stand in each other more than DEEPEST levels; needs no stack of its own."""
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [
            child
            for parent in level
            if isinstance(parent, (dict, list))
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
        if not level:
            return False
    return True
