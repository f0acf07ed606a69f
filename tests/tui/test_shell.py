from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable, Static

from core import tables
from core.backend import Backend
from core.models.job import Job, JobKind, Problem
from core.services.presence import Presence, who_is_here
from core.store import Changes, StoreError
from core.sync import jobs
from core.sync.leases import PRESENCE
from tests.clocks import NOON, FrozenClock
from tests.tui.session import BrokenSession, ReadySession, integration, open_backend
from tests.tui.terminal import drawn, refreshed, until
from tui.app import CANNOT_OPEN, AvasamApp
from tui.keys.everywhere import EVERYWHERE, SCREENS
from tui.keys.registry import BY_SCREEN
from tui.screens.base import MainScreen
from tui.screens.choose_sync import ChooseSync
from tui.screens.confirm import Confirm
from tui.screens.help import HelpScreen
from tui.screens.orders import OrdersScreen
from tui.session import Pulse
from tui.widgets.key_line import KeyLine
from tui.widgets.menu import Menu

WIDE, NARROW = (120, 40), (80, 24)


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[Backend]:
    made = await open_backend(tmp_path, FrozenClock())
    yield made
    await made.close()


async def keep(backend: Backend, table: str, key: str, model: object) -> None:
    async with backend.store.transaction() as tx:
        await tx.put(table, key, model.to_document())  # type: ignore[attr-defined]


async def opened(pilot: Pilot[None]) -> MainScreen:
    await until(pilot, lambda: isinstance(pilot.app.screen, MainScreen))
    screen = pilot.app.screen
    assert isinstance(screen, MainScreen)
    await until(pilot, lambda: str(screen.query_one("#status-line", Static).content))
    return screen


def status_line(screen: MainScreen) -> str:
    return str(screen.query_one("#status-line", Static).content)


async def test_an_empty_store_says_how_to_connect_a_shop(backend: Backend) -> None:
    """A3"""
    async with AvasamApp(ReadySession(backend)).run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        await until(pilot, lambda: screen.query_one("#empty").display)
        assert "press a" in str(screen.query_one("#empty", Static).content)
        assert "worker ○ none" in status_line(screen)


async def test_integrations_show_channel_name_and_status(backend: Backend) -> None:
    """A3, A10, A16"""
    await keep(backend, tables.INTEGRATIONS, "a", integration("Alpha"))
    await keep(backend, tables.INTEGRATIONS, "b", integration("Beta", enabled=False))
    await keep(backend, tables.INTEGRATIONS, "c", integration("Gamma", needs_reauthorisation="revoked"))
    async with AvasamApp(ReadySession(backend)).run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        table = screen.query_one(DataTable)
        await until(pilot, lambda: table.row_count == 3)
        rows = [" ".join(str(cell) for cell in table.get_row_at(index)) for index in range(3)]
        assert "TikTok Alpha Harbour & Hill ● enabled" in rows[0]
        assert "Beta Harbour & Hill ○ disabled" in rows[1]
        assert "Gamma Harbour & Hill ! reauthorise" in rows[2]


async def test_a_change_by_another_program_appears_by_itself(backend: Backend, tmp_path: Path) -> None:
    async with AvasamApp(ReadySession(backend)).run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        other = await open_backend(tmp_path, FrozenClock())
        await keep(other, tables.INTEGRATIONS, "a", integration("Alpha"))
        await other.close()
        await until(pilot, lambda: screen.query_one(DataTable).row_count == 1)


async def test_the_status_line_tells_worker_queue_and_problems(backend: Backend) -> None:
    await backend.store.lease(PRESENCE, owner="shop-server:4121", ttl=timedelta(seconds=15))
    waiting = Job(id="j", kind=JobKind.SYNC_ALL, integration_id="a", requested_at=NOON)
    await keep(backend, tables.JOBS, "j", waiting)
    problem = Problem(
        id="p", integration_id=None, code="x", what="w", why="y", cure="c", since=NOON, last_seen=NOON
    )
    await keep(backend, tables.PROBLEMS, "p", problem)
    async with AvasamApp(ReadySession(backend)).run_test(size=WIDE) as pilot:
        line = status_line(await opened(pilot))
        assert "worker ● shop-server:4121" in line
        assert "✖ 1 problem" in line
        assert "queue 1" in line


