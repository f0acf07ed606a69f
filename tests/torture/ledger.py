"""What torture writes, and what must hold of it at every moment, whoever was killed and whenever.

Everything is in one table, so that one read shows one moment: how many transactions each writer made, how
many all made together, and the latest of each in a log. A transaction changes all three, or nothing.
"""

from core.store import Store, Transaction

TABLE = "ledger"
TOTAL = "total"
KEPT = 50
"""Log entries that are kept of each writer; older ones are deleted as new ones come."""


async def enter(tx: Transaction, name: str) -> int:
    """Make the writer's next entry; its number."""
    number = 1 + await counted(tx, name)
    total = 1 + _number(await tx.get(TABLE, TOTAL))
    await tx.put(TABLE, f"of/{name}", {"n": number})
    await tx.put(TABLE, TOTAL, {"n": total})
    await tx.put(TABLE, f"log/{name}/{number}", {"n": total, "filler": "x" * (number % 997)})
    await tx.delete(TABLE, f"log/{name}/{number - KEPT}")
    return number


async def counted(reader: Transaction | Store, name: str) -> int:
    """How many transactions of a writer are in the store."""
    return _number(await reader.get(TABLE, f"of/{name}"))


async def check(store: Store, seq: int) -> int:
    """Raise AssertionError unless every invariant holds; the sequence number, not below the last one."""
    before = (await store.changes(-1)).seq
    assert before >= seq, f"sequence numbers went back from {seq} to {before} (I4)"
    rows = {key: values[0] async for chunk in store.columns(TABLE, ["n"]) for key, values in chunk}
    after = (await store.changes(-1)).seq
    numbers = {key: value for key, value in rows.items() if isinstance(value, int)}
    assert len(numbers) == len(rows), "a document is not whole (I2)"
    total = numbers.pop(TOTAL, 0)
    assert before <= total <= after, f"{total} transactions by count, {before} to {after} by sequence (I4)"
    counts = {key[3:]: number for key, number in numbers.items() if key.startswith("of/")}
    assert sum(counts.values()) == total, "a transaction is visible in part, or was made twice (I3)"
    logged = {
        f"log/{name}/{number}"
        for name, count in counts.items()
        for number in range(max(1, count - KEPT + 1), count + 1)
    }
    entries = {key: number for key, number in numbers.items() if key.startswith("log/")}
    assert entries.keys() == logged, "a log is not that of its counter (I3)"
    assert len(set(entries.values())) == len(entries), "two transactions took one turn (I5)"
    assert all(number <= total for number in entries.values()), "a log runs ahead of the total (I3)"
    return after


def _number(document: object) -> int:
    match document:
        case {"n": int(number)}:
            return number
        case _:
            return 0
