"""Reads one page ahead, so that the network and the store work at the same time."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Final, TypeVar

HEAD_START: Final = 8
"""Turns of the event loop until the next request is on the wire (httpx takes 5): the work never yields."""

Page = TypeVar("Page")


async def one_ahead(pages: AsyncIterator[Page]) -> AsyncGenerator[Page]:
    """The same pages in the same order, each next one being fetched while the last is worked on.

    An error of the source is raised after the pages before it. Close it (`contextlib.aclosing`) when leaving
    early: the fetch under way is cancelled.
    """
    coming = asyncio.ensure_future(anext(pages))
    try:
        while True:
            try:
                page = await coming
            except StopAsyncIteration:
                return
            coming = asyncio.ensure_future(anext(pages))
            for _ in range(HEAD_START):
                await asyncio.sleep(0)
            yield page
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
