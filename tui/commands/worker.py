"""`avasam worker`: the timers, in the foreground; a service manager keeps it running."""

import asyncio
import signal
from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.options import Json
from tui.commands.output import Exit, counted, emit, fail, say
from tui.commands.running import with_backend

if TYPE_CHECKING:
    from core.backend import Backend
    from core.sync.worker import Pass


def worker(
    once: Annotated[
        bool, typer.Option("--once", help="Orders, stock and price of every integration, then leave (cron).")
    ] = False,
    with_parent: Annotated[
        bool, typer.Option("--with-parent", hidden=True, help="Stop when standard input ends.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Run the background syncs until stopped (SIGTERM or ctrl+c ends it in good order)."""

    async def work(backend: "Backend") -> Exit:
        from core.sync.worker import Worker
        from tui.logs import log_to_stderr
        from tui.parent import watch_parent
        from tui.who import present

        log_to_stderr()
        runner = Worker(backend.sources(), backend.owner)
        if once:
            return _told(await runner.once(), as_json=as_json)
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        if with_parent:
            watch_parent(lambda: loop.call_soon_threadsafe(stop.set))
        async with present(backend):
            await runner.run(stop)
        return Exit.OK

    with_backend(work, as_json=as_json)


def _told(passes: "list[Pass] | None", *, as_json: bool) -> Exit:
    if passes is None:
        fail("Another worker is running these integrations", "Nothing: it does this anyway.", as_json=as_json)
        return Exit.BUSY
    ran = [(one.integration.name, result) for one in passes for result in one.ran]
    if as_json:
        emit(
            [
                {
                    "integration": name,
                    "kind": result.kind.value,
                    "ok": result.ok,
                    "counts": {} if result.outcome is None else result.outcome.counts,
                    "error": result.error,
                    "cure": result.cure,
                }
                for name, result in ran
            ]
        )
    else:
        for name, result in ran:
            if result.ok and result.outcome is not None:
                say(f"{name}: {result.kind}: {counted(result.outcome.counts)}")
            else:
                fail(f"{name}: {result.kind}: {result.error}", result.cure or "", as_json=False)
    paused = [one.integration for one in passes if one.integration.needs_reauthorisation is not None]
    for integration in paused:
        if not as_json:
            fail(
                f"{integration.name} needs reauthorisation: {integration.needs_reauthorisation}",
                "Open the integration and choose Reauthorize.",
                as_json=False,
            )
    if paused:
        return Exit.NEEDS_REAUTHORISATION
    if all(result.ok for _, result in ran):
        return Exit.OK
    stopped = any(result.outcome is not None and result.outcome.stopped is not None for _, result in ran)
    return Exit.NEEDS_CONFIRMATION if stopped else Exit.FAILED
