"""What TikTok would refuse is found before it is asked, all of it at once (A26)."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models.category import ChosenAttribute, Leaf, LeafAttribute, ShopFacts, ShopWarehouse
from core.rules.candidate import Candidate, CategoryState, ImageLook, SideValue, Variant
from core.rules.image_header import ImageHeader
from core.rules.listing_limits import limits_for
from core.rules.preflight import blocking, preflight

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MATERIAL = LeafAttribute(id="1", name="Material", is_required=True, values=(("11", "Oak"),))
LEAF = Leaf(integration_id="i", category_id="9", read_at=NOON, attributes=(MATERIAL,))
FACTS = ShopFacts(
    integration_id="i",
    read_at=NOON,
    warehouses=(ShopWarehouse(id="w", is_sales=True, is_enabled=True, is_default=True),),
)
FINE_IMAGE = ImageLook("https://a/1.png", ImageHeader("PNG", 600, 600), 1_000)


def variant(sku: str = "SKU-1", **more: Any) -> Variant:
    fields: dict[str, Any] = {
        "price": Decimal("9.99"),
        "price_steps": ("own price 9.99",),
        "currency": "GBP",
        "quantity": 5,
        "quantity_steps": ("stock 5",),
        **more,
    }
    return Variant(sku=sku, **fields)


FINE = Candidate(
    sku="SKU-1",
    region="GB",
    title="A candle of soy wax",
    description="<p>Burns for forty hours.</p>",
    is_parent=False,
    category_id="9",
    category_state=CategoryState.FINE,
    leaf=LEAF,
    attributes=(ChosenAttribute(id="1", value_ids=("11",)),),
    brand_id=None,
    weight_kg=Decimal("0.4"),
    size_cm=None,
    variants=(variant(),),
    addresses=(FINE_IMAGE.address,),
    images=(FINE_IMAGE,),
    facts=FACTS,
)


def codes(candidate: Candidate) -> list[str]:
    return [one.code for one in preflight(candidate)]


def family(*values: str, **more: Any) -> Candidate:
    rows = tuple(
        variant(f"S-{place}", sides=(SideValue("Colour", value),), **more)
        for place, value in enumerate(values)
    )
    return replace(FINE, is_parent=True, variants=rows)


def test_a_sound_product_has_no_problem() -> None:
    assert codes(FINE) == []
    assert codes(family("Red", "Blue")) == []


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("", "title-missing"),
        ("x" * 256, "title-long"),
        ("Candle \U0001f56f", "title-emoji"),
        ("Salt &amp; pepper", "title-html"),
        ("bell \x07 bell", "title-control"),
        ("!!! ???", "title-symbols"),
        ("loooooooooong", "title-repeats"),
        ("蜡烛 candle", "title-chinese"),
    ],
)
def test_a_title_that_tiktok_refuses_is_named_with_its_reason(title: str, code: str) -> None:
    assert code in codes(replace(FINE, title=title))


def test_title_lengths_differ_by_market() -> None:
    short = replace(FINE, title="Short title")
    assert codes(short) == []
    assert "title-short" in codes(replace(short, region="ID"))
    assert codes(replace(FINE, title="x y" * 90, region="BR"))[:1] != ["title-long"], "300 in BR"


@pytest.mark.parametrize(
    ("description", "code"),
    [
        ("  ", "description-missing"),
        ("<p>" + "x" * 10_000 + "</p>", "description-long"),
        ("<script>x</script>", "description-tags"),
        ("<ul><li>open", "description-html"),
        ("<p>a</b></p>", "description-html"),
        ('<img src="https://elsewhere/1.png">', "description-foreign-images"),
    ],
)
def test_a_description_that_tiktok_refuses_is_named(description: str, code: str) -> None:
    assert code in codes(replace(FINE, description=description))


@pytest.mark.parametrize(
    ("look", "code"),
    [
        (ImageLook("a", fault="cannot be fetched (HTTP 404)"), "image-unreadable"),
        (ImageLook("a", None, 10), "image-unreadable"),
        (ImageLook("a", ImageHeader("PNG", 299, 600), 10), "image-size"),
        (ImageLook("a", ImageHeader("PNG", 600, 4001), 10), "image-size"),
        (ImageLook("a", ImageHeader("GIF", 600, 600), 10), "image-format"),
        (ImageLook("a", ImageHeader("PNG", 600, 600), 10 * 1024 * 1024 + 1), "image-large"),
    ],
)
def test_the_main_image_must_do_and_another_is_left_out(look: ImageLook, code: str) -> None:
    (main,) = preflight(replace(FINE, images=(look,)))
    assert (main.code, main.blocking) == (code, True)
    (second,) = preflight(replace(FINE, addresses=("b", "a"), images=(FINE_IMAGE, look)))
    assert (second.code, second.blocking) == (code, False)


def test_category_attributes_package_and_shop_are_looked_at() -> None:
    assert "category-missing" in codes(replace(FINE, category_id=None, category_state=CategoryState.NONE))
    assert "category-vanished" in codes(replace(FINE, category_state=CategoryState.VANISHED))
    assert "attribute-missing" in codes(replace(FINE, attributes=()))
    own = ChosenAttribute(id="1", value_names=("Pine",))
    assert "attribute-custom" in codes(replace(FINE, attributes=(own,)))
    assert "weight-missing" in codes(replace(FINE, weight_kg=None))
    assert "weight-limits" in codes(replace(FINE, weight_kg=Decimal(31)))
    assert "weight-limits" in codes(replace(FINE, weight_kg=Decimal("0.0004"))), "it would be sent as 0.000"
    assert "weight-limits" not in codes(replace(FINE, weight_kg=Decimal("0.001")))
    assert "warehouse-missing" in codes(replace(FINE, facts=FACTS.model_copy(update={"warehouses": ()})))
    unmet = FACTS.model_copy(update={"unmet": (("SHOP_TAX", "missing"),)})
    assert "shop-not-ready" in codes(replace(FINE, facts=unmet))
    asks = LEAF.model_copy(update={"required": ("size_chart", "package_dimension")})
    assert {"size-chart-missing", "size-missing"} <= set(codes(replace(FINE, leaf=asks)))


def test_A26_two_variants_with_one_barcode_are_told_before_tiktok_refuses_them() -> None:
    rows = tuple(
        variant(f"S-{colour}", sides=(SideValue("Colour", colour),), ean=ean)
        for colour, ean in (
            ("Red", "4006381333931"),
            ("Blue", "4006381333931"),
            ("Sage", None),
            ("Navy", None),
        )
    )
    found = preflight(replace(FINE, is_parent=True, variants=rows))
    assert [(one.code, one.sku, one.blocking) for one in found] == [("barcode-twice", "S-Blue", True)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"price": None}, "price-missing"),
        ({"price": Decimal("5600.01")}, "price-limits"),
        ({"price": Decimal("1.999")}, "price-format"),
        ({"currency": "EUR"}, "price-currency"),
        ({"below_floor": True}, "price-floor"),
        ({"quantity": None}, "stock-unknown"),
        ({"quantity": 1_000_000}, "stock-limits"),
    ],
)
def test_each_sku_is_looked_at(change: dict[str, Any], code: str) -> None:
    assert codes(replace(FINE, variants=(variant(**change),))) == [code]


def test_seller_skus_follow_the_market() -> None:
    odd = replace(FINE, variants=(variant("A B"),))
    assert codes(odd) == ["seller-sku"]
    short = replace(FINE, region="DE", variants=(variant("AB/1", currency="EUR"),))
    assert "seller-sku" in codes(short), "6 characters at least, and no sign but _ and -"


def test_variations_have_their_own_rules() -> None:
    assert "no-children" in codes(replace(FINE, is_parent=True, variants=()))
    assert "variants-equal" in codes(family("Red", "red"))
    assert "variants-many" in codes(family(*(f"c{number}" for number in range(301))))
    assert codes(family(*(f"c{number}" for number in range(300)))) == []
    assert "side-value-long" in codes(family("x" * 51, "Red"))
    lacking = replace(FINE, is_parent=True, variants=(*family("Red").variants, variant("S-9")))
    assert "side-lacking" in codes(lacking)
    four = variant("S-1", sides=tuple(SideValue(name, "v") for name in ("A", "B", "C", "D")))
    assert "sides-many" in codes(replace(FINE, is_parent=True, variants=(four,)))


def test_every_problem_of_every_variant_is_told_at_once() -> None:
    rows = tuple(variant(f"S-{n}", price=None, quantity=None) for n in range(3))
    found = codes(replace(FINE, title="", weight_kg=None, variants=rows))
    assert found.count("price-missing") == found.count("stock-unknown") == 3
    assert {"title-missing", "weight-missing"} <= set(found)


def test_every_problem_has_a_field_words_and_a_fix() -> None:
    worst = replace(
        FINE, title="", description="", category_state=CategoryState.VANISHED, attributes=(), images=(),
        addresses=(), weight_kg=None, variants=(variant("A B", price=None, quantity=None),),
    )  # fmt: skip
    for one in blocking(preflight(worst)):
        assert one.code
        assert one.field
        assert one.what
        assert one.fix.endswith(".")


@given(st.text(max_size=400))
def test_no_title_makes_preflight_fail(title: str) -> None:
    assert all(one.field == "title" for one in preflight(replace(FINE, title=title)))


@given(st.text(alphabet="<>/pbulix =\"'&;!-", max_size=80))
def test_no_description_makes_preflight_fail(text: str) -> None:
    assert all(one.field == "description" for one in preflight(replace(FINE, description=text)))


def test_limits_name_their_market_and_fall_back_to_the_general_ones() -> None:
    assert limits_for("UK") == limits_for("GB")
    assert limits_for("US").skus_most == 300
    assert limits_for("VN").skus_most == 100
    assert limits_for("??").title_least == 25
