"""Has the process that looks for partners do it, and ends it whatever happens (domain.md A37)."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final

import orjson

from core.portions import portions
from core.rules.matching import Matcher, Reason, Suggestion, Unmapped, best_partners
from core.services.errors import ServiceError
from core.settings import ENV_PREFIX

Told = Callable[[int, int], None]
"""(looked at, of how many): 0 of them while the products are still read."""
Products = AsyncIterator[Sequence[tuple[str, str, str | None]]]
"""SKU, title and barcode of everything that can be sold, in pieces."""

FEW: Final = 60
"""So many SKUs against so few products are quicker asked than a process is started."""
_FEW_PRODUCTS: Final = 1_000
_AT_ONCE: Final = 500
_LONGEST_LINE: Final = 16_000_000
_TIMES: Final = 20


async def ask(products: Products, asked: Sequence[Unmapped], told: Told | None = None) -> list[Suggestion]:
    """The best partner of each that has one, the surest first. Cancelled, nothing of it goes on.

    Raises ServiceError when the process ends before its answer.
    """
    pieces: list[Sequence[tuple[str, str, str | None]]] = []
    if len(asked) <= FEW:
        count = 0
        async for piece in products:
            pieces.append(piece)
            count += len(piece)
            if count > _FEW_PRODUCTS:
                break
        else:
            return _here(pieces, asked)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "core.services.matching_process"),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        limit=_LONGEST_LINE,
        env={name: value for name, value in os.environ.items() if not name.startswith(ENV_PREFIX)},
    )
    try:
        # It answers while it is still being asked, so both go on at once: a full pipe would stop them both.
        giving = asyncio.create_task(_give(process, pieces, products, asked))
        try:
            found = await _take(process, len(asked), told)
        finally:
            giving.cancel()
            await asyncio.gather(giving, return_exceptions=True)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
    return found


def _here(
    pieces: Sequence[Sequence[tuple[str, str, str | None]]], asked: Sequence[Unmapped]
) -> list[Suggestion]:
    matcher = Matcher()
    for piece in pieces:
        for row in piece:
            matcher.add(*row)
    return best_partners(matcher, asked)


async def _give(
    process: Process,
    pieces: Sequence[Sequence[tuple[str, str, str | None]]],
    products: Products,
    asked: Sequence[Unmapped],
) -> None:
    stdin = process.stdin
    assert stdin is not None  # noqa: S101 - asked for above
    try:
        for piece in pieces:
            await _write(stdin, "products", piece)
        async for piece in products:
            await _write(stdin, "products", piece)
        for portion in portions(asked, _AT_ONCE):
            rows = [(one.sku_id, one.product_id, one.seller_sku, one.title) for one in portion]
            await _write(stdin, "asked", rows)
        stdin.close()
    except (BrokenPipeError, ConnectionResetError):
        return  # it is gone: whoever reads its answer says so


async def _write(stdin: asyncio.StreamWriter, name: str, rows: Sequence[object]) -> None:
    for portion in portions(rows, _AT_ONCE):
        stdin.write(orjson.dumps({name: portion}, option=orjson.OPT_APPEND_NEWLINE))
        await stdin.drain()
        await asyncio.sleep(0)


async def _take(process: Process, total: int, told: Told | None) -> list[Suggestion]:
    stdout = process.stdout
    assert stdout is not None  # noqa: S101 - asked for above
    found: list[Suggestion] = []
    if told is not None:
        told(0, total)
    said = 0
    while line := await stdout.readline():
        document: dict[str, Any] = orjson.loads(line)
        if "end" in document:
            return found
        found += [_from_row(row) for row in document.get("found", ())]
        done = int(document.get("done", 0))
        if told is not None and done - said >= total / _TIMES:
            said = done
            told(done, total)
    raise ServiceError(
        "The search for suggestions ended before it had an answer",
        "It may have run out of memory. Map by hand or from a CSV file, or try again.",
    )


def _from_row(row: list[Any]) -> Suggestion:
    sku_id, avasam_sku, confidence, reason, steps, rivals, contested = row
    return Suggestion(
        sku_id, avasam_sku, confidence, Reason(reason), tuple(steps), tuple(rivals), contested=contested
    )
