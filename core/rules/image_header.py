"""What an image is, read from its first bytes: format and size, without decoding it."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_HEIC: Final = frozenset({b"heic", b"heix", b"mif1", b"msf1", b"hevc"})
_NO_SIZE: Final = frozenset({0xC4, 0xC8, 0xCC})
"""JPEG markers in the range of frame headers that are none."""


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """Format in capitals and sides in pixels; 0 where a header does not tell them (HEIC)."""

    format: str
    width: int
    height: int


def read_header(data: bytes) -> ImageHeader | None:
    """The header of a PNG, JPEG, WEBP, BMP, GIF or HEIC; None for anything else or a broken one."""
    try:
        return _read(data)
    except (struct.error, IndexError, StopIteration):
        return None


def _read(data: bytes) -> ImageHeader | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        return ImageHeader("PNG", *struct.unpack(">II", data[16:24]))
    if data.startswith(b"\xff\xd8\xff"):
        height, width = next(_jpeg_frames(data))
        return ImageHeader("JPEG", width, height)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return ImageHeader("WEBP", *_webp(data))
    if data.startswith(b"BM"):
        width, height = struct.unpack("<ii", data[18:26])
        return ImageHeader("BMP", abs(width), abs(height))
    if data.startswith((b"GIF87a", b"GIF89a")):
        return ImageHeader("GIF", *struct.unpack("<HH", data[6:10]))
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        return ImageHeader("HEIC", 0, 0)
    return None


def _jpeg_frames(data: bytes) -> Iterator[tuple[int, int]]:
    """(height, width) of each frame header; fill bytes before a marker are passed over."""
    place = 2
    while True:
        while data[place] == 0xFF and data[place + 1] == 0xFF:
            place += 1
        marker = data[place + 1]
        if 0xC0 <= marker <= 0xCF and marker not in _NO_SIZE:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            yield height, width
        (length,) = struct.unpack(">H", data[place + 2 : place + 4])
        place += 2 + length


def _webp(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        wide, high = (struct.unpack("<I", data[start : start + 3] + b"\0")[0] for start in (24, 27))
        return 1 + wide, 1 + high
    if kind == b"VP8L":
        (bits,) = struct.unpack("<I", data[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<HH", data[26:30])
    return width & 0x3FFF, height & 0x3FFF
