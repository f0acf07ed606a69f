"""Whatever is done to a store in whatever order, it answers as plain dictionaries would."""

import asyncio
import tempfile
from pathlib import Path
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from core.clock import SystemClock
from core.store import Document, Json
from storage.tinydb import TinyStore
from storage.tinydb.documents import KEY
from storage.tinydb.ranking import Ranking
from storage.tinydb.where import rank

Model: TypeAlias = dict[str, dict[str, Document]]

SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text()
)
VALUES = st.recursive(
    SCALARS.filter(lambda value: not isinstance(value, float) or abs(value) != float("inf")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(["a", "b", "c/1", "ü", "", '"'])
DOCUMENTS = st.dictionaries(st.text().filter(lambda name: name != KEY), VALUES, max_size=3)
CHANGES = st.tuples(st.sampled_from(["t", 'odd "table" {']), KEYS, st.none() | DOCUMENTS)
STEPS = st.tuples(
    st.sampled_from(["commit", "commit", "roll back", "reopen"]),
    st.integers(0, 1),
    st.lists(CHANGES, max_size=4),
)


@given(st.lists(STEPS, max_size=8))
@settings(max_examples=60, deadline=None)
def test_a_store_is_a_dictionary_that_lasts(
    steps: list[tuple[str, int, list[tuple[str, str, Document | None]]]],
) -> None:
    asyncio.run(_compare(steps))


async def _compare(steps: list[tuple[str, int, list[tuple[str, str, Document | None]]]]) -> None:
    model: Model = {}
    with tempfile.TemporaryDirectory() as folder:
        stores = [await _opened(folder) for _ in range(2)]
        for deed, which, changes in steps:
            if deed == "reopen":
                await stores[which].close()
                stores[which] = await _opened(folder)
                continue
            draft = {table: dict(documents) for table, documents in model.items()}
            try:
                await _carry_out(stores[which], draft, changes, fail=deed == "roll back")
                model = draft
            except ZeroDivisionError:
                pass
            for store in stores:
                assert await _contents(store) == {table: rows for table, rows in model.items() if rows}
        for store in stores:
            await store.close()


async def _carry_out(
    store: TinyStore, draft: Model, changes: list[tuple[str, str, Document | None]], *, fail: bool
) -> None:
    async with store.transaction() as tx:
        for table, key, document in changes:
            rows = draft.setdefault(table, {})
            if document is None:
                assert await tx.delete(table, key) == (rows.pop(key, None) is not None)
            else:
                await tx.put(table, key, document)
                rows[key] = document
            assert [row async for row in tx.scan(table)] == sorted(rows.items())
        if fail:
            raise ZeroDivisionError


async def _contents(store: TinyStore) -> Model:
    return {table: {key: doc async for key, doc in store.scan(table)} for table in store.tinydb.tables()}


async def _opened(folder: str) -> TinyStore:
    return await TinyStore.open(Path(folder) / "store", clock=SystemClock(), compact_at=1_000)


@given(
    values=st.lists(SCALARS | st.lists(st.booleans(), max_size=2), max_size=30),
    descending=st.booleans(),
    offset=st.integers(0, 10),
    limit=st.none() | st.integers(0, 10),
    tidy_often=st.booleans(),
)
def test_a_page_is_that_of_the_whole_sorted_list(
    values: list[Json], descending: bool, offset: int, limit: int | None, tidy_often: bool
) -> None:
    matches: list[tuple[str, Document]] = [
        (f"{n * 7 % 31:02}", {"v": value}) for n, value in enumerate(values)
    ]
    keep = None if limit is None else offset + limit
    ranking = Ranking("v", descending=descending, keep=keep, slack=0 if tidy_often else 1000)
    for match in matches:
        ranking.add([match])

    by_key = sorted(matches, key=lambda match: match[0])
    valued = [match for match in by_key if match[1]["v"] is not None]
    valued.sort(key=lambda match: rank(match[1]["v"]), reverse=descending)
    whole = valued + [match for match in by_key if match[1]["v"] is None]
    assert ranking.page(offset, limit) == whole[offset:][: len(whole) if limit is None else limit]
    assert ranking.total == len(matches)
