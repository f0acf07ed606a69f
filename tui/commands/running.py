"""Runs one command: opens the backend, translates what went wrong into words and an exit code."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import typer

from tui.commands.output import Exit, fail, say

if TYPE_CHECKING:
    from core.backend import Backend


def with_backend(work: "Callable[[Backend], Awaitable[Exit]]", *, as_json: bool) -> None:
    """Open store and network, run `work`, close them, and leave with its exit code."""
    raise typer.Exit(asyncio.run(_run(work, as_json=as_json)))


async def _run(work: "Callable[[Backend], Awaitable[Exit]]", *, as_json: bool) -> Exit:
    from core.channel.errors import ChannelError
    from core.services.errors import NotFound, ServiceError
    from core.settings import SettingsError
    from core.store import StoreError
    from core.vault import VaultError
    from tui.bootstrap import open_backend
    from tui.logs import log_to_stderr

    log_to_stderr(logging.ERROR)
    try:
        backend = await open_backend()
        try:
            code = await work(backend)
            if not as_json:
                await _say_if_empty(backend)
            return code
        except NotFound:
            if not as_json:
                await _say_if_empty(backend)
            raise
        finally:
            await backend.close()
    except NotFound as error:
        fail(error.what, error.cure, as_json=as_json, code="not_found")
        return Exit.USAGE
    except ServiceError as error:
        fail(error.what, error.cure, as_json=as_json, code="refused")
        return Exit.FAILED
    except ChannelError as error:
        fail(str(error), error.cure, as_json=as_json, code="channel")
        return Exit.FAILED
    except SettingsError as error:
        fail(f"A setting is wrong.\n{error}", as_json=as_json, code="settings")
        return Exit.STORE
    except (StoreError, VaultError) as error:
        fail(str(error), as_json=as_json, code="store")
        return Exit.STORE


async def _say_if_empty(backend: "Backend") -> None:
    """Whoever sees nothing may be looking into the wrong store: say which it is, and of the demo's."""
    from core import tables
    from tui.sandbox import running, sandbox_home

    if await backend.store.count(tables.INTEGRATIONS):
        return
    say(f"\nNo shop is connected in {backend.settings.home} (AVASAM_HOME). a on Integrations connects one.")
    if await asyncio.to_thread(running, sandbox_home()) is not None:
        say("A demo is running: `avasam --sandbox COMMAND` asks about its shop.")
