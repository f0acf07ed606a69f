"""Older formats are brought forward when a store is opened, after a copy of the old files was made.

An older program refuses the result and says which version it needs (snapshot.read_meta).
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, TypeAlias

import structlog

from core.clock import Clock
from storage.tinydb import files, generation, snapshot
from storage.tinydb.journal import Journal
from storage.tinydb.memory import Memory

Step: TypeAlias = Callable[[str, bytes], bytes]
"""(table, JSON text of a document in format n) -> its text in format n + 1."""

_log = structlog.get_logger(__name__)


def _unchanged(_: str, text: bytes) -> bytes:
    return text


STEPS: Final[Mapping[int, Step]] = {1: _unchanged}
"""From each format to the next. Format 2 says which program it needs; its documents are those of format 1."""


def migrate(journal: Journal, clock: Clock, lock_timeout: float, steps: Mapping[int, Step] = STEPS) -> None:
    """Bring an open store forward to the present format; a store that has it is left alone."""
    if journal.state.generation.header.format >= snapshot.FORMAT:
        return
    with journal.holding(lock_timeout):
        journal.begin()
        found = journal.state.generation.header.format
        if found >= snapshot.FORMAT:
            return
        kept = _copy_aside(journal, f"format-{found}-{clock.now():%Y%m%dT%H%M%SZ}")
        chosen = [steps[number] for number in range(found, snapshot.FORMAT)]
        memory = journal.memory
        journal.rewrite((name, _stepped(memory, name, chosen)) for name in memory.names())
    _log.warning("the store was brought to a newer format", was=found, now=snapshot.FORMAT, kept_in=kept.name)


def _stepped(memory: Memory, table: str, steps: list[Step]) -> Iterator[tuple[str, bytes]]:
    for identifier, text in memory.texts(table):
        for step in steps:
            text = step(table, text)  # noqa: PLW2901 - each step takes what the one before it made
        yield identifier, text


def _copy_aside(journal: Journal, name: str) -> Path:
    """A copy of snapshot and journal as they are under the lock, in a directory beside them."""
    aside = journal.directory / name
    number = journal.state.generation.header.gen
    files.make_directory(aside)
    with files.explained(aside, "written"):
        for source in (
            journal.directory / generation.SNAPSHOT,
            generation.journal_path(journal.directory, number),
        ):
            copy = aside / source.name
            shutil.copyfile(source, copy, follow_symlinks=False)
            copy.chmod(files.file_mode(journal.directory))
            files.sync_file(copy)
        files.sync_directory(aside)
        files.sync_directory(journal.directory)
    return aside
