"""Both lists in memory, searched and filtered, and edits that wait (A33 to A37).

Acceptance lines: A35.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import tables
from core.services.mapping_desk import MappingDesk
from core.services.mapping_edits import Edit, Edits, MappingsChanged
from core.services.mapping_lists import Mark, Show
from core.services.sku_mapping import SkuMappingService
from tests.clocks import NOON
from tests.core.services.mapping_world import SHOP, World, edits


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    opened = await World.open(tmp_path)
    await opened.list_sku("t1", "gr-mug-01", "Green mug", variation="330 ml")
    await opened.list_sku("t2", "gr-mug-02", "Green mug Größe")
    await opened.list_sku("t3", "", "Nameless lamp", quantities={"w1": 2, "w2": 3}, live_price=None)
    await opened.list_sku("t4", "sold-out", deleted=True)
    await opened.list_sku("t5", "new-name", "Renamed lamp")
    await opened.stock("MUG-1", "MUG-2")
    await opened.stock("LAMP", stock=None, cost_ex=None)
    await opened.stock("OLD", missing=True)
    await opened.stock("PARENT", kind="parent")
    await opened.map("t5", "LAMP", seller_sku="old-name")
    yield opened
    await opened.backend.close()


@pytest.fixture
async def desk(world: World) -> MappingDesk:
    made = MappingDesk(world.backend, SHOP)
    await made.refresh()
    return made


def left(desk: MappingDesk, text: str = "", show: Show = Show.ALL) -> list[str]:
    return desk.lists.channel_keys(text, show, desk.edits)


async def test_A33_both_lists_are_searched_by_part_of_sku_or_title(desk: MappingDesk) -> None:
    assert left(desk) == ["t1", "t2", "t5", "t3"], "those without a seller SKU come last"
    assert left(desk, "GR grösse") == ["t2"]
    assert left(desk, "330") == ["t1"]
    assert left(desk, "t3") == ["t3"]
    assert desk.lists.product_keys("") == ["LAMP", "MUG-1", "MUG-2", "OLD"], "no variation parents"
    assert desk.lists.product_keys("mug product") == ["MUG-1", "MUG-2"]


async def test_every_column_sorts_both_ways_and_what_is_unknown_is_least(desk: MappingDesk) -> None:
    assert desk.lists.channel_keys("", Show.ALL, Edits(), ("live", True))[-1] == "t3"
    assert desk.lists.channel_keys("", Show.ALL, Edits(), ("price", False))[0] == "t3"
    assert desk.lists.channel_keys("", Show.ALL, Edits(), ("partner", False))[0] == "t5"
    assert desk.lists.channel_keys("", Show.ALL, Edits(), ("title", False))[0] == "t2"
    assert desk.lists.product_keys("", ("stock", False))[0] == "LAMP"
    assert desk.lists.product_keys("", ("cost", True))[-1] == "LAMP"
    assert desk.lists.product_keys("", ("used", True))[0] == "LAMP"
    assert desk.lists.product_keys("", ("title", True))[0] == "OLD"


async def test_filters_show_unmapped_mapped_pending_and_gone(desk: MappingDesk, world: World) -> None:
    await world.map("t4", "MUG-2")
    await desk.refresh()
    assert left(desk, show=Show.UNMAPPED) == ["t1", "t2", "t3"]
    assert left(desk, show=Show.MAPPED) == ["t5", "t4"]
    assert left(desk, show=Show.GONE) == ["t5", "t4"]
    desk.map_to(["t1"], "MUG-1")
    desk.unlink(["t4"])
    assert left(desk, show=Show.PENDING) == ["t1", "t4"]
    assert left(desk, show=Show.UNMAPPED) == ["t2", "t3"]


async def test_marks_say_in_one_word_where_a_sku_stands(desk: MappingDesk, world: World) -> None:
    await world.map("t4", "MUG-2")
    await world.map("t3", "MUG-2")
    await desk.refresh()
    desk.map_to(["t1"], "MUG-1")
    desk.unlink(["t3"])
    marks = {sku_id: shown.mark for sku_id in desk.lists.channel if (shown := desk.row(sku_id))}
    assert marks == {
        "t1": Mark.TO_MAP,
        "t2": Mark.UNMAPPED,
        "t3": Mark.TO_UNLINK,
        "t4": Mark.GONE,
        "t5": Mark.RENAMED,
    }
    counts = desk.counts()
    assert (counts.total, counts.unmapped, counts.pending, counts.gone) == (5, 2, 2, 2)


async def test_a_renamed_or_deleted_sku_keeps_its_mapping_until_a_person_decides(
    desk: MappingDesk, world: World
) -> None:
    shown = desk.row("t5")
    assert shown is not None
    assert (shown.row.renamed_from, shown.partner) == ("old-name", "LAMP")
    await world.list_sku("t5", "new-name", "Renamed lamp", deleted=True)
    assert await desk.refresh()
    shown = desk.row("t5")
    assert shown is not None
    assert (shown.mark, shown.partner) == (Mark.GONE, "LAMP")
    assert desk.unlink(["t5"]) == (0, 1)
    await desk.save(by="anna")
    await desk.refresh()
    assert "t5" not in left(desk), "gone and without a partner, it is of no use to anybody"


async def test_A35_nothing_takes_effect_before_save(desk: MappingDesk, world: World) -> None:
    assert desk.map_to(["t1", "t2"], "MUG-1") == 2
    assert await world.pairs() == {"t5": "LAMP"}
    saved = await desk.save(by="anna")
    assert (saved.linked, len(desk.edits)) == (2, 0)
    assert await world.pairs() == {"t1": "MUG-1", "t2": "MUG-1", "t5": "LAMP"}
    await desk.refresh()
    assert desk.lists.served["MUG-1"] == 2


async def test_what_cannot_be_mapped_makes_no_edit(desk: MappingDesk) -> None:
    assert desk.map_to(["t1"], "OLD") == 0
    assert desk.map_to(["t1"], "PARENT") == 0
    assert desk.map_to(["t4", "nobody"], "MUG-1") == 0
    assert desk.unlink(["t1"]) == (0, 0)


async def test_unlink_takes_a_pending_edit_back_first(desk: MappingDesk) -> None:
    desk.map_to(["t5", "t1"], "MUG-1")
    assert desk.unlink(["t5", "t1"]) == (2, 0)
    assert len(desk.edits) == 0
    desk.map_to(["t5"], "MUG-1")
    desk.map_to(["t5"], "LAMP")
    assert len(desk.edits) == 0, "back to what is saved is no edit"


async def test_A37_what_others_saved_meanwhile_leaves_the_edits_and_the_rest_waits(
    desk: MappingDesk, world: World
) -> None:
    desk.map_to(["t1", "t2"], "MUG-1")
    await SkuMappingService(world.backend).save(SHOP.id, edits(("t1", "MUG-2")), by="ben")
    await desk.refresh()
    with pytest.raises(MappingsChanged, match="ben mapped t1 to MUG-2"):
        await desk.save(by="anna")
    assert [edit.sku_id for edit in desk.edits] == ["t2"]
    await desk.save(by="anna")
    assert (await world.pairs())["t2"] == "MUG-1"


async def test_A37_suggestions_are_taken_one_by_one_or_all_above_a_bar(
    desk: MappingDesk, world: World
) -> None:
    await world.list_sku("t6", "mug_1")
    await world.list_sku("t7", "MUG-2")
    await world.list_sku("t8", "x-MUG-2")
    await desk.refresh()
    assert await desk.suggest() >= 3
    assert [one.sku_id for one in desk.above(0.95)] == ["t7", "t6"]
    assert desk.take(["t8"]) == 1
    assert desk.take_above(0.95) == 2
    assert {edit.sku_id: edit.avasam_sku for edit in desk.edits} == {
        "t6": "MUG-1",
        "t7": "MUG-2",
        "t8": "MUG-2",
    }
    assert desk.suggestion("t7") is None, "it has an edit now"
    desk.discard()
    assert desk.suggestion("t7") is not None
    await world.stock("MUG-2", missing=True)
    await desk.refresh()
    assert desk.suggestion("t7") is None, "its product is gone meanwhile"


async def test_lists_follow_what_others_commit(desk: MappingDesk, world: World) -> None:
    assert not await desk.refresh()
    await world.stock("NEW")
    await world.map("t1", "NEW")
    assert await desk.refresh()
    assert desk.lists.partner_of("t1") == "NEW"
    assert desk.lists.product_keys("new") == ["NEW"]
    await world.downloaded()
    assert await desk.refresh()
    assert desk.lists.as_of == NOON
    async with world.store.transaction() as tx:
        await tx.delete(tables.PRODUCTS, "NEW")
        await tx.delete(tables.CHANNEL_SKUS, tables.key(SHOP.id, "t1"))
    await desk.refresh()
    assert desk.row("t1") is None
    assert desk.lists.product_keys("new") == []


async def test_a_reading_that_was_cancelled_begins_anew(world: World) -> None:
    for cancel_after in range(6):
        desk = MappingDesk(world.backend, SHOP)
        reading = asyncio.create_task(desk.refresh())
        for _ in range(cancel_after):
            await asyncio.sleep(0)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await desk.refresh()
        assert left(desk) == ["t1", "t2", "t5", "t3"]


async def test_another_shops_skus_are_not_here(desk: MappingDesk, world: World) -> None:
    await world.list_sku("t9", integration_id="other")
    row = await world.store.get(tables.CHANNEL_SKUS, tables.key(SHOP.id, "t9"))
    assert row is not None
    async with world.store.transaction() as tx:
        await tx.delete(tables.CHANNEL_SKUS, tables.key(SHOP.id, "t9"))
        await tx.put(tables.CHANNEL_SKUS, tables.key("other", "t9"), row)
    await desk.refresh()
    assert desk.row("t9") is None


SKUS = st.sampled_from(["a", "b", "c"])


@given(st.lists(st.tuples(SKUS, st.sampled_from([None, "X", "Y"])), max_size=8), st.sampled_from([None, "X"]))
def test_whatever_is_edited_each_sku_has_one_edit_and_it_changes_something(
    done: list[tuple[str, str | None]], saved: str | None
) -> None:
    pending = Edits()
    for sku_id, partner in done:
        pending = pending.having(Edit(sku_id, partner, saved))
    last = dict(done)
    assert {edit.sku_id: edit.avasam_sku for edit in pending} == {
        sku_id: partner for sku_id, partner in last.items() if partner != saved
    }
