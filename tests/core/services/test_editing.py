"""Two people edit one row: nothing is overwritten unseen, and the second is told what changed and by whom."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from core.services.editing import Difference, EditedMeanwhile, edit_in, edited_since
from core.store import Document, Json, Store
from storage.tinydb import TinyStore
from tests.clocks import FrozenClock

ROW: Document = {"title": "Mug", "price": "9.99", "note": None}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await TinyStore.open(tmp_path / "store", clock=FrozenClock())
    async with opened.transaction() as tx:
        await tx.put("listings", "k", ROW)
    yield opened
    await opened.close()


async def save_edit(
    store: Store, table: str, key: str, *, seen: Document | None, mine: Mapping[str, Json], by: str
) -> Document:
    async with store.transaction() as tx:
        return await edit_in(tx, table, key, seen=seen, mine=mine, by=by)


async def test_the_second_of_two_editors_is_told_what_changed_and_by_whom(store: Store) -> None:
    await save_edit(store, "listings", "k", seen=ROW, mine={"title": "Blue mug"}, by="ann")
    with pytest.raises(EditedMeanwhile, match=r"ann changed this row .*title: Mug → Blue mug") as told:
        await save_edit(store, "listings", "k", seen=ROW, mine={"title": "Big mug", "note": "x"}, by="ben")
    assert told.value.by == "ann"
    assert told.value.differences == (Difference("title", "Mug", "Blue mug", "Big mug"),)
    row = await store.get("listings", "k")
    edit = {"revision": 1, "field": "title", "was": "Mug", "now": "Blue mug", "by": "ann"}
    assert row == {**ROW, "title": "Blue mug", "revision": 1, "edited_by": "ann", "edits": [edit]}
    assert row == told.value.row


async def test_insisting_after_having_seen_it_replaces_it(store: Store) -> None:
    await save_edit(store, "listings", "k", seen=ROW, mine={"title": "Blue mug"}, by="ann")
    with pytest.raises(EditedMeanwhile) as told:
        await save_edit(store, "listings", "k", seen=ROW, mine={"title": "Big mug"}, by="ben")
    saved = await save_edit(store, "listings", "k", seen=told.value.row, mine={"title": "Big mug"}, by="ben")
    assert (saved["title"], saved["revision"], saved["edited_by"]) == ("Big mug", 2, "ben")


async def test_edits_of_different_fields_both_stay(store: Store) -> None:
    await save_edit(store, "listings", "k", seen=ROW, mine={"title": "Blue mug"}, by="ann")
    saved = await save_edit(store, "listings", "k", seen=ROW, mine={"price": "8.49"}, by="ben")
    assert (saved["title"], saved["price"], saved["revision"]) == ("Blue mug", "8.49", 2)


async def test_wanting_the_same_is_no_conflict_and_writes_nothing(store: Store) -> None:
    await save_edit(store, "listings", "k", seen=ROW, mine={"title": "Blue mug"}, by="ann")
    seq = (await store.changes(-1)).seq
    saved = await save_edit(store, "listings", "k", seen=ROW, mine={"title": "Blue mug"}, by="ben")
    assert saved["edited_by"] == "ann"
    assert (await store.changes(-1)).seq == seq


async def test_a_row_that_was_removed_meanwhile_does_not_come_back(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.delete("listings", "k")
    with pytest.raises(EditedMeanwhile, match="removed") as told:
        await save_edit(store, "listings", "k", seen=ROW, mine={"title": "Blue mug"}, by="ben")
    assert told.value.row is None
    assert await store.count("listings") == 0


async def test_a_first_edit_makes_the_row_unless_somebody_was_faster(store: Store) -> None:
    await save_edit(store, "listings", "new", seen=None, mine={"title": "Mug"}, by="ann")
    with pytest.raises(EditedMeanwhile, match="title: nothing → Mug"):
        await save_edit(store, "listings", "new", seen=None, mine={"title": "Cup"}, by="ben")


async def test_each_field_names_who_changed_it_not_who_was_the_last_to_touch_the_row(store: Store) -> None:
    await save_edit(store, "listings", "k", seen=ROW, mine={"title": "Blue mug"}, by="ann")
    await save_edit(store, "listings", "k", seen=ROW, mine={"price": "8.49"}, by="cem")
    with pytest.raises(EditedMeanwhile, match="ann changed this row") as told:
        await save_edit(store, "listings", "k", seen=ROW, mine={"title": "Big mug"}, by="ben")
    assert told.value.differences[0].by == "ann"
    both = r"ann and cem .*title: Mug → Blue mug by ann; price: 9\.99 → 8\.49 by cem"
    with pytest.raises(EditedMeanwhile, match=both):
        await save_edit(store, "listings", "k", seen=ROW, mine={"title": "Big mug", "price": "1"}, by="ben")


async def test_who_knows_an_old_revision_is_told_everything_since(store: Store) -> None:
    for title, by in (("Blue mug", "ann"), ("Red mug", "cem"), ("Red mug", "dot")):
        row = await store.get("listings", "k")
        await save_edit(store, "listings", "k", seen=row, mine={"title": title}, by=by)
    row = await store.get("listings", "k")
    assert row is not None
    error = edited_since(row, 0, {"title": "Big mug"}, name="MUG-1")
    assert error.what == "cem changed MUG-1 while you edited it (title: Mug → Red mug)"
    assert edited_since(row, 2, {}, name="MUG-1").what == "cem changed MUG-1 while you edited it"


async def test_a_row_remembers_a_dozen_edits_and_no_more(store: Store) -> None:
    for number in range(30):
        row = await store.get("listings", "k")
        await save_edit(store, "listings", "k", seen=row, mine={"title": "x" * 100 + str(number)}, by="ann")
    row = await store.get("listings", "k")
    assert row is not None
    edits = row["edits"]
    assert isinstance(edits, list)
    assert len(edits) == 12
    assert len(str(edits[-1])) < 250
