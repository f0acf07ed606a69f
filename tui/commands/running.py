"""Runs one command: opens the backend, translates what went wrong into words and an exit code."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import typer

from tui.commands.output import Exit, fail

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
            return await work(backend)
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
