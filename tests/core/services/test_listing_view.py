"""The rows of the Listing Manager in memory: they follow the store, and a view is what a plain search finds.

Acceptance lines: A18, A19, A21.
"""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import tables
from core.backend import Backend
from core.models.category import CategoryNode, CategoryTree
from core.models.listing import Listing, PricingRule, SkuMapping
from core.models.listing_state import Deed, ListingProblem, ListingState
from core.models.product import Product, ProductKind
from core.rules.listing_status import ListingStatus
from core.services.listing_book import ListingBook
from core.services.listing_order import Order
from core.services.listing_rows import SORTS, RowFilter, StockFilter, facts_of, holds, sort_rows
from core.services.listing_view import Listed, ListingView, Sort
from tests.clocks import NOON, FrozenClock
from tests.tui.session import open_backend

SHOP = "i1"
_SKUS = ["S0", "S1", "S2", "P0", "P1"]
_WORDS = ["mug", "blue", "s1", "p", "Größe", "lamp"]


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[Backend]:
    made = await open_backend(tmp_path, FrozenClock())
    yield made
    await made.close()


async def put(backend: Backend, table: str, key: str, model: Any) -> None:
    async with backend.store.transaction() as tx:
        if model is None:
            await tx.delete(table, key)
        else:
            await tx.put(table, key, model.to_document())


def product(sku: str, title: str = "Mug", **more: Any) -> Product:
    return Product(**{"sku": sku, "title": title, "stock": 5, "selling_price": Decimal("9.99"), **more})


def draft(sku: str, **more: Any) -> Listing:
    return Listing(integration_id=SHOP, avasam_sku=sku, **more)


def problem(code: str, sku: str = "") -> ListingProblem:
    return ListingProblem(code=code, field="title", what="It is wrong", fix="Mend it", sku=sku)


def fresh(book: ListingBook, wanted: RowFilter, sort: Sort, only: set[str] | None = None) -> Listed:
    """The same as `ListingView.listed`, by looking at every row each time."""
    rows = {row.sku: row for row in book.rows()}
    facts = {sku: facts_of(row) for sku, row in rows.items()}
    facets, words = wanted.facets(), wanted.words
    keys: list[str] = []
    fronts = [row for row in rows.values() if book.front_of(row.sku) == row.sku]
    matching = 0
    for front in sort_rows(fronts, sort[0], descending=sort[1]):
        kids = book.children(front.sku)
        family = [front.sku, *kids]
        text = "\n".join(facts[sku][0] for sku in family)
        if not all(word in text for word in words):
            continue
        if not all(any(holds(facts[sku], [facet]) for sku in family) for facet in facets):
            continue
        if only is not None and not only & set(family):
            continue
        matching += 1
        keys.append(front.sku)

        def alone(sku: str, above: str = "") -> bool:
            own = f"{facts[sku][0]}\n{above}"
            return (
                all(word in own for word in words)
                and holds(facts[sku], facets)
                and (only is None or sku in only)
            )

        if kids and (words or facets or only is not None) and not alone(front.sku):
            keys += [kid for kid in kids if alone(kid, facts[front.sku][0])] or kids
    return Listed(keys, matching)