async def test_the_status_line_says_who_else_is_here(backend: Backend) -> None:
    other = Presence(backend.store, backend.clock, owner="desk:77", user="maria", role="screens")
    await other.beat()
    async with AvasamApp(ReadySession(backend)).run_test(size=WIDE) as pilot:
        assert "also here: maria" in status_line(await opened(pilot))
    here = await who_is_here(backend.store, backend.clock.now(), but="desk:77")
    assert [(one.owner, one.role) for one in here] == [(backend.owner, "screens")]


async def test_space_disables_after_a_question_with_cancel_in_focus(backend: Backend) -> None:
    """A10: it survives a restart because it is in the store."""
    await keep(backend, tables.INTEGRATIONS, "id-Alpha", integration("Alpha"))
    async with AvasamApp(ReadySession(backend)).run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        await until(pilot, lambda: screen.query_one(DataTable).row_count == 1)
        screen.query_one(DataTable).focus()
        await pilot.press("space")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        focused = pilot.app.focused
        assert focused is not None
        assert focused.id == "cancel"
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "○ disabled" in str(screen.query_one(DataTable).get_row_at(0)[3]))
    row = await backend.store.get(tables.INTEGRATIONS, "id-Alpha")
    assert row is not None
    assert row["enabled"] is False


async def test_a_read_only_session_refuses_with_words(backend: Backend) -> None:
    await keep(backend, tables.INTEGRATIONS, "id-Alpha", integration("Alpha"))
    async with AvasamApp(ReadySession(backend, read_only=True)).run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        await until(pilot, lambda: screen.query_one(DataTable).row_count == 1)
        screen.query_one(DataTable).focus()
        await pilot.press("space", "r")
        await pilot.pause()
        assert not isinstance(pilot.app.screen, Confirm | ChooseSync)
        assert "read-only" in status_line(screen)
    row = await backend.store.get(tables.INTEGRATIONS, "id-Alpha")
    assert row is not None
    assert row["enabled"] is True


async def test_r_puts_a_job_down_for_every_enabled_integration(backend: Backend) -> None:
    """A52: the screen asks, the worker does."""
    await keep(backend, tables.INTEGRATIONS, "id-Alpha", integration("Alpha"))
    await keep(backend, tables.INTEGRATIONS, "id-Beta", integration("Beta", enabled=False))
    async with AvasamApp(ReadySession(backend)).run_test(size=WIDE) as pilot:
        await opened(pilot)
        await pilot.press("r")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseSync))
        await until(pilot, lambda: " ▸a  Everything" in drawn(pilot))
        await pilot.press("o")
        await until(pilot, lambda: not isinstance(pilot.app.screen, ChooseSync))
        await until(pilot, lambda: "1▹Integrations" in drawn(pilot))
    assert [job.kind for job in await jobs.waiting(backend.store, "id-Alpha")] == [JobKind.SYNC_ORDERS]
    assert await jobs.waiting(backend.store, "id-Beta") == []


async def test_help_lists_the_keys_that_work_here_those_of_the_screen_first(backend: Backend) -> None:
    async with AvasamApp(ReadySession(backend)).run_test(size=WIDE) as pilot:
        await opened(pilot)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        help_screen = pilot.app.screen
        assert isinstance(help_screen, HelpScreen)
        told = help_screen.told
        assert (told.heading, list(told.keys)) == ("Integrations", ["Integrations", "Everywhere"])
        labels = {label for _, label, _ in told.keys["Everywhere"]}
        assert {command.label for command in EVERYWHERE} <= labels
        await pilot.press("escape", "5", "f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        told = pilot.app.screen.told  # type: ignore[attr-defined]
        assert (told.heading, list(told.keys)) == ("Orders", ["Orders", "Long lists", "Everywhere"])
        assert ("↓ j", "Down") in {(keys, label) for keys, label, _ in told.keys["Long lists"]}
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, OrdersScreen)


