"""Images and files that a listing will refer to (tiktok-shop-api §6)."""

import struct
from collections.abc import Iterator
from typing import Any

from core.sandbox.calls import TABLE, Call
from core.sandbox.ids import new_id
from core.sandbox.tiktok.sku_updates import WRITE
from core.sandbox.wire import Refusal

MOST_BYTES = 10 * 1024 * 1024
LEAST_SIDE, MOST_SIDE = 300, 4000
SQUARED = frozenset({"MAIN_IMAGE", "ATTRIBUTE_IMAGE"})
ANY_LEAST, ANY_MOST = 100, 20_000
CHART_LEAST = 1024
"""Of the shorter side of a size chart."""
FILES = {"pdf": b"%PDF", "mp4": b"ftyp"}


@TABLE.operation("uploadProductImage", scope=WRITE)
def upload_image(call: Call) -> dict[str, Any]:
    """An image becomes a uri. MAIN and ATTRIBUTE images outside 3:4 to 4:3 become square."""
    data = _data(call)
    use_case = str(call.form.get("use_case") or "MAIN_IMAGE")
    choices = call.operation.body["schema"]["properties"]["use_case"]["enum"] if call.operation.body else []
    if use_case not in choices:
        raise Refusal(11050001, f"Invalid 'use_case' parameter: '{use_case}'")
    if len(data) > MOST_BYTES:
        raise Refusal(12038005, "The image is over 10 MB")
    width, height = image_size(data)
    if use_case in SQUARED:
        if not (LEAST_SIDE <= width <= MOST_SIDE and LEAST_SIDE <= height <= MOST_SIDE):
            raise Refusal(12038014, "The pixel size is outside 300 to 4000")
        if not 3 * height <= 4 * width or not 3 * width <= 4 * height:
            width = height = max(width, height)
    elif min(width, height) < (CHART_LEAST if use_case == "SIZE_CHART_IMAGE" else ANY_LEAST) or (
        max(width, height) > ANY_MOST
    ):
        raise Refusal(12038014, "The pixel size is outside the limits of this use case")
    uri = f"tos-sandbox/up-{new_id(call.sandbox.world, 'product')}"
    call.sandbox.world.images[uri] = {"width": width, "height": height, "use_case": use_case}
    call.sandbox.revision += 1
    return {
        "uri": uri,
        "url": call.sandbox.image_url(uri),
        "width": width,
        "height": height,
        "use_case": use_case,
    }


@TABLE.operation("uploadProductFile", scope=WRITE)
def upload_file(call: Call) -> dict[str, Any]:
    """A certificate or a video becomes an id."""
    data = _data(call)
    name = str(call.form.get("name") or "")
    kind = name.rpartition(".")[2].lower()
    if kind not in FILES or FILES[kind] not in data[:16]:
        raise Refusal(12038002, "The upload file is invalid: PDF or MP4")
    if len(data) > MOST_BYTES:
        raise Refusal(36009021, "The uploaded file is too large")
    file_id = f"v{new_id(call.sandbox.world, 'product')}"
    call.sandbox.world.files[file_id] = {"name": name, "format": kind.upper()}
    call.sandbox.revision += 1
    url = call.sandbox.image_url(f"files/{file_id}")
    return {"id": file_id, "url": url, "name": name, "format": kind.upper()}


def image_size(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG, JPEG, BMP, WEBP or HEIC. Refusal 12038015 or 12038004 when unreadable."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            width, height = struct.unpack(">II", data[16:24])
        elif data.startswith(b"\xff\xd8"):
            width, height = next(_jpeg_sizes(data))
        elif data.startswith(b"BM"):
            width, height = struct.unpack("<ii", data[18:26])
        elif data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            width, height = _webp_size(data)
        elif data[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1"}:
            return 1200, 1200
        else:
            raise Refusal(12038015, "The image format is unsupported: JPG, JPEG, PNG, WEBP, HEIC or BMP")
    except (struct.error, StopIteration, IndexError) as error:
        raise Refusal(12038004, "The image is unreadable") from error
    return int(width), abs(int(height))


def _jpeg_sizes(data: bytes) -> Iterator[tuple[int, int]]:
    place = 2
    while place + 9 < len(data):
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            yield width, height
        place += 2 + length


def _webp_size(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    width, height = struct.unpack("<HH", data[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _data(call: Call) -> bytes:
    data = call.form.get("data")
    if not isinstance(data, bytes) or not data:
        raise Refusal(11050001, "Missing 'data' parameter: a file is expected")
    return data
