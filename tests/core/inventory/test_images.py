"""The merchant's images are fetched within limits, wherever their addresses lead."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from core.inventory.images import ImageFault, WebImages

Answer = Callable[[httpx.Request], httpx.Response]


async def fetch(answer: Answer, address: str = "https://shop.test/1.png", most: int = 100) -> bytes:
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        return (await WebImages(http).fetch(address, most=most)).content


async def test_an_image_comes_as_it_is() -> None:
    assert await fetch(lambda _request: httpx.Response(200, content=b"picture")) == b"picture"


async def test_an_endless_answer_is_cut_off_one_byte_after_the_limit() -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 64
            yield bytes(64)

    content = await fetch(lambda _request: httpx.Response(200, content=endless()))
    assert len(content) == 101
    assert read <= 192


async def test_a_redirect_is_followed_a_few_times_and_a_ring_is_given_up() -> None:
    def once(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/1.png":
            return httpx.Response(302, headers={"location": "/2.png"})
        return httpx.Response(200, content=b"moved")

    assert await fetch(once) == b"moved"
    with pytest.raises(ImageFault, match="redirected more than 3 times"):
        await fetch(lambda _request: httpx.Response(301, headers={"location": "/1.png"}))


@pytest.mark.parametrize(
    "address",
    [
        "ftp://shop.test/1.png",
        "file:///etc/passwd",
        "1.png",
        "https://",
        "https://[shop/1.png",
        "https://shop.test:99999/1.png",
        "https://shop.test:0/1.png",
        "https://shop.test:x/1.png",
    ],
)
async def test_only_web_addresses_are_asked(address: str) -> None:
    with pytest.raises(ImageFault, match="not http or https"):
        await fetch(lambda _request: httpx.Response(200), address)


@pytest.mark.parametrize(
    "address", ["https://xn--/1.png", "https://\u2603\u00ad/1.png", "https://a/" + "1" * 70_000]
)
async def test_an_address_that_cannot_be_asked_is_a_fault_of_the_image(address: str) -> None:
    with pytest.raises(ImageFault, match="cannot be fetched"):
        await fetch(lambda _request: httpx.Response(200), address)
    with pytest.raises(ImageFault):
        await fetch(lambda _request: httpx.Response(302, headers={b"location": address.encode("utf-8")}))


async def test_a_redirect_to_a_file_is_not_followed() -> None:
    with pytest.raises(ImageFault, match="not http or https"):
        await fetch(lambda _request: httpx.Response(302, headers={"location": "file:///etc/passwd"}))


async def test_what_went_wrong_is_said() -> None:
    with pytest.raises(ImageFault, match="HTTP 404"):
        await fetch(lambda _request: httpx.Response(404))

    def broken(_request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("reset")

    with pytest.raises(ImageFault, match="the connection failed"):
        await fetch(broken)
