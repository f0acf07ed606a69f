"""Problems stay on show until they are solved (ux.md, Manners)."""

from datetime import timedelta
from typing import Final

from core import tables
from core.clock import Clock
from core.models.job import Problem, Severity
from core.store import Transaction

_STILL_THERE: Final = timedelta(hours=1)
"""How often a problem that stays the same is written again: a quiet sync must not write (A51)."""


async def note_problem(
    tx: Transaction,
    clock: Clock,
    integration_id: str | None,
    code: str,
    *,
    what: str,
    why: str,
    cure: str,
    severity: Severity = Severity.ERROR,
    request_id: str | None = None,
) -> None:
    """Put a problem on show, or count it once more when the same one is still there."""
    key = tables.key(integration_id, code)
    now = clock.now()
    before = await tx.get(tables.PROBLEMS, key)
    known = None if before is None else Problem.from_document(before)
    if known is not None and (known.what, known.why) == (what, why) and now - known.last_seen < _STILL_THERE:
        return
    problem = Problem(
        id=key,
        integration_id=integration_id,
        code=code,
        severity=severity,
        what=what,
        why=why,
        cure=cure,
        since=now if known is None else known.since,
        last_seen=now,
        count=1 if known is None else known.count + 1,
        request_id=request_id,
    )
    await tx.put(tables.PROBLEMS, key, problem.to_document())


async def solve_problem(tx: Transaction, integration_id: str | None, code: str) -> None:
    """The problem is gone; harmless when it was not there."""
    await tx.delete(tables.PROBLEMS, tables.key(integration_id, code))
