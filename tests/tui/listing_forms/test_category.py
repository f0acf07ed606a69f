"""The TikTok category form, from the shop's own tree to the saved answers (A25)."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from core import tables
from core.models.listing_state import Action
from core.services.categories import CategoryService
from core.services.category_fields import Field
from tests.core.sandbox.listings import png
from tests.core.services.listing_world import ListingWorld
from tests.tui.integrations.support import said
from tests.tui.listing_forms.support import SIZES, boxed, dialogue, go_to, matches, until_shows
from tests.tui.session import ReadySession
from tests.tui.terminal import drawn, until
from tui.screens.confirm import Confirm
from tui.screens.listings.category import CategoryForm
from tui.screens.listings.pick_values import PickValues
from tui.screens.listings.type_in import TypeIn
from tui.session import Session
from tui.widgets.key_line import KeyLine

FIELDS, LIST = "#category-fields", "#category-list"


def form(world: ListingWorld, *skus: str, read_only: bool = False) -> CategoryForm:
    session: Session = ReadySession(world.backend, read_only=read_only)
    return CategoryForm(session=session, integration=world.shop, skus=skus)


async def open_field(pilot: Pilot[None], words: str, modal: type[Any]) -> None:
    await go_to(pilot, FIELDS, words)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, modal))
    await pilot.pause()


async def type_answer(pilot: Pilot[None], words: str, text: str) -> None:
    await open_field(pilot, words, TypeIn)
    pilot.app.screen.query_one(Input).value = text
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, CategoryForm))


async def pick_answer(pilot: Pilot[None], words: str, *names: str) -> None:
    await open_field(pilot, words, PickValues)
    box = pilot.app.screen.query_one(Input)
    for name in names:
        box.value = name
        await pilot.press("enter")
        await pilot.pause()
    if isinstance(pilot.app.screen, PickValues):
        await pilot.press("ctrl+s")
    await until(pilot, lambda: isinstance(pilot.app.screen, CategoryForm))


def key_line(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(KeyLine).render())


def shown_fields(pilot: Pilot[None]) -> list[Field]:
    shown = pilot.app.screen
    assert isinstance(shown, CategoryForm)
    return shown._fields


def under(pilot: Pilot[None]) -> str:
    """The label of the field under the cursor."""
    shown = pilot.app.screen
    assert isinstance(shown, CategoryForm)
    return "" if shown._field is None else shown._field.label


@pytest.mark.parametrize("size", SIZES)
async def test_A25_a_leaf_with_size_chart_is_chosen_answered_saved_and_listed(
    world: ListingWorld, tmp_path: Path, size: tuple[int, int]
) -> None:
    sku, other = f"ROBE-{size[0]}", f"ROBE-{size[0]}-NEXT"
    kind = f"Robes {size[0]}"
    products = [
        world.single(one, category=kind, title="Waffle dressing gown", weight_kg=None) for one in (sku, other)
    ]
    await world.stock(*products)
    chart = tmp_path / "sizes.png"
    chart.write_bytes(png(1200, 1600))
    async with dialogue(form(world, sku), size=size) as (pilot, shown):
        await until_shows(pilot, "◆ recommended", sku)
        assert "Dressing Gowns" in drawn(pilot).partition("recommended")[0], "A25: recommended first"
        assert "^s" not in key_line(pilot), "there is nothing to save yet"
        matches("category-pick", size, boxed(pilot, "#category-box"))
        await pilot.press(*"night gow")
        await until(pilot, lambda: said(pilot, "#category-count").startswith("1 of"))
        await pilot.press("enter")
        await until_shows(pilot, "Country of Origin", "Missing (4)")
        await until(pilot, lambda: "^s" in key_line(pilot))
        matches("category-form", size, boxed(pilot, "#category-box"))

        await type_answer(pilot, "Package weight", "0.9")
        missing = [one.label for one in shown_fields(pilot) if one.is_missing]
        assert under(pilot) == missing[0], "the cursor has gone on to what is still missing"
        await pick_answer(pilot, "Country of Origin", "Portugal")
        await pick_answer(pilot, "Material", "Cotton")
        await pick_answer(pilot, "Room", "Bedroom", "Hall")
        await pick_answer(pilot, "Care Instructions", "Hand wash only")
        await pick_answer(pilot, "Brand", "Harrow")
        await until_shows(pilot, "Bedroom, Hall", "Missing (1)")

        await open_field(pilot, "Size chart", TypeIn)
        box = pilot.app.screen.query_one(Input)
        box.value = str(tmp_path / "none.png")
        await until(pilot, lambda: "none.png is not there" in said(pilot, "#typed-said"))
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, TypeIn), "what will not do is not taken"
        box.value = str(chart)
        await until(pilot, lambda: "sizes.png (PNG" in said(pilot, "#typed-said"))
        await pilot.press("enter")
        await until_shows(pilot, "Nothing is missing")
        matches("category-answered", size, boxed(pilot, "#category-box"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: shown.answered)
    assert shown.answer == 1
    done = await world.do(Action.PUBLISH, sku, other)
    assert {result for result, _ in done.values()} == {"done"}, "the next product needs no choice"
    for one in (sku, other):
        (product_id,) = await world.products(one)
        listed = (await world.shop_state())[product_id]
        assert listed["size_chart"]["image"]["uri"].startswith("tos-sandbox/")
        names = {row["name"]: [value["name"] for value in row["values"]] for row in listed["attributes"]}
        assert names["Room"] == ["Bedroom", "Hall"]
        assert names["Care Instructions"] == ["Hand wash only"]


async def test_A25_the_tree_is_opened_step_by_step_and_closed_leaves_say_why(world: ListingWorld) -> None:
    await world.stock(world.single("TREE-1", title="A thing", category="Things"))
    async with dialogue(form(world, "TREE-1")) as (pilot, shown):
        await until(pilot, lambda: "of" in said(pilot, "#category-count"))
        await pilot.press("f2")
        await until_shows(pilot, "All departments", "▸ Kitchenware")
        await go_to(pilot, LIST, "Kitchenware")
        assert "enter opens it" in said(pilot, "#category-why")
        await pilot.press("enter")
        await until_shows(pilot, "▸ Kitchen Tools")
        await go_to(pilot, LIST, "Kitchen Tools")
        await pilot.press("enter")
        await until_shows(pilot, "✖ Kitchen Knives   closed to this shop")
        await go_to(pilot, LIST, "Kitchen Knives")
        assert "apply for it in Seller Center" in said(pilot, "#category-why")
        await pilot.press("enter")
        assert pilot.app.screen.query_one("#category-pick").display, "a closed leaf is not taken"
        await pilot.press("left")
        await until_shows(pilot, "▸ Kitchen Tools")
        await pilot.press("backspace")
        await until_shows(pilot, "All departments")
        await pilot.press("f2", "escape")
        await until(pilot, lambda: shown.answered)
        assert shown.answer is None


async def test_a_shop_that_cannot_be_reached_is_said_and_asked_again(world: ListingWorld) -> None:
    await world.stock(world.single("NET-1"))
    await world.fault("/product/202309/categories", drop="before", n=1_000)
    async with dialogue(form(world, "NET-1")) as (pilot, _):
        await until_shows(pilot, "The categories could not be read", "ctrl+r tries again")
        await world.control("DELETE", "/faults")
        await pilot.press("ctrl+r")
        await until(
            pilot, lambda: "of" in said(pilot, "#category-count") and "✖" not in said(pilot, "#category-said")
        )


async def test_A25_certificates_in_the_form_and_a_file_that_was_changed(
    world: ListingWorld, tmp_path: Path
) -> None:
    await world.stock(world.single("BEAR-1", category="Bears"))
    paper = tmp_path / "en71.pdf"
    paper.write_bytes(b"%PDF-1.7\n%%EOF")
    leaf = await world.leaf("Plush Toys")
    await CategoryService(world.backend).choose(world.shop, ["BEAR-1"], leaf, by="ann")
    async with dialogue(form(world, "BEAR-1")) as (pilot, shown):
        await until_shows(pilot, "EN 71 test report", "Missing (3)", "Now: Toys & Hobbies")
        await go_to(pilot, FIELDS, "EN 71")
        assert "accredited laboratory" in said(pilot, "#category-hint")
        await type_answer(pilot, "EN 71", str(paper))
        await type_answer(pilot, "expires", "2027-03-31")
        await open_field(pilot, "Manufacturer", TypeIn)
        pilot.app.screen.query_one(Input).value = "Acme"
        await until(pilot, lambda: "no id of a manufacturer" in said(pilot, "#typed-said"))
        pilot.app.screen.query_one(Input).value = "7001"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, CategoryForm))
        await type_answer(pilot, "Responsible person", "7002, 7003")
        await until_shows(pilot, "Nothing is missing")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: shown.answered)
    draft = await world.listings.draft(world.shop, "BEAR-1")
    assert (draft.manufacturer_ids, draft.responsible_person_ids) == (("7001",), ("7002", "7003"))
    assert str(draft.certificates[0].expires_on) == "2027-03-31"

    paper.write_bytes(b"%PDF-1.7\nanother\n%%EOF")
    async with dialogue(form(world, "BEAR-1")) as (pilot, _):
        await until_shows(pilot, "Missing (1)", "was changed since")
        await go_to(pilot, FIELDS, "EN 71")
        assert "choose it anew" in said(pilot, "#category-hint")
        await pilot.press("delete")
        await until_shows(pilot, "needed: enter answers")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))


async def test_A25_rows_with_different_categories_say_so_before_they_are_replaced(
    world: ListingWorld,
) -> None:
    await world.stock(*(world.single(f"DIFF-{n}", category=f"Diff {n}") for n in (1, 2, 3)))
    first = await world.categorise("DIFF-1", words="Candles")
    second = await world.categorise("DIFF-2", words="Glassware")
    async with dialogue(form(world, "DIFF-1", "DIFF-2", "DIFF-3")) as (pilot, shown):
        await until_shows(
            pilot, "3 rows: DIFF-1, DIFF-2, DIFF-3", "! These rows have 3 TikTok categories now"
        )
        await pilot.press(*"vases", "enter")
        await until(pilot, lambda: "all 3 rows" in said(pilot, "#category-missing"))
        await pilot.press("f4")
        await until(pilot, lambda: "They are not remembered" in said(pilot, "#category-missing"))
        await pilot.press("ctrl+s")
        await until_shows(pilot, "Replace the TikTok category of 2 rows?")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, CategoryForm))
        assert (await world.listings.draft(world.shop, "DIFF-1")).category_id == first
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: shown.answered)
    assert shown.answer == 3
    chosen = {(await world.listings.draft(world.shop, f"DIFF-{n}")).category_id for n in (1, 2, 3)}
    assert len(chosen) == 1
    assert chosen.isdisjoint({first, second})
    row = await world.backend.store.get(tables.CATEGORY_CHOICES, tables.key(world.shop.id, "Diff 2"))
    assert row is not None
    assert row["category_id"] == second, "what is remembered stays"


async def test_A21_what_varies_is_given_a_sales_attribute(world: ListingWorld) -> None:
    parent, *_ = world.family("TINT", category="Tints")
    kids = [
        world.single(f"TINT-{n}", parent_sku="TINT", kind="child", attributes={"Tint": value})
        for n, value in enumerate(("Sage", "Navy"))
    ]
    await world.stock(parent, *kids)
    async with dialogue(form(world, "TINT-0", "TINT-1")) as (pilot, shown):
        await until(pilot, lambda: "of" in said(pilot, "#category-count"))
        await pilot.press(*"lampshades", "enter")
        await until_shows(pilot, "Varies in Tint", "a sales attribute of your own")
        await open_field(pilot, "Varies in Tint", PickValues)
        await until_shows(pilot, "What is Avasam's Tint on TikTok?")
        await go_to(pilot, "#values-list", "Colour")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, CategoryForm))
        await type_answer(pilot, "Package weight", "0.5")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: shown.answered)
    seen = (await world.listings.explain(world.shop, "TINT")).candidate.variants
    assert {one.sides[0].name for one in seen} == {"Colour"}
    assert all(one.sides[0].value_id for one in seen)


async def test_a_read_only_session_saves_nothing(world: ListingWorld) -> None:
    await world.stock(world.single("RO-1", category="Read only"))
    async with dialogue(form(world, "RO-1", read_only=True)) as (pilot, shown):
        await until(pilot, lambda: "of" in said(pilot, "#category-count"))
        await pilot.press(*"candles", "enter")
        await until(pilot, lambda: "this row" in said(pilot, "#category-missing"))
        await pilot.press("ctrl+s")
        await until_shows(pilot, "read-only session")
        assert not shown.answered
    assert (await world.listings.draft(world.shop, "RO-1")).category_id is None


async def test_a_product_that_left_the_inventory_is_said(world: ListingWorld) -> None:
    async with dialogue(form(world, "GONE-1")) as (pilot, _):
        await until_shows(pilot, "There is no product 'GONE-1'")
