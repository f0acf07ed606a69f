"""`avasam doctor`: looks over the whole installation and says what to do."""

import asyncio
import logging
from typing import TYPE_CHECKING

import typer

from tui.commands.options import Json
from tui.commands.output import Exit, emit, say

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from core.services.doctor import Finding

_SIGNS = {"pass": "✔ pass", "warn": "! warn", "fail": "✖ FAIL"}


def doctor(as_json: Json = False) -> None:
    """Look over this installation and say what to do (exit code 1 when something fails)."""
    raise typer.Exit(asyncio.run(_examined(as_json=as_json)))


async def _examined(*, as_json: bool) -> Exit:
    from core.services.doctor import Verdict
    from tui.logs import log_to_stderr

    log_to_stderr(logging.ERROR)
    findings: list[Finding] = []

    def note(finding: "Finding") -> None:
        findings.append(finding)
        if not as_json:
            print(f"{_SIGNS[finding.verdict]}  {finding.name}: {finding.what}", flush=True)
            if finding.cure:
                print(f"          {finding.cure}", flush=True)

    async for finding in _findings():
        note(finding)
    if as_json:
        emit(
            [
                {"name": one.name, "verdict": one.verdict.value, "what": one.what, "cure": one.cure}
                for one in findings
            ]
        )
    else:
        counts = {verdict: sum(one.verdict is verdict for one in findings) for verdict in Verdict}
        say(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    return Exit.FAILED if any(one.verdict is Verdict.FAIL for one in findings) else Exit.OK


async def _findings() -> "AsyncIterator[Finding]":
    """What can be found, even when the program cannot start."""
    from core.services.doctor import Doctor, Finding, Verdict, asking
    from core.settings import SettingsError, load_settings
    from core.store import StoreError
    from core.vault import VaultError
    from tui.bootstrap import open_backend

    try:
        backend = await open_backend(load_settings())
    except SettingsError as error:
        yield Finding("settings", Verdict.FAIL, "The program cannot start", str(error))
        return
    except StoreError as error:
        yield Finding("store", Verdict.FAIL, "It cannot be opened", str(error))
        return
    except VaultError as error:
        yield Finding("vault", Verdict.FAIL, "There is no usable key", str(error))
        return
    try:
        async with asking() as http:
            async for finding in Doctor(backend, http=http).examine():
                yield finding
    finally:
        await backend.close()
