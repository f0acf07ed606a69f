"""Formats and sizes are read from an image's first bytes."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.image_header import ImageHeader, read_header

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 640, 480)
BMP = b"BM" + bytes(16) + struct.pack("<ii", 640, -480)
GIF = b"GIF89a" + struct.pack("<HH", 640, 480)
JPEG = (
    b"\xff\xd8\xff\xe0" + struct.pack(">H", 16) + bytes(14)
    + b"\xff\xff\xc4" + struct.pack(">H", 4) + bytes(2)
    + b"\xff\xc2" + struct.pack(">HBHH", 17, 8, 480, 640) + bytes(12)
)  # fmt: skip
VP8 = b"RIFF" + bytes(4) + b"WEBPVP8 " + bytes(10) + struct.pack("<HH", 640 | 1 << 14, 480)
VP8L = b"RIFF" + bytes(4) + b"WEBPVP8L" + bytes(4) + b"\x2f" + struct.pack("<I", 639 | 479 << 14)
VP8X = b"RIFF" + bytes(4) + b"WEBPVP8X" + bytes(8) + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")


@pytest.mark.parametrize(
    ("data", "name"),
    [(PNG, "PNG"), (BMP, "BMP"), (GIF, "GIF"), (JPEG, "JPEG"), (VP8, "WEBP"), (VP8L, "WEBP"), (VP8X, "WEBP")],
    ids=["png", "bmp", "gif", "jpeg", "webp lossy", "webp lossless", "webp extended"],
)
def test_a_header_tells_format_and_size(data: bytes, name: str) -> None:
    assert read_header(data) == ImageHeader(name, 640, 480)


@pytest.mark.parametrize("data", [PNG, BMP, GIF, JPEG, VP8, VP8L, VP8X])
def test_a_header_that_is_cut_short_is_no_image_and_no_fault(data: bytes) -> None:
    for length in range(min(len(data), 20)):
        assert read_header(data[:length]) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_a_fault(data: bytes) -> None:
    read_header(data)
    read_header(b"\xff\xd8\xff" + data)
    read_header(b"RIFF0000WEBP" + data)


def test_a_page_is_no_image() -> None:
    assert read_header(b"<html>not found</html>") is None
