"""Avasam's rows as products: two lists and a stock list, merged (avasam-api §1.2 to §1.4)."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final, TypedDict, TypeVar

from core.inventory import cells as read
from core.inventory.avasam_wire import Row
from core.inventory.cells import BadCell
from core.inventory.port import ProductRead, Rejected
from core.models.product import Product, ProductKind
from core.text import clean_line, clean_text

T = TypeVar("T")

_RANGE: Final = re.compile(r"\s*[£€$]?\s*[0-9.,]+\s*[-–—]\s*[£€$]?\s*[0-9.,]+\s*")
_PENNY: Final = Decimal("0.01")
_EXACT: Final = Context(prec=60)


class Known(TypedDict, total=False):
    """What one list tells of a product; a value that it does not tell is absent."""

    title: str
    description: str
    category: str
    category_id: str
    barcode: str
    stock: int
    cost_ex: Decimal
    vat_percent: Decimal
    retail_ex: Decimal
    retail_inc: Decimal
    supplier_key: str
    images: tuple[str, ...]
    attributes: dict[str, str]
    parent_sku: str
    has_children: bool


@dataclass(slots=True)
class Gathered:
    """Rows as their pages come in, keyed by SKU, and what was refused of them."""

    inventory: dict[str, Known] = field(default_factory=dict)
    """Sourced inventory, both views."""
    catalogue: dict[str, Known] = field(default_factory=dict)
    """The product list, which alone has descriptions and pictures, and no stock."""
    stock: dict[str, int] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)
    _numbers: dict[str, str] = field(default_factory=dict)

    def add_inventory(self, rows: Iterable[Row]) -> None:
        """Rows of either view. A row that comes twice, as when pages move, is merged by its `Number`."""
        for row in rows:
            sku = self._sku(row)
            if sku is None:
                continue
            number = _optional(row, "Number") or sku
            if self._numbers.setdefault(sku, number) != number:
                why = f"another product, number {self._numbers[sku]}, has this SKU already"
                self.rejected.append(Rejected(sku, "SKU", number, why))
                continue
            self.inventory[sku] = {
                **self.inventory.get(sku, Known()),
                **_inventory_row(self._taker(sku, row)),
            }

    def add_catalogue(self, rows: Iterable[Row]) -> None:
        """Rows of the product list."""
        for row in rows:
            sku = self._sku(row)
            if sku is not None:
                self.catalogue[sku] = _catalogue_row(self._taker(sku, row))

    def add_stock(self, rows: Iterable[Row]) -> None:
        """Rows of the stock list; a missing or unreadable stock is not in it, and never 0."""
        for row in rows:
            sku = self._sku(row)
            stock = None if sku is None else self._taker(sku, row).take(("Stock",), read.whole)
            if sku is not None and stock is not None:
                self.stock[sku] = stock

    def products(self) -> ProductRead:
        """Every product of the lists: the inventory's word first, for it is the one that is filtered live."""
        merged: dict[str, Known] = {}
        for sku in dict.fromkeys([*self.inventory, *self.catalogue]):
            listed, sourced = self.catalogue.get(sku, Known()), self.inventory.get(sku, Known())
            merged[sku] = {**listed, **sourced}
            merged[sku]["images"] = tuple(
                dict.fromkeys((*listed.get("images", ()), *sourced.get("images", ())))
            )
            if sku in self.stock:
                merged[sku]["stock"] = self.stock[sku]
        parents = {known["parent_sku"] for known in merged.values() if "parent_sku" in known}
        products = tuple(_product(sku, known, is_parent=sku in parents) for sku, known in merged.items())
        return ProductRead(products, tuple(self.rejected))

    def _sku(self, row: Row) -> str | None:
        try:
            return read.sku(row.get("SKU"))
        except BadCell as bad:
            self.rejected.append(
                Rejected(_optional(row, "Number"), "SKU", read.shown(row.get("SKU")), str(bad))
            )
            return None

    def _taker(self, sku: str, row: Row) -> "_Taker":
        return _Taker(sku, row, self.rejected)


@dataclass(frozen=True, slots=True)
class _Taker:
    """Takes one row's values; one that is wrong is reported and stays unknown."""

    sku: str
    row: Row
    rejected: list[Rejected]

    def take(self, names: tuple[str, ...], parse: Callable[[object], T | None]) -> T | None:
        """The first of the spellings that is there and not blank."""
        for name in names:
            value = self.row.get(name)
            if value is None or value == "":
                continue
            try:
                return parse(value)
            except BadCell as bad:
                why = f"{bad}; left out"
                self.rejected.append(Rejected(self.sku, name, read.shown(value), why, kept=True))
        return None


