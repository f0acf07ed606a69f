"""The screens over a prepared store, and what a person sees on them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from rich.cells import cell_len
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from core.backend import Backend
from tests.tui.session import ReadySession
from tests.tui.terminal import drawn, lines, until
from tui.app import AvasamApp
from tui.screens.base import MainScreen
from tui.screens.list_screen import ListScreen

WIDE, NARROW = (120, 40), (80, 24)
Shown = TypeVar("Shown", bound=Screen[Any])


@asynccontextmanager
async def screens(
    backend: Backend, key: str, *, size: tuple[int, int] = WIDE, read_only: bool = False
) -> AsyncIterator[Pilot[None]]:
    """The program on the main screen behind `key`, its list read and its first pulse shown."""
    app = AvasamApp(ReadySession(backend, read_only=read_only))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, ListScreen) and app.screen._loaded)
        await until(pilot, lambda: str(app.screen.query_one("#status-line", Static).content))
        await until(pilot, lambda: _is_drawn(pilot))
        yield pilot


def _is_drawn(pilot: Pilot[None]) -> bool:
    """Whether the list has its place and its rows stand on the terminal."""
    table = on(pilot, ListScreen).table
    in_sight = min(len(table.view), table.page)
    return table.page > 1 and len(table._painted) >= in_sight and f" of {len(table.view):,}" in drawn(pilot)


async def row(pilot: Pilot[None], *words: str) -> str:
    """The first line of the terminal that holds all these words, once there is one."""

    def found() -> list[str]:
        return [line for line in lines(pilot) if all(word in line for word in words)]

    await until(pilot, found)
    return found()[0]


def on(pilot: Pilot[None], kind: type[Shown]) -> Shown:
    """The screen on show, which must be of this kind."""
    screen = pilot.app.screen
    assert isinstance(screen, kind)
    return screen


async def arrives(pilot: Pilot[None], kind: type[Shown]) -> Shown:
    """Wait for a screen of this kind."""
    await until(pilot, lambda: isinstance(pilot.app.screen, kind))
    await pilot.pause()
    return on(pilot, kind)


def is_unbroken(pilot: Pilot[None]) -> bool:
    """Whether every line is exactly as wide as the terminal."""
    return {cell_len(line) for line in lines(pilot)} == {pilot.app.size.width}