async def test_nothing_is_drawn_beneath_a_dialogue_and_all_of_it_afterwards(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over SSH each beat beneath a dialogue would send the whole terminal again."""
    async with AvasamApp(ReadySession(backend)).run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        beats: list[Pulse] = []
        monkeypatch.setattr(screen, "show", beats.append)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        beats.clear()
        await keep(backend, tables.INTEGRATIONS, "a", integration("Alpha"))
        session = pilot.app.session  # type: ignore[attr-defined]
        seen = [await session.pulse()]
        monkeypatch.setattr(session, "pulse", _counted(session.pulse, seen))
        await until(pilot, lambda: len(seen) > 2)
        assert beats == []
        await pilot.press("escape")
        await until(pilot, lambda: any(pulse.integrations for pulse in beats))


def _counted(pulse: Callable[[], Awaitable[Pulse]], seen: list[Pulse]) -> Callable[[], Awaitable[Pulse]]:
    async def counted() -> Pulse:
        seen.append(await pulse())
        return seen[-1]

    return counted


async def test_the_palette_holds_every_command_that_works_here(backend: Backend) -> None:
    async with AvasamApp(ReadySession(backend)).run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        listed = [command.title for command in pilot.app.get_system_commands(screen)]
        titles = set(listed)
        assert len(titles) == len(listed), "each once, however many keys it has"
        assert {command.label for command in (*SCREENS, *EVERYWHERE)} <= titles
        assert "On/off" in titles, "and those of the screen on show"


def test_every_command_has_an_id_of_its_own_and_words_that_help() -> None:
    commands = [command for group in BY_SCREEN.values() for command in group]
    assert len({command.id for command in commands}) == len(commands)
    assert all(command.help and command.label for command in commands)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_nothing_is_cut_off_at_either_size(backend: Backend, size: tuple[int, int]) -> None:
    await keep(backend, tables.INTEGRATIONS, "id-Alpha", integration("Alpha"))
    async with AvasamApp(ReadySession(backend)).run_test(size=size) as pilot:
        screen = await opened(pilot)
        await until(pilot, lambda: screen.query_one(DataTable).row_count == 1)
        table = screen.query_one(DataTable)
        assert table.virtual_size.width <= table.size.width
        assert screen.query_one(KeyLine).region.bottom == size[1]
        folded = screen.query_one(Menu).size.width < 10
        assert folded is (size == NARROW)


async def test_typing_into_a_filter_and_leaving_it_does_not_draw_the_whole_screen(backend: Backend) -> None:
    async with AvasamApp(ReadySession(backend)).run_test(size=WIDE) as pilot:
        await opened(pilot)
        await pilot.press("5")
        await until(pilot, lambda: isinstance(pilot.app.screen, OrdersScreen))
        screen = pilot.app.screen
        assert isinstance(screen, OrdersScreen)
        await until(pilot, lambda: screen.table.has_focus)
        await pilot.pause()
        with refreshed() as seen:
            await pilot.press("slash")
            await until(pilot, lambda: screen.query_one("#filter-words").has_focus)
            await pilot.press("escape")
            await until(pilot, lambda: screen.table.has_focus)
            await pilot.pause()
        assert screen not in seen


async def test_a_hostile_name_is_drawn_as_plain_text(backend: Backend) -> None:
    hostile = "[red]x[/red] [b" + "界" * 10
    await keep(backend, tables.INTEGRATIONS, "id", integration(hostile))
    async with AvasamApp(ReadySession(backend)).run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        table = screen.query_one(DataTable)
        await until(pilot, lambda: table.row_count == 1)
        assert str(table.get_row_at(0)[1]) == hostile
        assert hostile in str(screen.query_one("#detail", Static).content)


async def test_a_store_that_cannot_be_opened_is_explained_and_left_with_its_code() -> None:
    app = AvasamApp(BrokenSession("the store at X is damaged. Restore a backup."))
    async with app.run_test(size=NARROW) as pilot:
        words = pilot.app.screen.query_one("#opening-words", Static)
        await until(pilot, lambda: "the store at X is damaged" in str(words.content))
        await pilot.press("q")
    assert app.return_code == CANNOT_OPEN


async def test_a_store_that_cannot_be_read_is_told_once_and_followed_again_when_it_can(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with AvasamApp(ReadySession(backend)).run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        readable = backend.store.changes
        asked = 0

        async def unreadable(seq: int) -> Changes:
            nonlocal asked
            asked += 1
            raise StoreError("The disk does not answer.")

        monkeypatch.setattr(backend.store, "changes", unreadable)
        await until(pilot, lambda: asked >= 3)
        told = [note.message for note in pilot.app._notifications]
        assert told == [
            "The disk does not answer. What is shown is as it was before; it is tried again by itself."
        ]
        monkeypatch.setattr(backend.store, "changes", readable)
        await keep(backend, tables.INTEGRATIONS, "id-Alpha", integration("Alpha"))
        await until(pilot, lambda: screen.query_one(DataTable).row_count == 1)
