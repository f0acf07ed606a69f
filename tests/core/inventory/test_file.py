"""The inventory file: real files, read whole or refused, row by row or altogether."""

import contextlib
import json
import os
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.inventory.errors import InventoryError, InventoryUnreadable
from core.inventory.file import FileInventory
from core.inventory.port import ProductRead
from core.models.product import ProductKind

FULL = (
    "sku,title,stock,cost_ex,shipping_ex,vat_percent,selling_price,currency,category,barcode,parent_sku,kind,"
    "description,supplier,images,attributes,weight_kg\n"
    'MUG,"Mug, blue",57,4.68,3,20,9.99,GBP,Kitchen,5012345678900,,single,'
    '"<p>Two\nlines</p>",Acme,https://a.test/1.jpg|https://a.test/2.jpg,Colour=Blue|Size=M,0.35\n'
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "inventory.csv"


def put(path: Path, content: str | bytes) -> None:
    """The file replaced as a whole, as programs that export do."""
    anew = path.with_suffix(".new")
    anew.write_bytes(content.encode() if isinstance(content, str) else content)
    anew.replace(path)


async def read_of(path: Path, content: str | bytes) -> ProductRead:
    put(path, content)
    return await FileInventory(path).read_products()


async def test_every_documented_column_is_read(path: Path) -> None:
    read = await read_of(path, FULL)
    (mug,) = read.products
    assert (mug.sku, mug.title, mug.stock, mug.kind) == ("MUG", "Mug, blue", 57, ProductKind.SINGLE)
    assert (mug.cost_ex, mug.shipping_ex) == (Decimal("4.68"), Decimal(3))
    assert (mug.vat_percent, mug.selling_price, mug.weight_kg) == (
        Decimal(20),
        Decimal("9.99"),
        Decimal("0.35"),
    )
    assert (mug.currency, mug.category, mug.supplier) == ("GBP", "Kitchen", "Acme")
    assert (mug.barcode, mug.description) == ("5012345678900", "<p>Two\nlines</p>")
    assert mug.images == ("https://a.test/1.jpg", "https://a.test/2.jpg")
    assert mug.attributes == {"Colour": "Blue", "Size": "M"}
    assert read.rejected == ()


@pytest.mark.parametrize(
    "content",
    [
        "sku,title,stock\nA,One,5\n",
        "\ufeffsku,title,stock\nA,One,5",
        "sku;title;stock\r\nA;One;5\r\n",
        "sku\ttitle\tstock\nA\tOne\t5\n",
        '"SKU","Title","Stock"\n"A","One","5"\n',
        "sep=;\nAvasam SKU;TITLE;Stock Level;unknown\nA;One;5;x\n",
        "\n\nTitle, S_K_U ,stock\nOne,A,5\n\n\n",
        '[{"sku": "A", "title": "One", "stock": 5}]',
        '{"products": [{"SKU": "A", "Title": "One", "Stock": "5"}]}',
    ],
)
async def test_every_usual_spelling_of_one_table(path: Path, content: str) -> None:
    (product,) = (await read_of(path, content)).products
    assert (product.sku, product.title, product.stock) == ("A", "One", 5)


async def test_avasams_own_column_names_are_understood(path: Path) -> None:
    content = (
        "SKU,Title,Price,VATPercentage,RetailPriceIncVat,Image\nA,One,4.68,20,9.99,https://a.test/1.jpg\n"
    )
    (product,) = (await read_of(path, content)).products
    assert (product.cost_ex, product.selling_price) == (Decimal("4.68"), Decimal("9.99"))
    assert product.images == ("https://a.test/1.jpg",)


async def test_blank_stock_is_unknown_and_never_0(path: Path) -> None:
    put(path, "sku,title,stock\nA,One,\nB,Two,0\nC,Three,-3\n")
    read = await FileInventory(path).read_stock()
    assert read.stock == {"B": 0, "C": -3}


async def test_a_good_row_is_taken_though_its_neighbours_are_refused(path: Path) -> None:
    content = (
        "sku,title,stock,cost_ex\n"
        "A,One,5,1.00\n"
        "B,,many,1,\n"
        "C,,many,2.00\n"
        ",Nameless,1,2.00\n"
        '\n"D","Four",4,"1,299"\n'
        "E,Five,5,5.00\n"
        "A,Again,6,1.00\n"
    )
    read = await read_of(path, content)
    assert [product.sku for product in read.products] == ["A", "E"]
    told = [(entry.row, entry.field, entry.value) for entry in read.rejected]
    assert told == [
        (3, "", "B,,many,1,"),
        (4, "title", ""),
        (4, "stock", "many"),
        (5, "sku", ""),
        (7, "cost_ex", "1,299"),
        (9, "sku", "A"),
    ]
    assert all(entry.why and not entry.kept for entry in read.rejected)


async def test_a_row_that_was_cut_off_is_refused_and_not_read_short(path: Path) -> None:
    read = await read_of(path, "sku,title,stock,cost_ex\nA,One,57,1.00\nB,Two,5")
    assert [product.sku for product in read.products] == ["A"]
    assert "3 cells, the header 4" in read.rejected[0].why


async def test_a_wrong_barcode_or_image_is_left_out_and_the_row_kept(path: Path) -> None:
    content = "sku,title,barcode,images\nA,One,5.06005E+12,a.jpg|https://a.test/1.jpg\n"
    read = await read_of(path, content)
    assert read.products[0].barcode is None
    assert read.products[0].images == ("https://a.test/1.jpg",)
    assert [(entry.field, entry.kept) for entry in read.rejected] == [("barcode", True), ("images", True)]


async def test_a_child_names_its_parent_and_makes_it_one(path: Path) -> None:
    content = "sku,title,parent_sku,kind\nTEE,Tee,,\nS,Small,TEE,\nM,Medium,TEE,Child\nX,Alone,,single\n"
    kinds = {product.sku: product.kind for product in (await read_of(path, content)).products}
    child, parent, single = ProductKind.CHILD, ProductKind.PARENT, ProductKind.SINGLE
    assert kinds == {"TEE": parent, "S": child, "M": child, "X": single}


@pytest.mark.parametrize(
    "row", ["A,One,,child,", "A,One,B,parent,", "A,One,A,,", "A,One,,thing,", "A,One,,,Blue"]
)
async def test_a_row_that_contradicts_itself_is_refused(path: Path, row: str) -> None:
    read = await read_of(path, f"sku,title,parent_sku,kind,attributes\n{row}\n")
    assert read.products == ()
    assert len(read.rejected) == 1


async def test_json_keeps_numbers_exact_and_takes_lists_and_objects(path: Path) -> None:
    content = (
        '[{"sku": 17, "title": "One", "cost_ex": 4.680, "stock": null, "images": ["https://a.test/1.jpg"],'
        ' "attributes": {"Size": 9}}, "no object", {"sku": "B", "title": ["x"]}]'
    )
    read = await read_of(path.with_suffix(".json"), content)
    (product,) = read.products
    assert (product.sku, str(product.cost_ex), product.stock) == ("17", "4.680", None)
    assert (product.images, product.attributes) == (("https://a.test/1.jpg",), {"Size": "9"})
    assert [entry.row for entry in read.rejected] == [2, 3]


async def test_hostile_text_is_cleaned_at_the_door(path: Path) -> None:
    read = await read_of(path, "sku,title,stock\nA,Mug\x1b[31m\u202e [red]x[/],1\nB\x07,Two,2\n")
    assert [product.title for product in read.products] == ["Mug [red]x[/]"]
    assert read.rejected[0].value.isprintable()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "It is empty"),
        (b" \n\n", "It is empty"),
        (b"sku,title\n", "holds no products"),
        (b"[]", "holds no products"),
        (b"sku,stock\nA,1\n", "lacks title"),
        (b"A,One,5\n", "lacks sku and title"),
        (b"sku,title,stock,Stock\nA,One,1,2\n", "Two columns mean stock"),
        (b"sku,title\nA,One\nB,\xa3wo\n", "Line 3: It is not written in UTF-8"),
        ("sku,title\nA,One\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04\x14\x00", "spreadsheet"),
        (b"sku,title\nA,\x00\n", "not text"),
        (b'sku,title\nA,"One\nB,Two\n', "Line 3: It is not CSV"),
        (b'sku,title\nA,"One" x\nB,Two\n', "Line 2: It is not CSV"),
        (b'[{"sku": "A",\n "title": }]', "Line 2: It is not JSON"),
        (b'[{"sku": "A", "stock": NaN}]', "no inventory would be"),
        (b"[" * 100_000, "no inventory would be"),
        (b'{"rows": []}', "no list of products"),
    ],
)
async def test_a_file_that_is_no_inventory_is_refused_by_name_line_and_cure(
    path: Path, content: bytes, words: str
) -> None:
    with pytest.raises(InventoryUnreadable, match=words) as caught:
        await read_of(path, content)
    assert "inventory.csv" in caught.value.what
    assert "nothing was changed" in caught.value.what
    assert caught.value.cure


