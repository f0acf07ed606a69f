"""Fetches the merchant's images, within limits of time and size: an address may lead anywhere."""

import asyncio
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httpx

SECONDS: Final = 20.0
"""For one image, from the first byte sent to the last received."""
_REDIRECTS: Final = 3


class ImageFault(Exception):
    """The image cannot be had; the text reads on from "the image": `cannot be fetched (404)`."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address leads to."""

    content: bytes = field(repr=False)


class ImageSource(Protocol):
    """Where images come from."""

    async def fetch(self, address: str, *, most: int) -> Fetched:
        """At most `most` bytes and one more, so that a larger image shows. Raises ImageFault."""
        ...


class WebImages:
    """Images over http and https."""

    def __init__(self, http: "httpx.AsyncClient") -> None:
        self._http = http

    async def fetch(self, address: str, *, most: int) -> Fetched:
        """See ImageSource.fetch. An endless or slow answer is cut off."""
        import httpx  # whoever only names an ImageSource need not pay for it

        try:
            async with asyncio.timeout(SECONDS):
                return Fetched(await self._fetch(address, most))
        except TimeoutError:
            raise ImageFault(f"did not come within {SECONDS:.0f} seconds") from None
        except httpx.TransportError:
            raise ImageFault("cannot be fetched: the connection failed") from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            # A host that no name server could be asked for is a ValueError of the libraries below.
            raise ImageFault(f"cannot be fetched ({type(error).__name__})") from None

    async def _fetch(self, address: str, most: int) -> bytes:
        for _ in range(_REDIRECTS + 1):
            if not _leads_to_the_web(address):
                raise ImageFault("has an address that is not http or https")
            async with self._http.stream("GET", address, headers={"accept": "image/*"}) as answer:
                if answer.is_redirect:
                    address = str(answer.url.join(answer.headers.get("location", "")))
                    continue
                if answer.status_code != HTTPStatus.OK:
                    raise ImageFault(f"cannot be fetched (HTTP {answer.status_code})")
                content = bytearray()
                async for piece in answer.aiter_bytes():
                    content += piece[: most + 1 - len(content)]
                    if len(content) > most:
                        break
                return bytes(content)
        raise ImageFault(f"is redirected more than {_REDIRECTS} times")


def _leads_to_the_web(address: str) -> bool:
    """Whether it is an address of http or https with a host and, if it names one, a port that exists."""
    try:
        parts = urlsplit(address)
        return (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        return False
