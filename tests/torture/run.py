"""Writers are killed and stopped at random, one reader never takes the lock; and what came of it."""

import asyncio
import multiprocessing
import os
import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from core.clock import SystemClock
from storage.tinydb import TinyStore
from tests.torture.ledger import check, counted
from tests.torture.space import Space
from tests.torture.writer import COMPACT_AT, write

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.torture.writer"])


@dataclass
class Report:
    """The counts of a run; `waits` are microseconds."""

    counts: "Counter[str]" = field(default_factory=Counter)
    waits: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    acknowledged: dict[str, int] = field(default_factory=dict)
    generations: int = 0

    def lines(self) -> list[str]:
        """For people, one fact a line."""
        names = (
            "kills", "killed while stopped", "stops", "acknowledged", "lost", "in doubt",
            "in doubt, kept", "disk full", "lock time-outs", "reader checks",
        )  # fmt: skip
        shown = [f"{name}: {self.counts[name]:,}" for name in names]
        shown.append(f"compactions: {self.generations:,}")
        waits = sorted(self.waits) or [0]
        at = {f"p{share}": waits[int(len(waits) * share / 100)] for share in (50, 95, 99)}
        shown.append(
            "lock waits: " + ", ".join(f"{name} {us / 1000:.2f} ms" for name, us in at.items())
            + f", max {waits[-1] / 1000:.1f} ms"
        )  # fmt: skip
        return shown + [f"ERROR: {error}" for error in self.errors]


class Torture:
    """One run over one directory."""

    def __init__(self, directory: Path, *, seconds: float, writers: int, seed: int, space: Space) -> None:
        self._directory = directory
        self._names = [f"w{number}" for number in range(writers)]
        self._chance = random.Random(seed)
        self._until = time.monotonic() + seconds
        self._space = space
        self._over = threading.Event()
        self._lock = threading.Lock()
        self.report = Report(acknowledged=dict.fromkeys(self._names, 0))

    async def run(self) -> Report:
        """Torture until the time is over, then look whether all that was acknowledged is there."""
        store = await TinyStore.open(self._directory, clock=SystemClock(), compact_at=COMPACT_AT)
        try:
            async with asyncio.TaskGroup() as group:
                reading = group.create_task(self._read(store))
                lives = [asyncio.to_thread(self._live, name, self._chance.random()) for name in self._names]
                await asyncio.gather(*lives, self._squeeze())
                self._over.set()
                await reading
        finally:
            await store.close()
        await self._settle()
        return self.report

    async def _read(self, store: TinyStore) -> None:
        seq = 0
        while not self._over.is_set():
            try:
                seq = await check(store, seq)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is reported
                self._failed(f"reader: {type(error).__name__}: {error}")
                return
            self.report.counts["reader checks"] += 1
            await asyncio.sleep(0.002)

    async def _squeeze(self) -> None:
        while time.monotonic() < self._until and not self._over.is_set():
            await asyncio.to_thread(self._space.squeeze)

    def _live(self, name: str, seed: float) -> None:
        """Lives of one writer, one after the other."""
        chance = random.Random(seed)
        while time.monotonic() < self._until and not self._over.is_set():
            here, there = _processes.Pipe(duplex=False)
            process = _processes.Process(target=write, args=(str(self._directory), name, there), daemon=True)
            process.start()
            there.close()
            assert process.pid is not None
            hearing = threading.Thread(target=self._hear, args=(name, here))
            hearing.start()
            self._harass(process.pid, chance)
            process.kill()
            process.join()
            hearing.join()
            process.close()
            self._count("kills")

    def _harass(self, pid: int, chance: random.Random) -> None:
        """Wait for the end that chance chose, often stopping and continuing on the way."""
        self._over.wait(chance.choice((0.005, 0.05, 0.2, 0.5)) * chance.random())
        if chance.random() < 0.3:
            os.kill(pid, signal.SIGSTOP)
            self._count("stops")
            self._over.wait(0.15 * chance.random())
            if chance.random() < 0.3:
                self._count("killed while stopped")
                return
            os.kill(pid, signal.SIGCONT)
            self._over.wait(0.1 * chance.random())

    def _hear(self, name: str, told: Connection) -> None:
        """What a writer said until it died."""
        report, trying, acknowledged = self.report, 0, self.report.acknowledged[name]
        waits: list[int] = []
        try:
            while True:
                kind, value = told.recv()
                if kind == "start":
                    self._count("lost", max(0, acknowledged - value))
                    self._count("in doubt, kept", max(0, value - acknowledged))
                elif kind == "try":
                    trying = value
                elif kind == "ack":
                    acknowledged, trying = value, 0
                    self._count("acknowledged")
                elif kind == "wait":
                    waits.append(value)
                elif kind in ("full", "busy"):
                    trying = 0
                    self._count("disk full" if kind == "full" else "lock time-outs")
                else:
                    self._failed(f"{name}: {value}")
        except (EOFError, OSError):
            pass
        told.close()
        with self._lock:
            report.acknowledged[name] = acknowledged
            report.waits += waits
            report.counts["in doubt"] += bool(trying)

    async def _settle(self) -> None:
        """A fresh look at the files when all is over."""
        try:
            store = await TinyStore.open(self._directory, clock=SystemClock())
            await check(store, 0)
            for name, acknowledged in self.report.acknowledged.items():
                kept = await counted(store, name)
                self._count("lost", max(0, acknowledged - kept))
            await store.close()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is reported
            self._failed(f"at the end: {type(error).__name__}: {error}")
        self.report.generations = max(
            int(path.stem.partition("-")[2]) for path in self._directory.glob("journal-*")
        )

    def _count(self, name: str, by: int = 1) -> None:
        with self._lock:
            self.report.counts[name] += by

    def _failed(self, what: str) -> None:
        with self._lock:
            self.report.errors.append(what)
        self._over.set()