async def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, words in [
        (tmp_path, "a folder"),
        (pipe, "not an ordinary file"),
        (tmp_path / "missing.csv", "No such file"),
        (tmp_path / "nul\0.csv", "no file has"),
    ]:
        with pytest.raises(InventoryUnreadable, match=words):
            await FileInventory(path).read_products()


async def test_a_file_written_anew_is_read_anew_and_an_unchanged_one_is_not(path: Path) -> None:
    put(path, "sku,title,stock\nA,One,5\n")
    inventory = FileInventory(path)
    first = await inventory.read_products()
    assert await inventory.read_products() is first
    put(path, "sku,title,stock\nA,One,6\n")
    assert (await inventory.read_stock()).stock == {"A": 6}


async def test_the_last_good_read_does_not_hide_that_the_file_went_bad(path: Path) -> None:
    put(path, "sku,title,stock\nA,One,5\n")
    inventory = FileInventory(path)
    await inventory.read_products()
    put(path, "")
    with pytest.raises(InventoryUnreadable):
        await inventory.read_products()


cell = st.text(max_size=12) | st.sampled_from(["", "A", "5", "1,5", '"', "child", "=x", "a|b", "\u2028"])
rows = st.lists(st.lists(cell, max_size=6).map(",".join), max_size=6).map("\n".join)
headers = st.sampled_from(
    ["", "sku,title\n", "sku,title,stock,kind,parent_sku,images\n", "sku;title;price\n"]
)
texts = st.tuples(headers, rows | st.text()).map("".join)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["sku", "title", "stock", "Price", "images", "attributes", "x"]), inner
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    content=texts.map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.binary()
    | json_values.map(lambda value: json.dumps(value).encode())
)
async def test_no_file_raises_anything_but_an_inventory_error(tmp_path: Path, content: bytes) -> None:
    with contextlib.suppress(InventoryError):
        read = await read_of(tmp_path / "any.csv", content)
        assert len({product.sku for product in read.products}) == len(read.products)
        assert all(entry.why for entry in read.rejected)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    stocks=st.dictionaries(
        st.from_regex(r"[A-Z0-9-]{1,12}", fullmatch=True), st.integers(-99, 10**6), min_size=1
    )
)
async def test_what_a_merchant_writes_is_what_is_read(tmp_path: Path, stocks: dict[str, int]) -> None:
    lines = [f"{sku},Title of {sku},{stock}" for sku, stock in stocks.items()]
    read = await read_of(tmp_path / "any.csv", "\n".join(["sku,title,stock", *lines]))
    assert {product.sku: product.stock for product in read.products} == stocks


async def test_one_very_long_description_refuses_no_other_product(path: Path) -> None:
    long = "<img src='data:image/png;base64," + "A" * 300_000 + "'>"
    read = await read_of(path, f'sku,title,description\nA,One,"{long}"\nB,Two,short\n')
    assert [product.sku for product in read.products] == ["A", "B"]
    assert read.rejected == ()
