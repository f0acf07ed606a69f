"""What the screens stand on: the backend, opened after the first frame, and the processes beside it."""

import asyncio
import contextlib
import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import subprocess

    from core.backend import Backend
    from core.models.job import Problem
    from core.services.integrations import Overview
    from core.services.listing_desks import ListingDesks
    from core.services.presence import Here, Presence
    from core.store import Lease
    from tui.sandbox import Sandbox

WORKER_LOG: Final = "worker.log"
SCREENS_LOG: Final = "screens.log"
_RESTART_SECONDS: Final = 5.0
"""How long the screens wait before they start another worker for one that ended."""


class CannotOpen(Exception):
    """The program cannot start; `str()` says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """What every screen shows at any moment."""

    at: datetime
    worker: "Lease | None" = None
    worker_is_ours: bool = False
    integrations: "tuple[Overview, ...]" = ()
    queued: int = 0
    problems: "tuple[Problem, ...]" = field(default=())
    others: "tuple[Here, ...]" = field(default=())
    """Screens that other people have open on this store."""


class Session:
    """Opens everything once the first frame stands, and closes it in good order."""

    def __init__(self, *, sandbox: bool = False, read_only: bool = False) -> None:
        self.sandbox = sandbox
        self.read_only = read_only
        self._backend: Backend | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._sandbox: Sandbox | None = None
        self._started_at = 0.0
        self._presence: Presence | None = None
        self._desks: ListingDesks | None = None
        self._beat_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether there is a backend."""
        return self._backend is not None

    @property
    def backend(self) -> "Backend":
        """The open backend; screens exist only while there is one."""
        if self._backend is None:
            raise AssertionError("the session is not open")
        return self._backend

    @property
    def desks(self) -> "ListingDesks":
        """The listings of all shops in memory, with what was typed and not saved."""
        if self._desks is None:
            from core.services.listing_desks import ListingDesks

            self._desks = ListingDesks(self.backend)
        return self._desks

    async def open(self, say: Callable[[str], None], progress: Callable[[int, int], None]) -> None:
        """Start the sandbox if asked, open the store, see that a worker runs. Raises CannotOpen."""
        expected = await asyncio.to_thread(_errors)
        try:
            await self._open(say, progress)
        except expected as error:
            raise CannotOpen(str(error)) from error

    async def _open(self, say: Callable[[str], None], progress: Callable[[int, int], None]) -> None:
        if self.sandbox:
            from tui import sandbox

            say("Starting the sandbox: a TikTok shop and an Avasam on this machine")
            home = sandbox.sandbox_home()
            self._sandbox = await sandbox.Sandbox.start(home)
        from tui.logs import log_to_file
        from tui.memory import settle

        say("Opening the store")
        bootstrap = await asyncio.to_thread(importlib.import_module, "tui.bootstrap")
        await asyncio.to_thread(importlib.import_module, "core.network")
        self._backend = await bootstrap.open_backend(progress=progress, screen=True)
        settle()
        log_to_file(self._backend.settings.home / SCREENS_LOG)
        if self.sandbox:
            await sandbox.connect_first_time(self._backend, say)
        await self.keep_worker()

    async def keep_worker(self) -> None:
        """Start a worker as our child when nobody holds the lease; at most one every few seconds."""
        from core.sync.leases import PRESENCE

        now = asyncio.get_running_loop().time()
        running = self._child is not None and self._child.poll() is None
        if self.read_only or running or (self._started_at and now - self._started_at < _RESTART_SECONDS):
            return
        if await self.backend.store.holder(PRESENCE) is None:
            from tui.bootstrap import start_worker

            self._started_at = now
            self._child = start_worker(os.environ, self.worker_log)

    @property
    def worker_log(self) -> Path:
        """Where our worker writes what it does."""
        return self.backend.settings.home / WORKER_LOG

    async def pulse(self) -> Pulse:
        """The state that every screen shows."""
        from core import tables
        from core.models.job import JobState, Problem
        from core.services.integrations import IntegrationService
        from core.services.presence import who_is_here
        from core.store import Where
        from core.sync.leases import PRESENCE

        backend = self.backend
        await self._be_here()
        worker = await backend.store.holder(PRESENCE)
        open_states = (JobState.QUEUED.value, JobState.RUNNING.value)
        problems = [Problem.from_document(row) async for _, row in backend.store.scan(tables.PROBLEMS)]
        return Pulse(
            at=backend.clock.now(),
            worker=worker,
            worker_is_ours=(
                worker is not None
                and self._child is not None
                and worker.owner.rpartition(":")[2] == str(self._child.pid)
            ),
            integrations=tuple(await IntegrationService(backend).overview()),
            queued=await backend.store.count(tables.JOBS, (Where("state", "in", open_states),)),
            problems=tuple(sorted(problems, key=lambda problem: problem.since)),
            others=tuple(
                here
                for here in await who_is_here(backend.store, backend.clock.now(), but=backend.owner)
                if here.role == "screens"
            ),
        )

    async def _be_here(self) -> None:
        """Let others see now and then that somebody is here; a read-only session writes nothing."""
        from core.services.presence import BEAT_SECONDS, Presence
        from tui.who import who

        now = asyncio.get_running_loop().time()
        if self.read_only or (self._presence is not None and now - self._beat_at < BEAT_SECONDS):
            return
        if self._presence is None:
            backend = self.backend
            self._presence = Presence(
                backend.store, backend.clock, owner=backend.owner, user=who(), role="screens"
            )
        self._beat_at = now
        await self._presence.beat()

    async def close(self) -> None:
        """End our worker and sandbox, then close the store."""
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            await asyncio.to_thread(self._child.wait)
        if self._sandbox is not None:
            await self._sandbox.stop()
        if self._presence is not None:
            from core.store import StoreError

            with contextlib.suppress(StoreError):  # it is forgotten by itself after a while
                await self._presence.leave()
        if self._backend is not None:
            await self._backend.close()


def log_fault(session: Session, error: BaseException | None) -> None:
    """Append a fault's traceback to the log beside the store, where a maintainer finds it."""
    import traceback

    if error is not None and session.is_open:
        with (session.backend.settings.home / SCREENS_LOG).open("a", encoding="utf-8") as log:
            traceback.print_exception(error, file=log)


def _errors() -> tuple[type[Exception], ...]:
    """Errors that carry words for a person. Imported late: the first frame comes before the heavy modules."""
    from core.services.errors import ServiceError
    from core.settings import SettingsError
    from core.store import StoreError
    from core.vault import VaultError
    from tui.sandbox import SandboxFailed

    return SandboxFailed, ServiceError, SettingsError, StoreError, VaultError
