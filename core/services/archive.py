"""The archive for people: moved when they ask, searched. Workers move by themselves (core.sync.archive)."""

from collections.abc import Callable

from core.services.errors import NotAllowedNow, ServiceError
from core.store import Store
from core.sync.archive import LEASE, TTL, Ages, Archive, Moved
from core.sync.archive_files import ArchiveBusy, Archived, ArchiveTrouble


class ArchiveService:
    """The archive of one installation."""

    def __init__(self, store: Store, archive: Archive, *, owner: str) -> None:
        self._store = store
        self._archive = archive
        self._owner = owner

    async def run(self, ages: Ages, *, told: Callable[[Moved], None] = lambda _: None) -> Moved:
        """Archive everything that is old enough; `told` after each portion what has been moved until then.

        Safe to repeat and to interrupt. NotAllowedNow while another program does the same; ServiceError about
        a month that could not be written, once all others have been.
        """
        lease = await self._store.lease(LEASE, owner=self._owner, ttl=TTL)
        if lease is None:
            raise NotAllowedNow("Another program is archiving", "Wait until it has finished.")
        moved = Moved()
        trouble: ArchiveTrouble | None = None
        try:
            more = await self._archive.look(ages)
            while more:
                try:
                    portion = await self._archive.portion(ages, lease)
                except ArchiveBusy as error:
                    raise NotAllowedNow(error.what, error.cure) from None
                except ArchiveTrouble as error:
                    trouble = error
                    continue
                more = portion is not None
                moved += portion or Moved()
                told(moved)
                lease = await self._store.lease(LEASE, owner=self._owner, ttl=TTL) or lease
        finally:
            await self._store.release(lease)
        if trouble is not None:
            raise ServiceError(trouble.what, trouble.cure)
        return moved

    async def search(self, text: str = "", *, limit: int = 100) -> list[Archived]:
        """Documents in which all words of `text` occur, newest month first."""
        try:
            return await self._archive.search(text, limit=limit)
        except ArchiveTrouble as error:
            raise ServiceError(error.what, error.cure) from None
