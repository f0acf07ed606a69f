"""Pictures that nobody drew: a disc on a ground, in the colours and the size that the address asks for."""

import struct
import zlib
from math import isqrt
from typing import Final

from core.sandbox.model import World

GENERATED: Final = "tos-sandbox/"
SIDE: Final = 600
LARGEST: Final = 4_000


def image_bytes(world: World, uri: str) -> tuple[bytes, str] | None:
    """A PNG and its content type; None when there is no such image.

    An uploaded image has the `width` and `height` of its entry in the world's images, the merchant's own are
    600 x 600. Equal addresses give equal bytes.
    """
    known = world.images.get(uri)
    if known is None and not uri.removeprefix(GENERATED).isdigit():
        return None
    width, height = (_side(known, name) for name in ("width", "height"))
    return _png(width, height, zlib.crc32(uri.encode("utf-8", "replace"))), "image/png"


def _side(known: dict[str, object] | None, name: str) -> int:
    side = (known or {}).get(name, SIDE)
    return min(max(side, 1), LARGEST) if isinstance(side, int) else SIDE


def _png(width: int, height: int, colours: int) -> bytes:
    """One bit a pixel with a palette of two: small, and quick even at 4000 x 4000."""
    radius = min(width, height) * 2 // 5
    stride = (width + 7) // 8
    rows = bytearray()
    for y in range(height):
        rise = abs(y - height // 2)
        half = isqrt(radius * radius - rise * rise) if rise <= radius else 0
        disc = ((1 << 2 * half) - 1) << (stride * 8 - width // 2 - half) if half else 0
        rows += b"\0" + disc.to_bytes(stride, "big")
    dark, light = (colours >> 8) & 0x7F7F7F, (colours & 0xFFFFFF) | 0x808080
    palette = light.to_bytes(3, "big") + dark.to_bytes(3, "big")
    header = struct.pack(">IIBBBBB", width, height, 1, 3, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", header),
            _chunk(b"PLTE", palette),
            _chunk(b"IDAT", zlib.compress(bytes(rows), 6)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
