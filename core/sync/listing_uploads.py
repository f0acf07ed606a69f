"""What a listing job handed over to the shop: the same bytes go once, and the record shares a commit.

A record that a kill loses costs one more upload: a file that nobody refers to harms nobody. The intent to
list is another matter: it is in the store before the call (core.sync.listing_publish).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from core import tables
from core.channel.errors import ChannelError, LostReply
from core.models.listing_state import ImageUpload
from core.store import Transaction
from core.sync.listing_context import ListingContext, QuotaReached


class Uploads:
    """Of one job: rows that share a file wait for each other's upload."""

    def __init__(self, ctx: ListingContext) -> None:
        self._ctx = ctx
        self._waiting: dict[str, ImageUpload] = {}
        """What is not in the store yet, by key."""
        self._locks: dict[str, asyncio.Lock] = {}

    async def once(self, name: str, content_hash: str, send: Callable[[], Awaitable[str]]) -> str:
        """The uri or id of what has this name already, else of what `send` hands over now."""
        ctx = self._ctx
        key = tables.key(ctx.integration.id, name)
        async with self._locks.setdefault(name, asyncio.Lock()):
            if (made := self._waiting.get(key)) is not None:
                return made.uri
            document = await ctx.store.get(tables.IMAGE_UPLOADS, key)
            if document is not None:
                return ImageUpload.from_document(document).uri
            try:
                uri = await send()
            except LostReply:
                uri = await send()
            self._waiting[key] = ImageUpload(
                integration_id=ctx.integration.id,
                content_hash=content_hash,
                uri=uri,
                uploaded_at=ctx.clock.now(),
            )
            return uri

    @asynccontextmanager
    async def commit(self) -> AsyncIterator[Transaction]:
        """A commit of the job, with the records that wait for one."""
        async with self._ctx.store.transaction(fence=self._ctx.lease) as tx:
            with_it = list(self._waiting)
            for key in with_it:
                await tx.put(tables.IMAGE_UPLOADS, key, self._waiting[key].to_document())
            yield tx
        for key in with_it:
            self._waiting.pop(key, None)

    async def settle(self) -> None:
        """Keep the records that wait, where no other commit follows."""
        if self._waiting:
            async with self.commit():
                pass

    @asynccontextmanager
    async def settled_if_refused(self) -> AsyncIterator[None]:
        """What was handed over stays known although the shop refuses what comes after it."""
        try:
            yield
        except (ChannelError, QuotaReached):
            await self.settle()
            raise