filters = st.builds(
    RowFilter,
    text=st.lists(st.sampled_from(_WORDS), max_size=2).map(" ".join),
    status=st.none() | st.sampled_from(ListingStatus),
    category=st.sampled_from([None, None, "Kitchen", "bath"]),
    stock=st.none() | st.sampled_from(StockFilter),
    problem=st.sampled_from([None, None, None, "image", "title"]),
    collection=st.sampled_from([None, None, None, "Autumn"]),
)
_goes = st.sampled_from([False, False, False, True])
_titles = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=3).map(" ".join)
_sku = st.sampled_from(_SKUS)
_products = st.builds(
    lambda sku, title, parent, **more: (
        tables.PRODUCTS,
        sku,
        product(
            sku,
            title,
            kind=ProductKind.CHILD if parent else ProductKind.PARENT if sku[0] == "P" else ProductKind.SINGLE,
            parent_sku=parent,
            **more,
        ),
    ),
    _sku,
    _titles,
    st.sampled_from([None, "P0", "P0", "P1"]),
    category=st.sampled_from(["Kitchen", "Bath", ""]),
    stock=st.sampled_from([None, 0, 3]),
    missing=_goes,
)
_drafts = st.builds(
    lambda sku, **more: (tables.LISTINGS, tables.key(SHOP, sku), draft(sku, **more)),
    _sku,
    title=st.none() | _titles,
    typed_price=st.sampled_from([None, Decimal("1.50")]),
    rule_id=st.sampled_from([None, "r1"]),
    collection=st.sampled_from(["", "Autumn"]),
    listed_here=st.booleans(),
)
_links = st.builds(
    lambda number, sku: (
        tables.SKU_MAPPINGS,
        tables.key(SHOP, f"t{number}"),
        SkuMapping(integration_id=SHOP, sku_id=f"t{number}", avasam_sku=sku, mapped_at=NOON),
    ),
    st.integers(0, 3),
    _sku,
)
_states = st.builds(
    lambda sku, deed, codes: (
        tables.LISTING_STATES,
        tables.key(SHOP, sku),
        ListingState(
            integration_id=SHOP,
            avasam_sku=sku,
            deed=deed,
            category_id="c1",
            problems=tuple(problem(code, of) for code, of in codes),
        ),
    ),
    _sku,
    st.sampled_from(Deed),
    st.lists(st.tuples(st.sampled_from(["image", "title"]), st.sampled_from(["", "S1"])), max_size=2),
)
_rules = st.builds(
    lambda paused: (
        tables.PRICING_RULES,
        tables.key(SHOP, "r1"),
        PricingRule(
            id="r1", integration_id=SHOP, name="R", percent=Decimal(10), paused=paused, edited_at=NOON
        ),
    ),
    st.booleans(),
)
_changes = _products | _products | _drafts | _links | _states | _rules
_steps = st.lists(
    st.tuples(st.lists(st.tuples(_changes, _goes), min_size=2, max_size=4), filters), min_size=4, max_size=6
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    print_blob=True,
)
@given(
    steps=_steps,
    sort=st.tuples(st.sampled_from(sorted(SORTS)), st.booleans()),
    only=st.none() | st.sets(_sku, max_size=2),
)
def test_A19_a_view_is_what_a_look_at_every_row_finds_after_any_changes(
    steps: list[Any], sort: Sort, only: set[str] | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async def run() -> None:
        backend = await open_backend(tmp_path_factory.mktemp("view"), FrozenClock())
        try:
            book = ListingBook(backend.store, SHOP)
            view = ListingView(book)
            await view.take(await book.refresh())
            await view.sort(sort)
            for changes, wanted in steps:
                async with backend.store.transaction() as tx:
                    for (table, key, model), is_gone in changes:
                        if is_gone and table != tables.PRICING_RULES:
                            await tx.delete(table, key)
                        else:
                            await tx.put(table, key, model.to_document())
                await view.take(await book.refresh())
                if not view.is_ready(sort):
                    await view.sort(sort)
                for one in (
                    RowFilter(),
                    wanted,
                    RowFilter(text=wanted.text[:2]),
                    RowFilter(text=wanted.text),
                ):
                    assert view.listed(one, sort, only=only) == fresh(book, one, sort, only)
                anew = ListingBook(backend.store, SHOP)
                await anew.refresh()
                assert list(anew.rows()) == list(book.rows())
                assert all(book.facts(row.sku) == facts_of(row) for row in book.rows())
        finally:
            await backend.close()

    asyncio.run(run())


async def test_A18_only_what_changed_is_read_again(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(50):
        await put(backend, tables.PRODUCTS, f"S{number}", product(f"S{number}"))
    book = ListingBook(backend.store, SHOP)
    view = ListingView(book)
    await view.take(await book.refresh())
    looked: list[str] = []
    before = view._look_at

    def look_at(sku: str) -> None:
        looked.append(sku)
        before(sku)

    monkeypatch.setattr(view, "_look_at", look_at)
    assert not await book.refresh()
    await put(backend, tables.PRODUCTS, "S7", product("S7", stock=99))
    refreshed = await book.refresh()
    assert refreshed.skus == {"S7"}
    await view.take(refreshed)
    assert looked == ["S7"]
    row = book.row("S7")
    assert row is not None
    assert row.stock == 99


async def test_A30_a_new_category_tree_names_the_product_types_anew(backend: Backend) -> None:
    await put(backend, tables.PRODUCTS, "S1", product("S1"))
    link = SkuMapping(integration_id=SHOP, sku_id="t1", avasam_sku="S1", mapped_at=NOON)
    await put(backend, tables.SKU_MAPPINGS, tables.key(SHOP, "t1"), link)
    state = ListingState(integration_id=SHOP, avasam_sku="S1", deed=Deed.SENT, category_id="7")
    await put(backend, tables.LISTING_STATES, tables.key(SHOP, "S1"), state)
    book = ListingBook(backend.store, SHOP)
    await book.refresh()
    node = CategoryNode(id="7", parent_id="0", name="Candles", is_leaf=True, is_open=True)
    tree = CategoryTree(integration_id=SHOP, read_at=NOON, nodes=(node,))
    await put(backend, tables.CATEGORY_TREES, tables.key(SHOP, "tree"), tree)
    assert (await book.refresh()).everything
    row = book.row("S1")
    assert row is not None
    assert row.product_type == "Candles"


async def test_A21_a_parent_shows_what_its_variants_have_together(backend: Backend) -> None:
    parent = product("P1", kind=ProductKind.PARENT, stock=None, selling_price=None)
    await put(backend, tables.PRODUCTS, "P1", parent)
    for name, stock, price in (("A", 5, "9.99"), ("B", 7, "12.00"), ("C", None, "10.00")):
        kid = product(
            f"P1-{name}", kind=ProductKind.CHILD, parent_sku="P1", stock=stock, selling_price=Decimal(price)
        )
        await put(backend, tables.PRODUCTS, kid.sku, kid)
    book = ListingBook(backend.store, SHOP)
    await book.refresh()
    row = book.row("P1")
    assert row is not None
    assert (row.variants, row.stock, row.price, row.highest) == (3, 12, Decimal("9.99"), Decimal("12.00"))


@given(st.lists(st.tuples(st.integers(0, 30), st.none() | st.integers(0, 5)), max_size=60), st.booleans())
def test_an_order_stays_sorted_whatever_comes_changes_and_goes(
    steps: list[tuple[int, int | None]], descending: bool
) -> None:
    async def run() -> None:
        values: dict[str, int | None] = {f"S{number:02}": number % 4 or None for number in range(20)}

        def lines() -> list[tuple[tuple[bool, int, str], str]]:
            return [((value is None, value or 0, sku), f"{sku} {value}") for sku, value in values.items()]

        order = await Order.of(lines())
        for number, value in steps:
            sku = f"S{number:02}"
            if value == 0:
                values.pop(sku, None)
                order.drop(sku)
            else:
                values[sku] = value
                order.put((value is None, value or 0, sku), f"{sku} {value}")
        wanted = sorted(lines())
        known = [line for line in wanted if not line[0][0]]
        if descending:
            wanted = [*reversed(known), *wanted[len(known) :]]
        skus, texts = order.seen(descending=descending)
        assert list(skus) == [line[2] for line, _ in wanted]
        assert list(texts) == [text for _, text in wanted]
        assert len(order) == len(values)

    asyncio.run(run())


async def test_a_child_without_its_parent_is_a_row_of_its_own_until_the_parent_is_there(
    backend: Backend,
) -> None:
    def kid(parent: str) -> Product:
        return product("KID", kind=ProductKind.CHILD, parent_sku=parent)

    book = ListingBook(backend.store, SHOP)
    view = ListingView(book)
    everything = RowFilter()

    async def after(sku: str, model: Product | None) -> tuple[list[str], int]:
        await put(backend, tables.PRODUCTS, sku, model)
        await view.take(await book.refresh())
        await view.sort(("sku", False))
        view.expanded = set(view.parents)
        listed = view.listed(everything)
        assert len(view) == listed.products
        return list(listed.keys), listed.products

    assert await after("KID", kid("P1")) == (["KID"], 1)
    assert await after("P1", product("P1", kind=ProductKind.PARENT)) == (["P1", "KID"], 1)
    assert await after("P2", product("P2", kind=ProductKind.PARENT)) == (["P1", "KID", "P2"], 2)
    assert await after("KID", kid("P2")) == (["P1", "P2", "KID"], 2)
    assert await after("P2", None) == (["KID", "P1"], 2)
    assert await after("P1", product("P1", kind=ProductKind.CHILD, parent_sku="KID")) == (["KID", "P1"], 1)
    assert await after("KID", kid("P1")) == (["KID", "P1"], 2), "each names the other: neither is lost"
    assert await after("KID", None) == (["P1"], 1)


def test_the_filter_listed_covers_both_linked_states() -> None:
    assert dict(RowFilter(status=ListingStatus.LISTED).facets())["status"] == {"listed", "linked"}
    assert dict(RowFilter(status=ListingStatus.LINKED).facets())["status"] == {"linked"}
