"""A product's picture: drawn, or told in words, and every bad address ends in words (A31)."""

import subprocess
import sys
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from core.services.errors import ServiceError
from core.services.pictures import PictureService
from tests.core.sandbox.listings import png
from tests.core.services.listing_world import ListingWorld
from tests.tui.integrations.support import said
from tests.tui.session import ReadySession
from tests.tui.terminal import drawn, until
from tui.glyphs import AsciiFilter
from tui.half_cells import half_cells, shrunk
from tui.widgets.picture import Picture


class OnePicture(App[None]):
    """A picture in an app of its own."""

    def __init__(self, world: ListingWorld, address: str, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._shown = Picture(session=ReadySession(world.backend), address=address)
        self._ascii_only = ascii_only

    def compose(self) -> ComposeResult:
        yield self._shown

    def get_line_filters(self) -> Any:
        return [*super().get_line_filters(), *([AsciiFilter()] if self._ascii_only else [])]


async def words_of(pilot: Pilot[None]) -> str:
    await until(pilot, lambda: "Fetching" not in said(pilot, "#picture-words"))
    return said(pilot, "#picture-words")


async def test_A31_the_picture_is_drawn_in_half_cells_with_size_format_and_address(
    world: ListingWorld,
) -> None:
    async with OnePicture(world, world.image(7)).run_test(size=(40, 20)) as pilot:
        await until(pilot, lambda: "▀" in drawn(pilot))
        assert "PNG, 600 x 600 pixels" in said(pilot, "#picture-words")
        assert world.image(7) in said(pilot, "#picture-words")

        def is_square() -> bool:
            block = [line.count("▀") for line in drawn(pilot).splitlines() if "▀" in line]
            return set(block) == {2 * len(block)}

        await until(pilot, is_square)
        other = pilot.app.query_one(Picture)
        other.show(f"{world.merchant.sandbox.base_url}/nothing-here")
        assert "HTTP 404" in await words_of(pilot)
        assert "▀" not in drawn(pilot)


@pytest.mark.parametrize("plain", ["ascii", "no colour", "without the extra"])
async def test_A31_where_nothing_can_be_drawn_words_stand_alone(
    world: ListingWorld, monkeypatch: pytest.MonkeyPatch, plain: str
) -> None:
    if plain == "no colour":
        monkeypatch.setenv("NO_COLOR", "1")
    if plain == "without the extra":
        for name in [name for name in sys.modules if name.startswith("textual_image")]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, "textual_image", None)
    app = OnePicture(world, world.image(7), ascii_only=plain == "ascii")
    async with app.run_test(size=(40, 20)) as pilot:
        assert "PNG, 600 x 600 pixels" in await words_of(pilot)
        await pilot.pause()
        assert not pilot.app.query_one("#picture-drawn").display


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "This product has no picture"),
        ("file:///etc/passwd", "has an address that is not http or https"),
        ("{base}/control/state", "is not a picture"),
        ("{base}/gone.png", "cannot be fetched (HTTP 404)"),
        ("http://127.0.0.1:9/a.png", "cannot be fetched"),
    ],
)
async def test_an_address_that_shows_no_picture_ends_in_words(
    world: ListingWorld, address: str, words: str
) -> None:
    with pytest.raises(ServiceError, match=None) as caught:
        await PictureService(world.backend).look(address.format(base=world.merchant.sandbox.base_url))
    assert words in caught.value.what
    assert "Avasam" in caught.value.cure


async def test_what_cannot_be_decoded_is_not_drawn() -> None:
    assert await shrunk(png(40, 40)[:45]) is None
    assert await shrunk(b"\x89PNG\r\n\x1a\nrubbish") is None
    small = await shrunk(png(3000, 300))
    assert small is not None
    assert small.size == (160, 16)
    assert half_cells(small, 0, 4) is None


def test_drawing_asks_the_terminal_nothing() -> None:
    """textual-image would on import, and Textual would take the answer for keys."""
    code = (
        "import sys\n"
        "class Terminal:\n"
        "    asked = False\n"
        "    def isatty(self): return True\n"
        "    def write(self, text): Terminal.asked = True\n"
        "    def flush(self): pass\n"
        "    def fileno(self): raise OSError('no terminal')\n"
        "real, sys.__stdout__ = sys.__stdout__, Terminal()\n"
        "from PIL import Image\n"
        "from rich.console import Console\n"
        "from tui.half_cells import half_cells\n"
        "drawn = half_cells(Image.new('RGB', (8, 8)), 4, 4)\n"
        "Console(file=open('/dev/null', 'w')).print(drawn)\n"
        "assert sys.__stdout__.__class__ is Terminal and not Terminal.asked\n"
        "assert sys.modules['textual_image.renderable'].Image.__module__.endswith('unicode')\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