def _inventory_row(taker: _Taker) -> Known:
    known = _common(taker)
    _put(known, "has_children", str(taker.row.get("HasVariations")).lower() == "true" or None)
    _put(known, "supplier_key", taker.take(("authkey",), _line))
    parent = taker.take(("ParentSKU",), read.sku)
    if parent is not None and parent != taker.sku:
        known["parent_sku"] = parent
    return known


def _catalogue_row(taker: _Taker) -> Known:
    known = _common(taker)
    _put(known, "has_children", bool(taker.row.get("Variations")) or None)
    _put(known, "barcode", taker.take(("BarCode",), read.barcode))
    _put(known, "description", taker.take(("Description", "MultiDescription"), _long))
    _put(known, "attributes", taker.take(("ExtendedProperties",), _properties))
    return known


def _common(taker: _Taker) -> Known:
    known = Known()
    _put(known, "title", taker.take(("Title", "MultiTitle"), _line))
    _put(known, "category", taker.take(("Category",), _line))
    _put(known, "category_id", taker.take(("CategoryId",), _line))
    _put(known, "stock", taker.take(("Stock",), read.whole))
    _put(known, "cost_ex", taker.take(("Price",), _price))
    _put(known, "vat_percent", taker.take(("VATPercentage", "Vat"), read.percent))
    _put(known, "retail_ex", taker.take(("RetailPrice",), _price))
    _put(known, "retail_inc", taker.take(("RetailPriceIncVat",), _price))
    _put(known, "images", _images(taker.row))
    return known


def _put(known: Known, name: str, value: object) -> None:
    if value is not None and value != "" and value != ():
        known[name] = value  # type: ignore[literal-required]  # each caller pairs a name with its parser


def _product(sku: str, known: Known, *, is_parent: bool) -> Product:
    """A parent has no cost of its own: one list shows a range of its children's, the other one of them."""
    kind = ProductKind.SINGLE
    if "parent_sku" in known:
        kind = ProductKind.CHILD
    elif is_parent or known.get("has_children"):
        kind = ProductKind.PARENT
    return Product(
        sku=sku,
        kind=kind,
        parent_sku=known.get("parent_sku"),
        title=known.get("title", sku),
        description=known.get("description", ""),
        category=known.get("category", ""),
        category_id=known.get("category_id", ""),
        barcode=known.get("barcode"),
        stock=known.get("stock"),
        cost_ex=None if kind is ProductKind.PARENT else known.get("cost_ex"),
        vat_percent=known.get("vat_percent"),
        selling_price=_selling_price(known),
        supplier_key=known.get("supplier_key", ""),
        images=known.get("images", ()),
        attributes=known.get("attributes", {}),
    )


def _selling_price(known: Known) -> Decimal | None:
    """The recommended retail price with VAT; Avasam writes 0 where there is none."""
    if known.get("retail_inc"):
        return known["retail_inc"].quantize(_PENNY, ROUND_HALF_UP)
    if known.get("retail_ex") and "vat_percent" in known:
        gross = _EXACT.multiply(known["retail_ex"], 1 + known["vat_percent"] * _PENNY)
        return gross.quantize(_PENNY, ROUND_HALF_UP)
    return None


def _price(value: object) -> Decimal | None:
    """An amount in pounds; the range that variation parents show is no price."""
    if isinstance(value, str) and _RANGE.fullmatch(value):
        return None
    return read.amount(value)


def _line(value: object) -> str:
    return clean_line(read.text_of(_english(value)))


def _long(value: object) -> str:
    return clean_text(read.text_of(_english(value)))


def _english(value: object) -> object:
    """`MultiTitle` and `MultiDescription` are `{"en": ...}`."""
    return value.get("en") if isinstance(value, dict) else value


def _properties(value: object) -> dict[str, str]:
    entries = value if isinstance(value, list) else []
    pairs = [(_line(e.get("Name")), _line(e.get("Value"))) for e in entries if isinstance(e, dict)]
    return {name: text for name, text in pairs if name and text}


def _optional(row: Row, name: str) -> str:
    value = row.get(name)
    return clean_line(value) if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _images(row: Row) -> tuple[str, ...]:
    """Every address of a picture, the main one first; a path without a host leads nowhere and is left out."""
    several = row.get("ProductImage")
    given = [row.get("Image"), row.get("image"), *(several if isinstance(several, list) else [several])]
    taken: list[str] = []
    for value in given:
        try:
            taken.append(read.image(value))
        except BadCell:
            continue
    return tuple(dict.fromkeys(taken))
