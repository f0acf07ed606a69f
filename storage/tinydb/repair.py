"""What a writer that died left at the end of the journal."""

import os
from itertools import count
from pathlib import Path

import structlog

from core.clock import Clock
from storage.tinydb import files, record, snapshot
from storage.tinydb.crashpoints import reach
from storage.tinydb.state import State

_log = structlog.get_logger(__name__)


def cut_torn_tail(state: State, journal: Path, clock: Clock) -> None:
    """Cut an unfinished transaction, of which nobody was told that it is durable, and keep its bytes aside.

    Needs the lock. Damage with whole transactions behind it is no torn tail: StoreCorrupt, nothing is cut.
    """
    if state.size() < state.offset:
        raise snapshot.damaged(journal, state.size(), "it has become shorter")
    tail = state.tail()
    if not tail:
        return
    sound = record.valid_record_within(tail)
    if sound is not None:
        later = state.offset + sound
        reason = f"a transaction is unreadable or out of turn, while a whole one follows at byte {later}"
        raise snapshot.damaged(journal, state.offset, reason)
    kept = _keep(tail, journal, f"{clock.now():%Y%m%dT%H%M%SZ}-{journal.stem}-{state.offset}")
    with files.explained(journal, "repaired"):
        os.ftruncate(state.generation.journal, state.offset)
    reach("tail.cut")
    _log.warning("an unfinished transaction was cut off", journal=journal.name, kept_in=kept.name)


def _keep(tail: bytes, journal: Path, name: str) -> Path:
    path = next(path for n in count(1) if not (path := journal.with_name(f"torn-{name}-{n}")).exists())
    descriptor = files.open_fresh(path)
    try:
        with files.explained(path, "written"):
            files.write_at(descriptor, tail, 0)
    finally:
        os.close(descriptor)
    reach("tail.saved")
    return path
