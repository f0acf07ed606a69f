"""Who else is here: every program writes down now and then that it runs, for whom, and since when."""

from datetime import datetime, timedelta
from typing import Final

from core.clock import Clock
from core.models.base import Instant, Model
from core.store import Document, Store

TABLE: Final = "presence"
BEAT_SECONDS: Final = 30.0
"""How often a program that stays calls `beat`."""
_GONE: Final = timedelta(seconds=3 * BEAT_SECONDS)


class Here(Model):
    """One running program. `role` is `screens` or `worker`; `owner` is host and pid, as in leases."""

    owner: str
    user: str
    role: str
    since: Instant
    seen_at: Instant

    @property
    def host(self) -> str:
        """The machine it runs on."""
        return self.owner.rpartition(":")[0]


class Presence:
    """The entry of one program."""

    def __init__(self, store: Store, clock: Clock, *, owner: str, user: str, role: str) -> None:
        self._store = store
        self._clock = clock
        self._owner = owner
        self._user = user
        self._role = role
        self._since = clock.now()

    async def beat(self) -> list[Here]:
        """Say that this program is here, forget those that are gone; the others that are here."""
        now = self._clock.now()
        mine = Here(owner=self._owner, user=self._user, role=self._role, since=self._since, seen_at=now)
        others = []
        async with self._store.transaction() as tx:
            async for key, document in tx.scan(TABLE):
                if key == self._owner:
                    continue
                if _is_here(document, now):
                    others.append(Here.from_document(document))
                else:
                    await tx.delete(TABLE, key)
            await tx.put(TABLE, self._owner, mine.to_document())
        return others

    async def leave(self) -> None:
        """Say that this program ends. One that is killed is forgotten by the others after a while."""
        async with self._store.transaction() as tx:
            await tx.delete(TABLE, self._owner)


async def who_is_here(store: Store, now: datetime, *, but: str = "") -> list[Here]:
    """The programs that were seen lately, oldest first, without the one whose owner is `but`."""
    found = [
        Here.from_document(document)
        async for key, document in store.scan(TABLE)
        if key != but and _is_here(document, now)
    ]
    return sorted(found, key=lambda one: one.since)


def _is_here(document: Document, now: datetime) -> bool:
    """Whether it was seen lately; an instant in the future comes from a clock that jumped."""
    seen = datetime.fromisoformat(str(document["seen_at"]))
    return abs(now - seen) < _GONE
