"""The listener that a browser comes back to: what it takes, what it turns away, and that it stops."""

import asyncio

import pytest

from core.services.loopback import Loopback


async def ask(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    return answer


async def test_a_redirect_is_handed_over_whole() -> None:
    received: list[str] = []
    listener = await Loopback.start(received.append, port=0)
    answer = await ask(listener.port, b"GET /back?code=R_1%2B&state=s HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert received == [f"{listener.address}back?code=R_1%2B&state=s"]
    listener.close()


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /favicon.ico",
        b"GET /?utm=1",
        b"POST /?code=1",
        b"GET code=1",
        b"GET //[?code=1",
        b"\xff\xfe",
        b"",
    ],
)
async def test_anything_else_is_turned_away(request_line: bytes) -> None:
    received: list[str] = []
    listener = await Loopback.start(received.append, port=0)
    answer = await ask(listener.port, request_line + b" HTTP/1.1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 404")
    assert received == []
    listener.close()


@pytest.mark.parametrize(
    "request_bytes", [b"", b"GET /?code=1", b"GET /?code=" + b"1" * 20_000 + b"\r\n\r\n"]
)
async def test_half_a_request_or_too_long_a_one_gets_no_answer(request_bytes: bytes) -> None:
    received: list[str] = []
    listener = await Loopback.start(received.append, port=0)
    try:
        answer = await ask(listener.port, request_bytes)
    except ConnectionError:
        answer = b""
    assert (answer, received) == (b"", [])
    listener.close()


async def test_a_taken_port_gives_way_to_a_free_one() -> None:
    first = await Loopback.start(print, port=0)
    second = await Loopback.start(print, port=first.port)
    assert second.port != first.port
    first.close()
    second.close()


async def test_closed_it_listens_no_longer() -> None:
    listener = await Loopback.start(print, port=0)
    listener.close()
    with pytest.raises(ConnectionError):
        await ask(listener.port, b"GET / HTTP/1.1\r\n\r\n")
