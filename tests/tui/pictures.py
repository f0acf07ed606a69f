"""Pictures of screens and dialogues as text, with the style of every cell: a lost highlight is noticed.

    KEPT = Path(__file__).parent / "pictures"

    @pytest.mark.parametrize("size", SIZES)
    async def test_the_list_as_drawn(backend: Backend, merchant: Merchant, size: Size) -> None:
        async with screens(backend, size=size) as pilot:
            await until(pilot, lambda: "My shop" in drawn(pilot))  # state and messages first
            await check_picture(pilot, KEPT, "list")  # the picture last

To keep a new picture, or one that changed on purpose, run the test once with AVASAM_KEEP_PICTURES=1, look
at `git diff`, and commit the file, here `pictures/list-80x24.txt`. The clock must be frozen; ids and ports
that are seen must be the same in every run. A main screen's picture is what stands beside the menu (others
add entries there), a dialogue's is the dialogue, any other screen's is all of it; `of` names another widget.
Where local times are seen, the test asks for the fixture `greenwich`.

A file has three parts: the text; the styles, a line for each row or run of equal rows (`3-5 A20 B4` is 20
cells of style A, then 4 of B; a blank counts as what stands before it on the same background); and what
each letter stands for.
"""

import difflib
import os
import time
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

import pytest
from rich.cells import cell_len
from rich.style import Style
from textual.app import App
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Input, TextArea

from tui.screens.base import MainScreen

Size = tuple[int, int]
SIZES: Final[tuple[Size, ...]] = ((80, 24), (120, 40))
"""The sizes that ux.md names, in cells."""
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LOOKS: Final = 400
_FLAGS: Final = ("bold", "dim", "italic", "underline", "reverse", "strike")
_SEEN_ON_BLANKS: Final = frozenset({"underline", "reverse", "strike"})


@pytest.fixture
def greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Local times are those of UTC, wherever the test runs. A test that draws any asks for it."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


async def check_picture(pilot: Pilot[None], folder: Path, name: str, *, of: str | None = None) -> None:
    """Compare what is drawn with the file kept in `folder`; AVASAM_KEEP_PICTURES=1 keeps it instead.

    Waits until the screen stands still. Toasts are taken away first: how long they stay is real time.
    """
    drawn = await _when_still(pilot, of)
    width, height = pilot.app.size
    file = folder / f"{name}-{width}x{height}.txt"
    if os.environ.get("AVASAM_KEEP_PICTURES"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(drawn, encoding="utf-8")
    kept = file.read_text(encoding="utf-8") if file.exists() else ""
    if kept != drawn:
        differs = "\n".join(
            difflib.unified_diff(kept.splitlines(), drawn.splitlines(), "kept", "drawn", lineterm="")
        )
        raise AssertionError(f"{file.name} is drawn otherwise (AVASAM_KEEP_PICTURES=1 keeps it):\n{differs}")


def picture(app: App[None], of: str | None = None) -> str:
    """The picture at this moment, in the form of the module's words."""
    region = _region(app, of)
    strips = [
        strip.crop(region.x, region.right)
        for strip in app.screen._compositor.render_strips()[region.y : region.bottom]
    ]
    while strips and not strips[-1].text.strip():
        strips.pop()
    letters: dict[str, str] = {}
    rows = [
        " ".join(f"{_letter(words, letters)}{cells}" for words, cells in _runs(strip)) for strip in strips
    ]
    return "\n".join(
        (
            *(strip.text.rstrip() for strip in strips),
            "--- styles",
            *_folded(rows),
            "--- letters",
            *(f"{letter} {words}" for words, letter in letters.items()),
            "",
        )
    )


async def _when_still(pilot: Pilot[None], of: str | None) -> str:
    app = pilot.app
    for screen in app.screen_stack:
        for box in screen.query("Input, TextArea"):
            if isinstance(box, Input | TextArea):
                box.cursor_blink = False
    app.clear_notifications()
    before = ""
    for _ in range(_LOOKS):
        await pilot.pause(0.02)
        now = picture(app, of)
        if now == before and not app.screen.query("Toast"):
            return now
        before = now
    raise AssertionError(f"it never stood still:\n{before}")


def _region(app: App[None], of: str | None) -> Region:
    screen = app.screen
    if of is not None:
        return screen.query_one(of).region
    if isinstance(screen, MainScreen):
        return screen.query_one("#content").region
    if isinstance(screen, ModalScreen) and (dialogue := screen.query(".dialog")):
        return dialogue.first().region
    return screen.region


def _runs(strip: Strip) -> list[tuple[str, int]]:
    """Neighbours that look alike, with how many cells they fill.

    A blank of no style but its background looks like whatever stands before it on the same background.
    """
    runs: list[tuple[str, int]] = []
    for words, cells in _pieces(strip):
        before, filled = runs[-1] if runs else ("", 0)
        if words == before or (words.startswith("on ") and before.endswith(words)):
            runs[-1] = (before, filled + cells)
        else:
            runs.append((words, cells))
    return runs


def _pieces(strip: Strip) -> Iterator[tuple[str, int]]:
    for text, style, _ in strip:
        for blank, characters in groupby(text, key=str.isspace):
            yield _words(style or Style.null(), blank=blank), cell_len("".join(characters))


def _words(style: Style, *, blank: bool) -> str:
    """A style in words, background last; a blank has no more than what it shows."""
    front, back = (colour.name if colour else "default" for colour in (style.color, style.bgcolor))
    flags = [flag for flag in _FLAGS if getattr(style, flag) and (not blank or flag in _SEEN_ON_BLANKS)]
    return " ".join((*flags, *(() if blank and not flags else (front,)), f"on {back}"))


def _letter(words: str, letters: dict[str, str]) -> str:
    if words not in letters:
        letters[words] = _LETTERS[len(letters)] if len(letters) < len(_LETTERS) else f"[{len(letters)}]"
    return letters[words]


def _folded(rows: Iterable[str]) -> Iterator[str]:
    """Rows with their numbers, equal neighbours as one."""
    for row, numbers in groupby(enumerate(rows, 1), key=lambda numbered: numbered[1]):
        first, *rest = [number for number, _ in numbers]
        yield f"{first}-{rest[-1]} {row}" if rest else f"{first} {row}"


__all__ = ["SIZES", "Size", "check_picture", "picture"]
