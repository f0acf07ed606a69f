"""A connected shop on a real socket, and one dialogue of the Listing Manager on show."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.app import App
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import OptionList

import tui.app
from tests.tui.terminal import drawn, until
from tui.app import AvasamApp

KEPT = Path(__file__).parent / "screenshots"
SIZES = [(80, 24), (120, 40)]


class Shown:
    """The dialogue's answer, once there is one."""

    def __init__(self) -> None:
        self.answered = False
        self.answer: Any = None

    def take(self, answer: Any) -> None:
        self.answered, self.answer = True, answer


class Host(App[None]):
    """An app that looks like the program and has no screens of its own: they take seconds of each test."""

    CSS_PATH = [Path(tui.app.__file__).parent / path for path in AvasamApp.CSS_PATH]


@asynccontextmanager
async def dialogue(
    screen: ModalScreen[Any], *, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[Pilot[None], Shown]]:
    """An app with this dialogue on top."""
    async with Host().run_test(size=size, notifications=True) as pilot:
        shown = Shown()
        await pilot.app.push_screen(screen, shown.take)
        await pilot.pause()
        yield pilot, shown


async def until_shows(pilot: Pilot[None], *words: str) -> None:
    """Wait until the terminal shows all these words."""
    await until(pilot, lambda: all(word in seen for seen in (drawn(pilot),) for word in words))


async def go_to(pilot: Pilot[None], selector: str, words: str) -> None:
    """Put the cursor of a list on the first line with these words."""
    there = pilot.app.screen.query_one(selector, OptionList)
    lines = [str(option.prompt) for option in there.options]
    place = next((place for place, line in enumerate(lines) if words in line), None)
    assert place is not None, f"{words!r} is not among {lines}"
    there.highlighted = place
    there.focus()
    await pilot.pause()


def boxed(pilot: Pilot[None], selector: str) -> str:
    """What the terminal shows of one widget: the shell behind a dialogue is not its own."""
    region = pilot.app.screen.query_one(selector).region
    strips = pilot.app.screen._compositor.render_strips()[region.y : region.bottom]
    lines = ("".join(segment.text for segment in strip.crop(region.x, region.right)) for strip in strips)
    return "\n".join(line.rstrip() for line in lines)


def matches(name: str, size: tuple[int, int], text: str) -> None:
    """Compare with what is kept; AVASAM_KEEP_SCREENSHOTS=1 keeps the new one instead."""
    file = KEPT / f"{name}-{size[0]}x{size[1]}.txt"
    if os.environ.get("AVASAM_KEEP_SCREENSHOTS"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{text}\n", encoding="utf-8")
    assert file.read_text(encoding="utf-8") == f"{text}\n"
