"""Reads the body of an answer, within a limit: whoever answers may be broken, or somebody else."""

import asyncio
from typing import Final

import httpx

MOST: Final = 64 * 1024 * 1024
"""Bytes, unpacked; a page of a hundred orders has less than a hundredth of it."""
LONGEST: Final = 180.0
"""Seconds for a call as a whole; the client's own limits begin anew with every byte that trickles in."""


async def body_of(http: httpx.AsyncClient, request: httpx.Request) -> tuple[httpx.Response, bytes]:
    """The answer to a request, and its body unpacked.

    Raises httpx.RequestError, also for one above MOST or one that does not end within LONGEST.
    """
    try:
        async with asyncio.timeout(LONGEST):
            return await _body_of(http, request)
    except TimeoutError:
        what = f"the answer had not come to its end after {LONGEST:.0f} seconds"
        raise httpx.ReadTimeout(what, request=request) from None


async def _body_of(http: httpx.AsyncClient, request: httpx.Request) -> tuple[httpx.Response, bytes]:
    response = await http.send(request, stream=True)
    try:
        content = bytearray()
        async for piece in response.aiter_bytes():
            content += piece
            if len(content) > MOST:
                raise httpx.DecodingError(f"the answer has more than {MOST} bytes", request=request)
        return response, bytes(content)
    finally:
        await response.aclose()
