"""Suggestions come from a process of its own: the same ones, with progress, ended when cancelled (A37)."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from core.rules.matching import Matcher, Unmapped, best_partners
from core.services import matching_ask
from core.services.errors import ServiceError
from tests.bench import mapping_goods

GOODS = mapping_goods.make(1_500, 150)
ROWS = [(one.sku, one.title, one.barcode) for one in GOODS.products]


async def products(*, forever: bool = False) -> AsyncIterator[Sequence[tuple[str, str, str | None]]]:
    for start in range(0, len(ROWS), 400):
        yield ROWS[start : start + 400]
    while forever:
        yield ROWS[:10]
        await asyncio.sleep(0)


async def test_A37_the_process_finds_exactly_what_the_rule_finds_and_says_how_far_it_is() -> None:
    matcher = Matcher()
    for row in ROWS:
        matcher.add(*row)
    told: list[tuple[int, int]] = []
    found = await matching_ask.ask(products(), GOODS.unmapped, lambda done, total: told.append((done, total)))
    assert found == best_partners(matcher, GOODS.unmapped)
    assert told == [(0, 150), (100, 150)]


async def test_A37_few_are_found_without_a_process_and_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    few = GOODS.unmapped[: matching_ask.FEW]

    async def small() -> AsyncIterator[Sequence[tuple[str, str, str | None]]]:
        yield ROWS[:500]

    async def none(*_: object, **__: object) -> None:
        raise AssertionError("no process is worth its start")

    there = await matching_ask.ask(small(), [*few, Unmapped("last", "p", "nothing like it", "")])
    monkeypatch.setattr(asyncio, "create_subprocess_exec", none)
    assert await matching_ask.ask(small(), few) == there


async def test_cancelled_it_leaves_no_process_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[asyncio.subprocess.Process] = []
    there = asyncio.Event()
    begin = asyncio.create_subprocess_exec

    async def remember(*command: str, **how: object) -> asyncio.subprocess.Process:
        started.append(await begin(*command, **how))  # type: ignore[arg-type]
        there.set()
        return started[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", remember)
    asking = asyncio.create_task(matching_ask.ask(products(forever=True), GOODS.unmapped))
    await there.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert started[0].returncode is not None


async def test_a_process_that_dies_is_said_and_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dead = tmp_path / "dead"
    dead.write_text("#!/bin/sh\nexit 1\n")
    dead.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(dead))
    with pytest.raises(ServiceError, match="ended before it had an answer"):
        await matching_ask.ask(products(), GOODS.unmapped)


def test_the_process_loads_nothing_heavy() -> None:
    asked = "import sys, core.services.matching_process; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert not {"textual", "pydantic", "httpx", "tinydb", "typer", "structlog"} & set(loaded.stdout.split())
