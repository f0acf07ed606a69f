"""Leases: documents in the table `_leases` whose epoch grows with every new holder and fences writes.

Instants come from the injected clock. When that jumps back, a lease seems to run far longer than it was
given; it is then taken as expired, which is safe because the epoch keeps its former holder from writing.
"""

from datetime import datetime, timedelta

from core.store import Document, Lease, LeaseLost, Transaction

TABLE = "_leases"


def current(name: str, document: Document | None, now: datetime) -> Lease | None:
    """The unexpired lease that a document describes."""
    match document:
        case {"owner": str(owner), "epoch": int(epoch), "until": str(until), "ttl": int() | float() as ttl}:
            expires = datetime.fromisoformat(until)
            if now < expires <= now + 2 * timedelta(seconds=ttl):
                return Lease(name, owner, epoch, expires)
    return None


async def take(tx: Transaction, name: str, owner: str, ttl: timedelta, now: datetime) -> Lease | None:
    """Take or renew; None while another owner holds it."""
    document = await tx.get(TABLE, name)
    holder = current(name, document, now)
    if holder is not None and holder.owner != owner:
        return None
    epoch = _epoch(document)
    if document is None or document["owner"] != owner:
        epoch += 1
    until = now + ttl
    seconds = ttl.total_seconds()
    fresh: Document = {"owner": owner, "epoch": epoch, "until": until.isoformat(), "ttl": seconds}
    await tx.put(TABLE, name, fresh)
    return Lease(name, owner, epoch, until)


async def give_back(tx: Transaction, lease: Lease, now: datetime) -> None:
    """Free a lease unless it is somebody else's; the epoch stays, so that it can only grow."""
    document = await tx.get(TABLE, lease.name)
    if document is not None and _holds(document, lease):
        await tx.put(TABLE, lease.name, {**document, "owner": None, "until": now.isoformat()})


async def check(tx: Transaction, fence: Lease) -> None:
    """Raise LeaseLost unless the fence's epoch is still the current one."""
    document = await tx.get(TABLE, fence.name)
    if document is None or not _holds(document, fence):
        taker = document["owner"] if document is not None else None
        by = f"was taken over by {taker}" if taker else "was given back"
        raise LeaseLost(f"lease '{fence.name}' of {fence.owner} {by}. Nothing was written; stop this work.")


def _holds(document: Document, lease: Lease) -> bool:
    return document["owner"] == lease.owner and document["epoch"] == lease.epoch


def _epoch(document: Document | None) -> int:
    epoch = document["epoch"] if document is not None else 0
    return epoch if isinstance(epoch, int) else 0
