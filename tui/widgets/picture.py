"""A product's picture: drawn where the terminal can, else its size, format and address (A31)."""

import os
from typing import TYPE_CHECKING

from rich.console import RenderableType
from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from core.services.errors import ServiceError
from core.services.pictures import PictureService
from core.text import clean_line
from tui.glyphs import AsciiFilter
from tui.half_cells import can_draw, half_cells, shrunk
from tui.session import Session

if TYPE_CHECKING:
    from PIL.Image import Image


class Picture(Vertical):
    """Loads by itself, and says so. Its height is that of the box it stands in; words need four lines."""

    DEFAULT_CSS = """
    Picture {
        height: 14;
        #picture-drawn { height: 1fr; }
        #picture-words { height: auto; color: $text-muted; }
    }
    """

    def __init__(self, session: Session, address: str) -> None:
        super().__init__()
        self._session = session
        self.address = address

    def compose(self) -> ComposeResult:
        """The picture over its words."""
        yield _Cells(id="picture-drawn")
        yield Static("Fetching the picture…", id="picture-words", markup=False)

    def on_mount(self) -> None:
        """Fetch it."""
        self._load()

    def show(self, address: str) -> None:
        """Another picture."""
        if address != self.address:
            self.address = address
            self.query_one(_Cells).draw(None)
            self._say("Fetching the picture…")
            self._load()

    @property
    def can_be_drawn(self) -> bool:
        """Not without colour, and not in plain characters: what is left then shows nothing."""
        plain = any(isinstance(one, AsciiFilter) for one in self.app.get_line_filters())
        return not plain and not os.environ.get("NO_COLOR") and can_draw()

    @work(group="picture", exclusive=True, exit_on_error=False)
    async def _load(self) -> None:
        address = clean_line(self.address, 500)
        try:
            seen = await PictureService(self._session.backend).look(self.address)
        except ServiceError as error:
            self._say(f"✖ {error}\n{address}".rstrip())
            return
        self._say(f"{seen.words}\n{address}")
        small = await shrunk(seen.content) if self.can_be_drawn else None
        self.query_one(_Cells).draw(small)

    def _say(self, words: str) -> None:
        self.query_one("#picture-words", Static).update(words)


class _Cells(Widget):
    """The picture in as many cells as there are at the moment; without one it takes no room."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - as Textual calls it
        super().__init__(id=id)
        self._picture: Image | None = None
        self.display = False

    def draw(self, picture: "Image | None") -> None:
        """Draw this one from now on."""
        self._picture = picture
        self.display = picture is not None
        self.refresh()

    def render(self) -> RenderableType:
        """See half_cells."""
        drawn = None if self._picture is None else half_cells(self._picture, *self.size)
        return drawn or ""
