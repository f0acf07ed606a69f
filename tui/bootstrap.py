"""The only place that wires storage into core, and starts other processes of this program."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from core.backend import Backend
from core.clock import Clock, SystemClock
from core.settings import Settings, SettingsError, load_settings
from core.store import Store
from storage.tinydb.store import TinyStore
from storage.vault import Vault

Progress = Callable[[int, int], None]


async def open_backend(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    progress: Progress | None = None,
    screen: bool = False,
) -> Backend:
    """Settings, store, vault and network of this process, which draws a `screen` or not.

    Raises SettingsError, StoreError or VaultError.
    """
    settings = settings or load_settings()
    clock = clock or SystemClock()
    _make_home(settings.home)
    store: Store = await TinyStore.open(
        settings.store_directory(),
        clock=clock,
        progress=progress,
        allow_network=settings.store_on_network,
        group=settings.store_group,
        screen=screen,
    )
    try:
        vault = Vault.open(home=settings.home, environ=os.environ)
    except BaseException:
        await store.close()
        raise
    return Backend(settings=settings, store=store, vault=vault, clock=clock)


def start_worker(environ: Mapping[str, str], log: Path) -> "subprocess.Popen[bytes]":
    """A worker of this program, in a session of its own: the terminal's keys do not reach it.

    It ends when this process does, however it ends: its standard input is a pipe from here.
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "tui.main", "worker", "--with-parent"],
            env=dict(environ),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _make_home(home: Path) -> None:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"AVASAM_HOME: {home} cannot be the program's directory: {error.strerror}. "
            "Choose a directory that you may write, or one that can be made."
        ) from None


def serve_sandbox(
    *,
    port: int,
    seed: int,
    products: int,
    orders: int,
    live: float,
    state: Path | None,
    redirect_url: str | None,
    as_json: bool,
) -> None:
    """Be the sandbox until SIGTERM or ctrl+c."""
    from core.sandbox.serve import ServeOptions, run

    run(
        ServeOptions(
            port=port,
            seed=seed,
            products=products,
            orders=orders,
            live=live,
            state=state,
            redirect_url=redirect_url,
            json=as_json,
        )
    )
