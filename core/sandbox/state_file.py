"""The sandbox's state over restarts: a line of what it remembers, then its world, in one file."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from core.sandbox.merchant import build_world
from core.sandbox.persistence import dump_world, load_world
from core.sandbox.runtime import Sandbox
from core.sandbox.settings import Settings
from core.sandbox.tokens import Consents


class StateDamagedError(Exception):
    """The state file cannot be read."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked of a new world: see `merchant.build_world`."""

    seed: int = 7
    products: int = 200
    orders: int = 40


def open_sandbox(path: Path | None, wishes: Wishes, *, redirect_url: str | None = None) -> Sandbox:
    """The sandbox kept in the state file, or a new one as wished when there is no such file yet.

    Raises StateDamagedError for a file that is something else; the file stays as it is.
    """
    if path is not None and path.exists():
        memory, _, kept = path.read_bytes().partition(b"\n")
        try:
            sandbox = Sandbox(load_world(kept), redirect_url=redirect_url)
            _restore(sandbox, orjson.loads(memory))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise StateDamagedError(f"{path} is not a sandbox's state; move it away to start anew") from error
        return sandbox
    world = build_world(
        seed=wishes.seed, products=wishes.products, orders=wishes.orders, now=int(time.time())
    )
    return Sandbox(world, redirect_url=redirect_url)


def save(sandbox: Sandbox, path: Path) -> float:
    """Replace the state file by the present state, all or nothing: how many seconds it took."""
    began = time.perf_counter()
    content = orjson.dumps(_memory(sandbox)) + b"\n" + dump_world(sandbox.world)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return time.perf_counter() - began


def _memory(sandbox: Sandbox) -> dict[str, Any]:
    return {
        "settings": sandbox.settings.as_dict(),
        "consents": sandbox.consents.dump(),
        "avasam_tokens": sandbox.avasam_tokens,
        "created": sandbox.created,
        "webhooks": sandbox.webhooks,
        "offset": sandbox.offset,
    }


def _restore(sandbox: Sandbox, memory: dict[str, Any]) -> None:
    sandbox.settings = Settings(**memory["settings"])
    sandbox.consents = Consents.load(memory["consents"])
    sandbox.avasam_tokens = memory["avasam_tokens"]
    sandbox.created = memory["created"]
    sandbox.webhooks = memory["webhooks"]
    sandbox.offset = memory["offset"]
