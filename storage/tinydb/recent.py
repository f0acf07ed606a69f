"""Which keys the latest transactions touched, so that a screen reads again only what changed."""

from collections import deque
from collections.abc import Mapping

from core.store import Changes

_REMEMBERED_KEYS = 10_000


class Recent:
    """The keys of the latest transactions, as many as fit; older ones are forgotten first."""

    def __init__(self, seq: int) -> None:
        self._seq = seq
        self._floor = seq
        self._weight = 0
        self._entries: deque[tuple[int, dict[str, frozenset[str]]]] = deque()

    def add(self, seq: int, touched: dict[str, frozenset[str]]) -> None:
        """Remember what the transaction `seq` touched: keys by table."""
        self._seq = seq
        self._entries.append((seq, touched))
        self._weight += _weight(touched)
        while self._weight > _REMEMBERED_KEYS:
            self._floor, forgotten = self._entries.popleft()
            self._weight -= _weight(forgotten)

    def since(self, after_seq: int) -> Changes:
        """What `Store.changes` answers."""
        if after_seq in (-1, self._seq):
            return Changes(self._seq)
        if not self._floor <= after_seq < self._seq:
            return Changes(self._seq, reset=True)
        keys: dict[str, set[str]] = {}
        for seq, touched in reversed(self._entries):
            if seq <= after_seq:
                break
            for table, names in touched.items():
                keys.setdefault(table, set()).update(names)
        return Changes(self._seq, {table: frozenset(names) for table, names in keys.items()})


def _weight(touched: Mapping[str, frozenset[str]]) -> int:
    return 1 + sum(len(names) for names in touched.values())
