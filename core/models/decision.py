"""A value that explains itself."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Decision(Generic[Value]):
    """What a rule decided, and every step from input to value, in words a merchant reads.

    `Decision(20, ("stock 57", "max 20 -> 20"))`; `str()` joins the steps: `stock 57 -> max 20 -> 20`.
    """

    value: Value
    steps: tuple[str, ...]

    def __str__(self) -> str:
        return " -> ".join(self.steps)
