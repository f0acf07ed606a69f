"""Pictures as coloured half cells, with textual-image where it is installed (the extra `images`).

Its better protocols ask the terminal questions as soon as the package is imported, and Textual would take the
answers for keys: while it is imported it sees no terminal, and the size of a cell is told to it.
"""

import asyncio
import io
import sys
from typing import TYPE_CHECKING, Final

from rich.console import RenderableType

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS: Final = 50_000_000
"""Larger pictures are not decoded: 50 million pixels take 150 MB."""
_KEPT: Final = (160, 160)
"""Pixels of what is kept of a picture: no terminal shows more in half cells."""
_CELL: Final = (10, 20)


def can_draw() -> bool:
    """Whether textual-image is there."""
    return _renderable() is not None


async def shrunk(content: bytes) -> "Image | None":
    """The picture in few pixels, decoded beside the keyboard; None for one that cannot be decoded."""
    return await asyncio.to_thread(_shrunk, content)


def half_cells(picture: "Image", columns: int, rows: int) -> RenderableType | None:
    """The picture in at most so many cells, its sides in proportion; a cell is two pixels high."""
    made = _renderable()
    if made is None or columns < 1 or rows < 1:
        return None
    width, height = picture.size
    scale = min(columns / width, 2 * rows / height)
    wide, high = max(1, round(width * scale)), max(1, round(height * scale / 2))
    drawn: RenderableType = made(picture, width=min(wide, columns), height=min(high, rows))
    return drawn


def _shrunk(content: bytes) -> "Image | None":
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                return None
            opened.draft("RGB", _KEPT)
            small = opened.convert("RGBA")
            small.thumbnail(_KEPT)
            ground = Image.new("RGBA", small.size, "white")
            ground.alpha_composite(small)
            return ground.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _renderable() -> type | None:
    terminal = vars(sys)["__stdout__"]
    try:
        if "textual_image.renderable" not in sys.modules:
            vars(sys)["__stdout__"] = None
        from textual_image import _terminal
        from textual_image.renderable.halfcell import Image

        vars(_terminal.get_cell_size).setdefault("_result", _terminal.CellSize(*_CELL))
    except ImportError:
        return None
    finally:
        vars(sys)["__stdout__"] = terminal
    return Image
