"""Waiting for a thread in a way that cancelling the waiting task cannot tear apart."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def outcome(future: "asyncio.Future[T]", *, when_cancelled: Callable[[], None] = lambda: None) -> T:
    """The future's result. A task that is cancelled meanwhile waits for it all the same, then is cancelled.

    `when_cancelled` may tell the thread to hurry.
    """
    cancelled: asyncio.CancelledError | None = None
    while not future.done():
        try:
            await asyncio.wait({future})
        except asyncio.CancelledError as error:
            cancelled = error
            when_cancelled()
    if cancelled is not None:
        raise cancelled from future.exception()
    return future.result()
