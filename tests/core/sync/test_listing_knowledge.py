"""What is known of a shop's categories: a late answer to an early question replaces nothing newer."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

from core import tables
from core.channel.listings import Categories, Category
from core.models.category import CategoryTree
from core.models.integration import Integration
from core.sync.listing_knowledge import ShopKnowledge
from tests.core.sync.support import Stand


class SlowCategories:
    """Answers when it is let."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.answer = asyncio.Event()
        self.asked = asyncio.Event()

    async def categories(self) -> Sequence[Category]:
        self.asked.set()
        await self.answer.wait()
        return [Category(id="1", parent_id="0", name=self._name, is_leaf=True, is_open=True)]


def knowledge(stand: Stand, one: Integration, categories: SlowCategories) -> ShopKnowledge:
    channel: Any = stand.shops[one.id]
    return ShopKnowledge(stand.store, stand.clock, one, cast("Categories", categories), channel)


async def kept_names(stand: Stand, one: Integration) -> list[str]:
    row = await stand.store.get(tables.CATEGORY_TREES, tables.key(one.id, "tree"))
    assert row is not None
    return [node.name for node in CategoryTree.from_document(row).nodes]


async def test_a_tree_that_was_asked_for_earlier_and_comes_later_is_not_kept(
    stand: Stand, one: Integration
) -> None:
    early, late = SlowCategories("old"), SlowCategories("new")
    slow = asyncio.create_task(knowledge(stand, one, early).tree(fresh=True))
    await early.asked.wait()
    stand.clock.move(seconds=5)
    late.answer.set()
    await knowledge(stand, one, late).tree(fresh=True)
    stand.clock.move(seconds=5)
    early.answer.set()
    await slow
    assert await kept_names(stand, one) == ["new"]


async def test_what_was_read_by_a_clock_that_ran_ahead_is_neither_believed_nor_in_the_way(
    stand: Stand, one: Integration
) -> None:
    ahead, now = SlowCategories("from the future"), SlowCategories("now")
    ahead.answer.set()
    now.answer.set()
    stand.clock.move(hours=1000)
    await knowledge(stand, one, ahead).tree()
    stand.clock.move(hours=-1000)
    await knowledge(stand, one, now).tree()
    assert await kept_names(stand, one) == ["now"]
