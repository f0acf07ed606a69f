"""The screens' program: opens the session after the first frame, then follows the store."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import work
from textual.app import SystemCommand
from textual.dom import DOMNode
from textual.notifications import SeverityLevel
from textual.screen import ModalScreen, Screen
from textual.worker import Worker, WorkerState

from tui import preferences
from tui.glyphs import AsciiFilter
from tui.keys import bindings
from tui.keys.everywhere import EVERYWHERE, SCREENS
from tui.preferences import Preferences
from tui.screens.opening import OpeningScreen
from tui.session import CannotOpen, Session, log_fault
from tui.styled_once import StyledOnce

if TYPE_CHECKING:
    from tui.screens.base import MainScreen

_TOLD_BY_US: Final = frozenset({"Quit", "Keys"})
"""Textual's own commands that ours stand for: ctrl+q asks about unsaved work, f1 knows the screens."""
FOLLOW_SECONDS: Final = 0.25
BEAT_SECONDS: Final = 1.0
TOAST_SECONDS: Final = {"information": 8.0, "warning": 12.0, "error": 20.0}
"""Long enough to be read, also by whoever was looking elsewhere."""
CANNOT_OPEN: Final = 5
"""Exit code when the store or the settings are not usable, as for commands."""


class AvasamApp(StyledOnce):
    """The shell around the screens."""

    TITLE = "avasam"
    CSS_PATH = [
        "styles/app.tcss",
        "styles/integrations.tcss",
        "styles/orders.tcss",
        "styles/activity.tcss",
        "styles/mapping.tcss",
        "styles/listings.tcss",
    ]
    BINDINGS = bindings((*SCREENS, *EVERYWHERE))
    MODES: ClassVar = {}
    HORIZONTAL_BREAKPOINTS = [(0, "narrow"), (100, "roomy")]

    def __init__(
        self, session: Session, *, plain_glyphs: bool = False, preferences_file: Path | None = None
    ) -> None:
        super().__init__(ansi_color=bool(os.environ.get("NO_COLOR")))
        self.session = session
        self._opening = OpeningScreen()
        self._preferences_file = preferences_file
        self._preferences = Preferences() if preferences_file is None else preferences.load(preferences_file)
        if plain_glyphs:
            self._filters.append(AsciiFilter())
        if os.environ.get("SSH_CONNECTION"):
            self.animation_level = "none"
        self._dress()

    def _dress(self) -> None:
        """The theme that was chosen; under NO_COLOR one that leaves colours to the terminal."""
        if self.no_color:
            self.theme = "ansi-dark"
        elif self._preferences.theme in self.available_themes:
            self.theme = str(self._preferences.theme)

    def watch_theme(self, theme: str) -> None:
        """Remember a theme that somebody chose in the palette."""
        if self.is_running and not self.no_color:
            self.remember(theme=theme)

    def remember(self, **choices: Any) -> None:
        """Keep choices of the person for next time."""
        self._preferences = replace(self._preferences, **choices)
        if self._preferences_file is not None:
            preferences.save(self._preferences_file, self._preferences)

    @property
    def preferences(self) -> Preferences:
        """What the person chose."""
        return self._preferences

    async def on_mount(self) -> None:
        """Show the first frame, then open everything."""
        await self.push_screen(self._opening)
        self.call_after_refresh(self._open)

    @work(group="open", exit_on_error=False)
    async def _open(self) -> None:
        try:
            await self.session.open(self._opening.say, self._opening.progress)
        except CannotOpen as error:
            self._opening.fail(str(error), CANNOT_OPEN)
            return
        from tui.modes import SCREENS as MAIN_SCREENS

        for screen in MAIN_SCREENS:
            self.add_mode(screen.MODE, partial(screen, self.session))
        await self.switch_mode(MAIN_SCREENS[0].MODE)
        self._remap_keys()
        self._follow()
        self._read_ahead()
        if self.session.sandbox and not self._preferences.tour_seen:
            from tui.screens.tour import TourScreen

            await self.push_screen(TourScreen())
            self.remember(tour_seen=True)

    def _remap_keys(self) -> None:
        """Keys from the settings file; a command that does not exist is named, the others still count."""
        from tui.keys.registry import BY_SCREEN

        known = {command.id for commands in BY_SCREEN.values() for command in commands}
        wanted = self.session.backend.settings.keys
        self.set_keymap({name: keys for name, keys in wanted.items() if name in known})
        for name in wanted.keys() - known:
            self.notify(
                f"config.toml, [keys]: there is no command {name!r}. The README lists their ids.",
                severity="warning",
                timeout=15,
                markup=False,
            )

    @work(group="follow", exclusive=True, exit_on_error=False)
    async def _follow(self) -> None:
        """Tell the screen on show whenever anybody commits something, and once a second anyway."""
        from core.store import StoreError
        from tui.messages import Beat

        loop = asyncio.get_running_loop()
        seq, beaten, told = -1, 0.0, ""
        while not self._is_ending():
            try:
                changes = await self.session.backend.store.changes(seq)
                if changes.seq != seq or loop.time() - beaten >= BEAT_SECONDS:
                    beaten = loop.time()
                    pulse = await self.session.pulse()
                    if self._is_ending():
                        return
                    if self.is_covered:
                        seq = -1  # the screen beneath is told as soon as it is on show again
                    else:
                        seq = changes.seq
                        self.screen_stack[0].post_message(Beat(pulse))
                    await self.session.keep_worker()
                told = ""
            except StoreError as error:
                if told != str(error):
                    told = str(error)
                    words = f"{error} What is shown is as it was before; it is tried again by itself."
                    self.notify(words, severity="error", timeout=20, markup=False)
            await asyncio.sleep(FOLLOW_SECONDS)

    def _is_ending(self) -> bool:
        """Whether the screens have gone already, while background work still ends."""
        try:
            return not self.screen_stack
        except KeyError:
            return True

    @work(group="read ahead", exit_on_error=False)
    async def _read_ahead(self) -> None:
        """What takes a second or two with 100,000 products is there when somebody goes to it."""
        await self.session.desks.read_ahead()

    @property
    def is_covered(self) -> bool:
        """Whether a dialogue lies over a main screen.

        Whatever moves beneath it makes Textual draw the whole terminal again, 30 kB each time over SSH.
        """
        return isinstance(self.screen, ModalScreen)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A fault in the background is told, never swallowed and never a traceback on the screen."""
        if event.state is not WorkerState.ERROR:
            return
        error = event.worker.error
        words = f"This program made a mistake in {event.worker.group!r}: {type(error).__name__}: {error}"
        log_fault(self.session, error)
        if self._is_ending():
            return
        if self.screen is self._opening:
            self._opening.fail(words, CANNOT_OPEN)
        else:
            self.notify(words, severity="error", timeout=20, markup=False)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """A toast, for longer the more it matters."""
        seconds = TOAST_SECONDS[severity] if timeout is None else timeout
        super().notify(message, title=title, severity=severity, timeout=seconds, markup=markup)

    async def action_show(self, mode: str) -> None:
        """Go to a main screen, not from the opening one or a dialogue. What would be lost is asked about."""
        if self.current_mode not in self._modes or self.is_covered:
            return
        while len(self.screen_stack) > 1:
            self.screen.dismiss(None)
        if mode == self.current_mode:
            return
        losing = [one for one in self._holding() if one is self.screen and not one.KEEPS_UNSAVED]
        if losing:
            self._leave(partial(self.switch_mode, mode), losing)
        else:
            await self.switch_mode(mode)

    async def action_quit(self) -> None:
        """Leave; unsaved work of any screen is asked about."""
        losing = self._holding()
        if losing:
            self._leave(super().action_quit, losing)
        else:
            await super().action_quit()

    def _holding(self) -> "list[MainScreen]":
        """The main screens with unsaved work."""
        from tui.screens.base import MainScreen

        beneath = [stack[0] for stack in self._screen_stacks.values() if stack]
        return [one for one in beneath if isinstance(one, MainScreen) and one.unsaved]

    @work(group="leave", exclusive=True, exit_on_error=False)
    async def _leave(self, go: Callable[[], Awaitable[None]], losing: "Sequence[MainScreen]") -> None:
        from tui.screens.confirm import Confirm

        what = ", ".join(one.unsaved for one in losing)
        if await self.push_screen_wait(
            Confirm(f"Discard {what}?", "Nothing of it is saved yet: ctrl+s saves.", "Discard")
        ):
            for one in losing:
                one.discard()
            await go()

    @work(group="sync", exclusive=True, exit_on_error=False)
    async def action_sync_now(self) -> None:
        """Ask what to sync, and put a job down for every enabled integration."""
        from core.services.errors import ServiceError
        from core.services.integrations import IntegrationService
        from core.services.sync import SyncService
        from tui.screens.choose_sync import ChooseSync

        if self.screen is self._opening:
            return
        if self.session.read_only:
            self.notify("This is a read-only session: nothing is synced from here.", severity="warning")
            return
        backend = self.session.backend
        chosen = [one for one in await IntegrationService(backend).all() if one.enabled]
        if not chosen:
            self.notify("No integration is enabled: there is nothing to sync.", severity="warning")
            return
        kind = await self.push_screen_wait(ChooseSync(", ".join(one.name for one in chosen)))
        if kind is None:
            return
        for one in chosen:
            try:
                await SyncService(backend).request(kind, one, requested_by="screens")
            except ServiceError as error:
                self.notify(str(error), severity="warning", markup=False)
            else:
                self.notify(f"{one.name}: asked the worker.", markup=False)

    @work(group="jump", exclusive=True, exit_on_error=False)
    async def action_jump(self) -> None:
        """Put a letter on everything that can take the focus."""
        from tui.screens.base import MainScreen
        from tui.screens.jump import JumpScreen

        beneath = self.screen
        if isinstance(beneath, MainScreen):
            target = await self.push_screen_wait(JumpScreen(beneath))
            if target is not None:
                target.focus()

    def action_help_screen(self) -> None:
        """Open the help of what has the focus, with the keys that work there now."""
        from tui.screens.help import HelpScreen, help_here

        if self.screen is not self._opening:
            self.push_screen(HelpScreen(help_here(self.screen)))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette holds every command of the registry beside Textual's own."""
        for command in super().get_system_commands(screen):
            if command.title not in _TOLD_BY_US:
                yield command
        for ours in (*SCREENS, *EVERYWHERE):
            yield SystemCommand(ours.label, ours.help, self._runner(self, ours.action))
        told = {command.id for command in (*SCREENS, *EVERYWHERE)}
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.id and binding.tooltip and binding.id not in told:
                told.add(binding.id)  # a command with two keys is one command
                yield SystemCommand(
                    binding.description, binding.tooltip, self._runner(active.node, binding.action)
                )

    def _runner(self, node: DOMNode, action: str) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            await self.run_action(action, default_namespace=node)

        return run

    async def on_unmount(self) -> None:
        """End what was started beside us."""
        await self.session.close()
