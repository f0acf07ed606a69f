"""Reads the body of an answer, within a limit: whoever answers may be broken, or somebody else."""

from typing import Final

import httpx

MOST: Final = 64 * 1024 * 1024
"""Bytes, unpacked; a page of a hundred orders has less than a hundredth of it."""


async def body_of(http: httpx.AsyncClient, request: httpx.Request) -> tuple[httpx.Response, bytes]:
    """The answer to a request, and its body unpacked. Raises httpx.RequestError, also for one above MOST."""
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
