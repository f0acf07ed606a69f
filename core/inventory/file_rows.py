"""A row's cells as a product, or every reason why not."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeVar

from core.inventory import cells as read
from core.inventory.cells import BadCell
from core.inventory.file_table import TableRow
from core.inventory.port import Rejected
from core.models.product import Product, ProductKind
from core.text import TEXT_LIMIT, clean_line, clean_text

T = TypeVar("T")

_BETWEEN: Final = "|"


def product_of(row: TableRow, *, decimal_comma: bool) -> tuple[Product | None, tuple[Rejected, ...]]:
    """The product of a row; None when a value that matters is wrong, with all of them named at once.

    A wrong barcode or image is left out and the row kept: nothing is sold wrongly without them.
    """
    taker = _Taker(row)
    currency = taker.take("currency", read.currency, "GBP")

    def amount(value: object) -> object:
        return read.amount(value, currency=currency, decimal_comma=decimal_comma)

    sku = taker.take("sku", read.sku, "")
    parent = taker.take("parent_sku", _parent(sku), None)
    no_attributes: dict[str, str] = {}
    values = {
        "sku": sku,
        "parent_sku": parent,
        "kind": taker.take("kind", _kind(parent), ProductKind.SINGLE),
        "title": taker.take("title", _title, ""),
        "description": taker.take("description", _long, ""),
        "category": taker.take("category", _line, ""),
        "supplier": taker.take("supplier", _line, ""),
        "currency": currency,
        "stock": taker.take("stock", read.whole, None),
        "cost_ex": taker.take("cost_ex", amount, None),
        "shipping_ex": taker.take("shipping_ex", amount, None),
        "vat_percent": taker.take("vat_percent", read.percent, None),
        "selling_price": taker.take("selling_price", amount, None),
        "weight_kg": taker.take("weight_kg", read.amount, None),
        "attributes": taker.take("attributes", _attributes, no_attributes),
        "barcode": taker.take("barcode", read.barcode, None, needed=False),
        "images": taker.take_each("images", read.image),
    }
    if any(not problem.kept for problem in taker.problems):
        return None, tuple(Rejected(p.row, p.field, p.value, p.why) for p in taker.problems)
    return Product.model_validate(values), tuple(taker.problems)


def with_kinds(products: Iterable[Product], stated: Iterable[str]) -> tuple[Product, ...]:
    """Products whose `kind` was left blank are parents when another row names them as such.

    `stated` are the SKUs whose kind the file gave.
    """
    every, said = tuple(products), frozenset(stated)
    parents = {product.parent_sku for product in every} - {None} - said
    return tuple(
        product.model_copy(update={"kind": ProductKind.PARENT})
        if product.sku in parents and product.kind is ProductKind.SINGLE
        else product
        for product in every
    )


class _Taker:
    """Takes one cell after another and remembers what was wrong with each."""

    def __init__(self, row: TableRow) -> None:
        self.problems: list[Rejected] = []
        self._row = row

    def take(self, field: str, parse: Callable[[object], T], default: T, *, needed: bool = True) -> T:
        value = self._row.cells.get(field)
        try:
            return parse(value)
        except BadCell as bad:
            self._refuse(field, value, bad, kept=not needed)
            return default

    def take_each(self, field: str, parse: Callable[[object], T]) -> tuple[T, ...]:
        taken: list[T] = []
        for value in _several(self._row.cells.get(field)):
            try:
                taken.append(parse(value))
            except BadCell as bad:
                self._refuse(field, value, bad, kept=True)
        return tuple(dict.fromkeys(taken))

    def _refuse(self, field: str, value: object, bad: BadCell, *, kept: bool) -> None:
        why = f"{bad}; left out" if kept else str(bad)
        self.problems.append(Rejected(self._row.number, field, read.shown(value), why, kept))


def _title(value: object) -> str:
    title = _line(value)
    if not title:
        raise BadCell("every product needs a title")
    return title


def _line(value: object) -> str:
    return clean_line(read.text_of(value))


def _long(value: object) -> str:
    return clean_text(read.text_of(value), TEXT_LIMIT)


def _parent(sku: str) -> Callable[[object], str | None]:
    def parse(value: object) -> str | None:
        if not read.text_of(value):
            return None
        parent = read.sku(value)
        if parent == sku:
            raise BadCell("a product cannot be its own parent")
        return parent

    return parse


def _kind(parent: str | None) -> Callable[[object], ProductKind]:
    def parse(value: object) -> ProductKind:
        text = read.text_of(value).casefold()
        if not text:
            return ProductKind.SINGLE if parent is None else ProductKind.CHILD
        if text not in set(ProductKind):
            raise BadCell(f"not one of {', '.join(ProductKind)}")
        if (text == ProductKind.CHILD) != (parent is not None):
            raise BadCell("a child, and only a child, names its parent in parent_sku")
        return ProductKind(text)

    return parse


def _several(value: object) -> Iterable[object]:
    if isinstance(value, str):
        return [part for part in value.split(_BETWEEN) if part.strip()]
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _attributes(value: object) -> dict[str, str]:
    """`Colour=Blue|Size=M`, or a JSON object: they tell variations apart, so a wrong one refuses the row."""
    pairs: Iterable[tuple[object, object]]
    if isinstance(value, Mapping):
        pairs = value.items()
    else:
        parts = [part.partition("=") for part in read.text_of(value).split(_BETWEEN) if part.strip()]
        pairs = [(name, content) for name, _, content in parts]
    taken: dict[str, str] = {}
    for name, content in pairs:
        key, text = _line(name), _line(content)
        if not key or not text:
            raise BadCell("write attributes as Colour=Blue|Size=M")
        if key in taken:
            raise BadCell(f"{key} is given twice")
        taken[key] = text
    return taken
