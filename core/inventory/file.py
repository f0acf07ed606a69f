"""The inventory as a file that the merchant exports: CSV with a header row, or JSON.

CSV is UTF-8 (with or without a byte order mark), separated by comma, semicolon or tab. JSON is an array of
objects with the same names, or an object that holds it as `products`. Case, blanks and underscores in names
do not matter, Avasam's own spellings are understood, and unknown columns are passed over.

| column | holds | blank means |
|---|---|---|
| sku * | the Avasam SKU, each once | refused |
| title * | the title | refused |
| stock | units; may be negative when oversold | unknown: never pushed, never 0 |
| cost_ex (`Price`) | what the merchant pays, without VAT | unknown |
| shipping_ex | shipping, without VAT | unknown |
| vat_percent (`VATPercentage`, `Vat`) | 20 for 20 % | unknown |
| selling_price (`RetailPriceIncVat`) | what it sells for, with VAT | none |
| currency | GBP, EUR, ... | GBP |
| category | Avasam's category | none |
| barcode | GTIN of 8, 12, 13 or 14 digits | none |
| parent_sku | the parent, on variation children | not a child |
| kind | single, parent, child | told by parent_sku |
| description | text or HTML | none |
| supplier | the supplier's name | none |
| images (`Image`, `ProductImage`) | addresses, separated by a vertical bar | none |
| attributes | `Colour=Blue`, several separated by a vertical bar | none |
| weight_kg | kilograms | unknown |

Amounts are written 1299.00; `£12.50` and `1,299.00` are taken too, for they can mean only one thing, and any
other comma is refused. A row with a wrong value is refused as a whole and reported with its number, column,
value and reason, and its neighbours are taken; a wrong barcode or image alone is left out. Of a SKU that is
there twice the first row is taken. A row with more or fewer cells than the header is refused.
"""

import asyncio
import codecs
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.inventory.errors import InventoryUnreadable
from core.inventory.file_rows import product_of, with_kinds
from core.inventory.file_table import UnreadableTable, read_csv, read_json
from core.inventory.port import ProductRead, Rejected, StockRead
from core.models.product import Product
from core.text import clean_line

LARGEST_FILE: Final = 256 * 1024 * 1024
"""Bytes; a file of 100,000 products with descriptions is a quarter of it."""

_NOT_TEXT: Final = {
    b"PK\x03\x04": ("It is a spreadsheet or an archive, not text.", "Save it as CSV UTF-8."),
    codecs.BOM_UTF16_LE: ("It is written in UTF-16.", "Save it as CSV UTF-8."),
    codecs.BOM_UTF16_BE: ("It is written in UTF-16.", "Save it as CSV UTF-8."),
}


@dataclass(frozen=True, slots=True)
class _Seen:
    """Which file was read, and when it was last written: the same one again need not be read again."""

    inode: int
    size: int
    written_ns: int


class FileInventory:
    """An Inventory read from one file, which is only ever read; raises InventoryUnreadable."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last: tuple[_Seen, ProductRead] | None = None

    async def read_products(self) -> ProductRead:
        """Every product of the file, read in a thread so that leases go on being renewed."""
        return await asyncio.to_thread(self._read)

    async def read_stock(self) -> StockRead:
        """The stock of the same rows; an unchanged file is not read again."""
        read = await self.read_products()
        stock = {product.sku: product.stock for product in read.products if product.stock is not None}
        return StockRead(stock, read.rejected)

    def _read(self) -> ProductRead:
        try:
            seen = self._look()
            if self._last is not None and self._last[0] == seen:
                return self._last[1]
            data = self._path.read_bytes()
            changed = self._look() != seen or len(data) != seen.size
        except OSError as error:
            raise self._unreadable(
                f"{error.strerror or 'The system cannot open it'}.",
                "Check the path and that this user may read it.",
            ) from None
        if changed:
            raise self._unreadable("It was written to while being read.", "It is tried again by itself.")
        try:
            read = _parse(_text(data), is_json=self._path.suffix.lower() == ".json")
        except UnreadableTable as error:
            where = "" if error.line is None else f"Line {error.line}: "
            raise self._unreadable(f"{where}{error.why}", error.cure) from None
        self._last = (seen, read)
        return read

    def _look(self) -> _Seen:
        try:
            found = self._path.stat()
        except ValueError:
            raise self._unreadable(
                "Its name holds a character that no file has.", "Check the path."
            ) from None
        if not stat.S_ISREG(found.st_mode):
            kind = "a folder" if stat.S_ISDIR(found.st_mode) else "not an ordinary file"
            raise self._unreadable(f"It is {kind}.", "Name the CSV or JSON file itself.")
        if found.st_size > LARGEST_FILE:
            raise self._unreadable(
                f"It has {found.st_size} bytes, more than {LARGEST_FILE}.", "Export the products alone."
            )
        return _Seen(found.st_ino, found.st_size, found.st_mtime_ns)

    def _unreadable(self, why: str, cure: str) -> InventoryUnreadable:
        return InventoryUnreadable(
            f"The inventory file {clean_line(str(self._path), 200)} cannot be read; nothing was changed.",
            why,
            cure,
        )


def _text(data: bytes) -> str:
    for start, (why, cure) in _NOT_TEXT.items():
        if data.startswith(start):
            raise UnreadableTable(why, cure)
    if b"\0" in data:
        raise UnreadableTable("It is not text.", "Save it as CSV UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableTable("It is not written in UTF-8.", "Save it as CSV UTF-8.", line=line) from None


def _parse(text: str, *, is_json: bool) -> ProductRead:
    if not text.strip():
        raise UnreadableTable("It is empty.", "Export the inventory again.")
    table = read_json(text) if is_json or text.lstrip()[0] in "[{" else read_csv(text)
    if not table.rows and not table.rejected:
        raise UnreadableTable("It holds no products.", "Export the inventory again.")
    products: dict[str, Product] = {}
    stated: list[str] = []
    rejected = list(table.rejected)
    for row in table.rows:
        product, problems = product_of(row, decimal_comma=table.decimal_comma)
        rejected += problems
        if product is None:
            continue
        if product.sku in products:
            why = "this SKU is in an earlier row, which was taken"
            rejected.append(Rejected(row.number, "sku", clean_line(product.sku, 60), why))
            continue
        products[product.sku] = product
        if row.cells.get("kind"):
            stated.append(product.sku)
    rejected.sort(key=lambda entry: int(entry.row))
    return ProductRead(with_kinds(products.values(), stated), tuple(rejected))
