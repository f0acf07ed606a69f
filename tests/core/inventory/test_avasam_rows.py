"""Avasam's rows as products: merged, exact, and unknown rather than wrong."""

from decimal import Decimal

import httpx
import pytest

from core.inventory.avasam import LONGEST_WAIT, PRODUCTS, STOCK, AvasamClient
from core.inventory.avasam_rows import Gathered
from core.inventory.avasam_wire import rows_of
from core.inventory.errors import InventoryThrottled
from core.models.product import ProductKind
from tests.core.inventory.account import Account


async def test_both_views_the_list_and_the_stock_make_one_product(
    account: Account, client: AvasamClient
) -> None:
    account.singles = [
        {
            "SKU": "MUG",
            "Number": "ZIZ-MUG",
            "Title": "Mug",
            "Price": 4.68,
            "VATPercentage": 20,
            "RetailPriceIncVat": 9.99,
            "Stock": 7,
            "Category": "Kitchen",
            "CategoryId": "25105102",
            "authkey": "supplier-1",
            "image": "https://img.test/a.jpg",
        },
        {
            "SKU": "TEE",
            "Number": "TEE",
            "Title": "Tee",
            "Price": "£4.68 - £9.99",
            "HasVariations": True,
            "Stock": 12,
        },
    ]
    account.children = [
        {"SKU": "TEE-S", "Number": "TEE-S", "Title": "Tee S", "ParentSKU": "TEE", "Price": 5, "Stock": 4}
    ]
    account.catalogue = [
        {
            "SKU": "MUG",
            "Title": "Mug of the list",
            "Description": "<p>A\nmug</p>",
            "BarCode": "5012345678900",
            "Image": "https://img.test/b.jpg",
            "ProductImage": ["https://img.test/b.jpg", "c.jpg"],
            "ExtendedProperties": [{"Name": "Colour", "Value": "Blue"}, {"Name": "", "Value": "x"}],
            "Vat": 20,
        },
        {"SKU": "TEE", "Title": "Tee", "Price": 4.68, "Variations": [{"SKU": "TEE-S"}]},
        {"SKU": "HAT", "MultiTitle": {"en": "Hat"}, "RetailPrice": 10.125, "Vat": 20, "BarCode": None},
    ]
    account.stock = [{"SKU": "MUG", "Stock": 3}, {"SKU": "HAT", "Stock": None}]
    read = await client.read_products()
    mug, tee, small, hat = read.products

    assert (mug.title, mug.description, mug.barcode) == ("Mug", "<p>A\nmug</p>", "5012345678900")
    assert (mug.cost_ex, mug.vat_percent, mug.selling_price) == (
        Decimal("4.68"),
        Decimal(20),
        Decimal("9.99"),
    )
    assert (mug.stock, mug.category, mug.category_id) == (3, "Kitchen", "25105102")
    assert (mug.supplier_key, mug.attributes) == ("supplier-1", {"Colour": "Blue"})
    assert mug.images == ("https://img.test/b.jpg", "https://img.test/a.jpg")
    assert (tee.kind, tee.cost_ex, tee.stock) == (ProductKind.PARENT, None, 12)
    assert (small.kind, small.parent_sku, small.cost_ex) == (ProductKind.CHILD, "TEE", Decimal(5))
    assert (hat.title, hat.stock, hat.selling_price) == ("Hat", None, Decimal("12.15"))
    assert read.rejected == ()


async def test_no_amount_ever_passes_through_a_float(account: Account, client: AvasamClient) -> None:
    row = '[{"SKU": "A", "Title": "A", "Price": 4.680, "Vat": 17.5, "RetailPrice": 2.2}]'
    account.fail(PRODUCTS, httpx.Response(200, text=row))
    (product,) = (await client.read_products()).products
    assert str(product.cost_ex) == "4.680"
    assert str(product.selling_price) == "2.59"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("BarCode", "5.06005E+12"),
        ("BarCode", 5.06005e12),
        ("BarCode", "5060050000000"),
        ("BarCode", "5012345678901"),
        ("Price", "call us"),
        ("Price", -1),
        ("Vat", 0.2),
        ("Vat", 200),
        ("RetailPrice", "1,5"),
        ("Price", True),
    ],
)
async def test_a_value_that_cannot_be_right_is_unknown_and_reported(
    account: Account, client: AvasamClient, field: str, value: object
) -> None:
    account.catalogue = [{"SKU": "A", "Title": "A", field: value}]
    read = await client.read_products()
    (product,) = read.products
    known = (product.barcode, product.cost_ex, product.vat_percent, product.selling_price)
    assert known == (None, None, None, None)
    (rejected,) = read.rejected
    assert (rejected.row, rejected.field, rejected.kept) == ("A", field, True)
    assert rejected.why.endswith("; left out")


@pytest.mark.parametrize("stock", [None, "", "many", 1.5, [], 10**12])
async def test_stock_that_is_missing_or_wrong_is_unknown_and_never_0(
    account: Account, client: AvasamClient, stock: object
) -> None:
    account.singles = [{"SKU": "A", "Title": "A", "Stock": stock}]
    account.stock = [{"SKU": "A", "Stock": stock}, {"SKU": "B", "Stock": -2}]
    assert (await client.read_products()).products[0].stock is None
    assert (await client.read_stock()).stock == {"B": -2}


async def test_rows_without_a_usable_sku_are_reported_and_the_others_taken(
    account: Account, client: AvasamClient
) -> None:
    account.stock = [{"SKU": sku, "Stock": 1} for sku in (None, "A\x1b[31m", "A", 17)]
    read = await client.read_stock()
    assert read.stock == {"A": 1, "17": 1}
    assert [entry.field for entry in read.rejected] == ["SKU", "SKU"]


@pytest.mark.parametrize("odd", [None, "x", 5, []])
async def test_what_is_no_row_is_reported_and_the_others_are_taken(odd: object) -> None:
    gathered = Gathered()
    gathered.add_stock(rows_of({"data": [odd, {"SKU": "A", "Stock": 1}]}))
    assert gathered.stock == {"A": 1}
    assert [entry.why for entry in gathered.rejected] == ["every product needs a SKU"]


async def test_two_products_with_one_sku_are_not_merged(account: Account, client: AvasamClient) -> None:
    account.singles = [
        {"SKU": "A", "Number": "N1", "Title": "First", "Price": 1},
        {"SKU": "A", "Number": "N2", "Title": "Second", "Price": 2},
        {"SKU": "A", "Number": "N1", "Title": "First again", "Price": 1},
    ]
    read = await client.read_products()
    assert [(product.title, product.cost_ex) for product in read.products] == [("First again", Decimal(1))]
    assert "N1" in read.rejected[0].why


async def test_hostile_titles_are_cleaned_at_the_door(account: Account, client: AvasamClient) -> None:
    account.singles = [{"SKU": "A", "Title": "Mug\x1b[31m\u202e [red]x[/]\n", "Stock": 1}]
    assert (await client.read_products()).products[0].title == "Mug [red]x[/]"


async def test_a_pause_too_long_to_sleep_through_is_handed_on(account: Account, client: AvasamClient) -> None:
    long = str(int(LONGEST_WAIT) + 1)
    account.fail(STOCK, httpx.Response(429, headers={"retry-after": long}))
    with pytest.raises(InventoryThrottled) as caught:
        await client.read_stock()
    assert caught.value.retry_after == LONGEST_WAIT + 1
