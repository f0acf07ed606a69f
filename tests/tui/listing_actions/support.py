"""Dialogs of the Listing Manager over a connected shop, each opened on its own."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

from textual.pilot import Pilot
from textual.screen import ModalScreen

from tests.core.services.listing_world import ListingWorld
from tests.tui.integrations.support import screens
from tests.tui.terminal import drawn, until
from tui.screens.listings.dialog import ListingDialog

Dialog = TypeVar("Dialog", bound=ListingDialog[Any])
NOTHING: Any = object()
"""The dialog has given no answer yet."""


class Opened(Generic[Dialog]):
    """A dialog on show, its pilot, and its answer once it is gone."""

    def __init__(self, pilot: Pilot[None], dialog: Dialog) -> None:
        self.pilot = pilot
        self.dialog = dialog
        self.answer: Any = NOTHING

    @property
    def text(self) -> str:
        """What the terminal shows."""
        return drawn(self.pilot)

    async def shows(self, *words: str) -> None:
        """Wait until the terminal shows all of these."""
        await until(self.pilot, lambda: all(word in self.text for word in words))

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def answered(self) -> Any:
        await until(self.pilot, lambda: self.answer is not NOTHING)
        return self.answer

    async def asks(self, kind: type[ModalScreen[Any]]) -> None:
        """Wait until another dialog stands on top."""
        await until(self.pilot, lambda: isinstance(self.pilot.app.screen, kind))
        await until(self.pilot, lambda: self.pilot.app.screen.focused)

    async def until(self, condition: Callable[[], object]) -> None:
        await until(self.pilot, condition)

    async def is_back(self) -> None:
        """Wait until the dialog itself is on top."""
        await until(self.pilot, lambda: self.pilot.app.screen is self.dialog)

    def told(self) -> list[str]:
        """What was notified."""
        return [str(one.message) for one in self.pilot.app._notifications]


@asynccontextmanager
async def opened(
    world: ListingWorld, dialog: Dialog, *, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[Opened[Dialog]]:
    """The dialog on top of the program; it was made with `session_of(world)`."""
    session = dialog.session
    async with screens(world.backend, size=size, read_only=session.read_only) as pilot:
        made = Opened(pilot, dialog)

        def take(answer: Any) -> None:
            made.answer = answer

        await pilot.app.push_screen(dialog, take)
        yield made
