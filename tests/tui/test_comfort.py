import os
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from textual.app import App
from textual.color import Color
from textual.pilot import Pilot
from textual.widgets import DataTable, Label

from core import tables
from core.backend import Backend
from core.settings import Settings
from tests.clocks import FrozenClock
from tests.tui.session import ReadySession, integration, open_backend
from tests.tui.terminal import until
from tests.tui.test_shell import WIDE, keep, opened
from tui import preferences
from tui.app import AvasamApp
from tui.glyphs import AsciiFilter
from tui.preferences import Preferences
from tui.screens.base import MainScreen
from tui.screens.choose_sync import ChooseSync
from tui.screens.confirm import Confirm
from tui.screens.jump import JumpScreen
from tui.screens.orders import OrdersScreen
from tui.screens.tour import TourScreen


def _is_up(pilot: Pilot[None]) -> bool:
    return isinstance(pilot.app.screen, MainScreen | TourScreen)


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[Backend]:
    made = await open_backend(
        tmp_path, FrozenClock(), Settings(home=tmp_path, keys={"sync": "f5", "nope": "z"})
    )
    yield made
    await made.close()


async def test_a_theme_is_found_again(backend: Backend, tmp_path: Path) -> None:
    file = tmp_path / "preferences.json"
    async with AvasamApp(ReadySession(backend), preferences_file=file).run_test(size=WIDE) as pilot:
        await opened(pilot)
        pilot.app.theme = "nord"
        await pilot.pause()
        await until(pilot, lambda: isinstance(pilot.app.screen, MainScreen))
        first, read = pilot.app.screen, pilot.app.stylesheet.source
        await pilot.press("5")
        await until(pilot, lambda: isinstance(pilot.app.screen, OrdersScreen))
        assert pilot.app.stylesheet.source is read, "no stylesheet is read again for a new screen"
        nord = pilot.app.screen.styles.background
        assert nord == first.styles.background
        pilot.app.theme = "textual-light"
        await until(pilot, lambda: pilot.app.screen.styles.background != nord)
        light = pilot.app.screen.styles.background
        await pilot.press("1")
        await until(pilot, lambda: pilot.app.screen is first)
        assert first.styles.background == light, "a screen that was out of sight is styled as it comes back"
        pilot.app.theme = "nord"
    assert preferences.load(file).theme == "nord"
    assert AvasamApp(ReadySession(backend), preferences_file=file).theme == "nord"


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'"x"', b'{"theme": 3}', b"\xff\xfe", b'{"theme": "gone"}']
)
async def test_damaged_preferences_are_only_forgotten(
    backend: Backend, tmp_path: Path, damage: bytes
) -> None:
    file = tmp_path / "preferences.json"
    file.write_bytes(damage)
    async with AvasamApp(ReadySession(backend), preferences_file=file).run_test(size=WIDE) as pilot:
        await opened(pilot)


def test_preferences_that_cannot_be_written_cost_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    preferences.save(tmp_path / "file" / "preferences.json", Preferences(theme="nord"))
    assert not os.path.lexists(tmp_path / "file" / "preferences.json")


async def test_under_no_color_the_terminal_chooses_the_colours(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = AvasamApp(ReadySession(backend))
    assert app.theme == "ansi-dark"
    assert app.no_color


async def test_keys_are_remapped_by_id_and_an_unknown_id_is_named(backend: Backend) -> None:
    await keep(backend, tables.INTEGRATIONS, "id-Alpha", integration("Alpha"))
    async with AvasamApp(ReadySession(backend)).run_test(size=WIDE) as pilot:
        await opened(pilot)
        told = [note.message for note in pilot.app._notifications]
        assert any("no command 'nope'" in message for message in told)
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseSync))


async def test_jump_mode_takes_the_focus_where_the_letter_is(backend: Backend) -> None:
    await keep(backend, tables.INTEGRATIONS, "id-Alpha", integration("Alpha"))
    async with AvasamApp(ReadySession(backend)).run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        table = screen.query_one(DataTable)
        await until(pilot, lambda: table.row_count == 1 and table.region.area)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(pilot.app.screen, JumpScreen))
        jump = pilot.app.screen
        assert isinstance(jump, JumpScreen)
        letter = next(key for key, target in jump._targets.items() if isinstance(target, DataTable))
        assert f" {letter} " in {str(label.content) for label in jump.query(Label)}
        await pilot.press(letter)
        await until(pilot, lambda: isinstance(pilot.app.focused, DataTable))


async def test_the_tour_is_shown_once_and_only_in_the_sandbox(backend: Backend, tmp_path: Path) -> None:
    file = tmp_path / "preferences.json"
    for is_sandbox, shown in ((False, False), (True, True), (True, False)):
        session = ReadySession(backend)
        session.sandbox = is_sandbox
        async with AvasamApp(session, preferences_file=file).run_test(size=WIDE) as pilot:
            await until(pilot, partial(_is_up, pilot))
            await pilot.pause()
            assert isinstance(pilot.app.screen, TourScreen) is shown
            if shown:
                await pilot.press("5")
                await until(pilot, lambda: isinstance(pilot.app.screen, OrdersScreen))


async def test_ascii_draws_without_a_single_glyph_of_ours(backend: Backend) -> None:
    await keep(backend, tables.INTEGRATIONS, "id-Alpha", integration("Alpha"))
    async with AvasamApp(ReadySession(backend), plain_glyphs=True).run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        await until(pilot, lambda: screen.query_one(DataTable).row_count == 1)
        assert "●" in str(screen.query_one(DataTable).get_row_at(0)[3])
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseSync))
        await pilot.pause()
        picture = pilot.app.export_screenshot()
        drawn = picture[picture.index("terminal-") :]
        assert not [char for char in drawn if ord(char) > 0xA0]


@given(st.text())
def test_a_plain_line_is_as_wide_as_the_glyphs_were(text: str) -> None:
    (plain,) = AsciiFilter().apply([Segment(text)], Color(0, 0, 0))
    assert cell_len(plain.text) == cell_len(text)


async def test_under_no_color_what_is_under_the_cursor_is_still_seen(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reversed or underlined, in whatever colours the terminal has."""
    monkeypatch.setenv("NO_COLOR", "1")
    await keep(backend, tables.INTEGRATIONS, "id-Alpha", integration("Alpha"))
    async with AvasamApp(ReadySession(backend)).run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        await until(pilot, lambda: screen.query_one(DataTable).row_count == 1)
        await until(pilot, lambda: "reverse" in _style_of(pilot.app, "Alpha"))
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseSync))
        await pilot.press("down", "up")
        await until(pilot, lambda: "underline" in _style_of(pilot.app, "Everything"))
        await pilot.press("escape", "space")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await until(pilot, lambda: "reverse" in _style_of(pilot.app, "Cancel"))
        assert "reverse" not in _style_of(pilot.app, "Disable ")


def _style_of(app: App[None], words: str) -> str:
    """The style of the first piece of the terminal that holds these words."""
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            if words in segment.text:
                return str(segment.style)
    return ""
