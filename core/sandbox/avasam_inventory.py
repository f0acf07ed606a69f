"""Avasam's three ways to read the goods: product list, stock list, and inventory with a filter."""

import operator
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from core.sandbox.avasam_fields import Body, Refused, digits, whole
from core.sandbox.avasam_orders import AvasamSandbox
from core.sandbox.avasam_rows import Row, cost_of, inventory_row, product_row
from core.sandbox.model import AvasamProduct, World

LARGEST_PAGE: Final = 1_000
COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "=": operator.eq,
}

Fits = Callable[[AvasamProduct], bool]


class Inventory:
    """Reads the world's goods; who is whose child is looked up once for as long as the goods are the same."""

    def __init__(self, sandbox: AvasamSandbox) -> None:
        self._sandbox = sandbox
        self._read: tuple[World, int] | None = None
        self._all: list[AvasamProduct] = []
        self._fronts: list[AvasamProduct] = []
        self._children: list[AvasamProduct] = []
        self._family: dict[str, list[AvasamProduct]] = {}

    def product_list(self, body: Body, images: str) -> list[Row]:
        """`{Page, Limit}`, capital letters and zero-based: a bare array of every row there is (§1.2)."""
        page, limit = whole(body, "Page"), whole(body, "Limit", least=1)
        self._look()
        return [
            product_row(row, self._family.get(row.sku, ()), images) for row in _page(self._all, page, limit)
        ]

    def stock_list(self, body: Body) -> list[Row]:
        """`{limit, page}`, small letters: a bare array; goods of unknown stock are not in it (§1.3)."""
        limit, page = whole(body, "limit", least=1), whole(body, "page")
        self._look()
        known = [row for row in self._all if row.stock is not None]
        return [{"SKU": row.sku, "Stock": row.stock} for row in _page(known, page, limit)]

    def filtered(self, body: Body, images: str) -> Row:
        """Singles and parents, or children alone, wrapped as the live service does it (§1.4)."""
        page = whole(body, "page")
        limit = digits(body, "limit") if isinstance(body.get("limit"), str) else whole(body, "limit", least=1)
        self._look()
        children_only = body.get("Variation") == "true" and body.get("Showchild") == "true"
        rows = self._children if children_only else self._fronts
        for fits in self._conditions(body):
            rows = [row for row in rows if fits(row)]
        rows = self._sorted(rows, str(body.get("Sortby", "")), down=body.get("SortStatus") == "down")
        shown = [
            inventory_row(row, self._family.get(row.sku, ()), images) for row in _page(rows, page, limit)
        ]
        return {"body": {"data": shown, "total": len(rows)}, "status": True}

    def _look(self) -> None:
        world = self._sandbox.world
        if self._read is not None and self._read[0] is world and self._read[1] == len(world.avasam_products):
            return
        self._read = (world, len(world.avasam_products))
        self._all = list(world.avasam_products.values())
        by_sku = sorted(self._all, key=lambda row: row.sku)
        self._fronts = [row for row in by_sku if not row.parent_sku]
        self._children = [row for row in by_sku if row.parent_sku]
        self._family = {}
        for child in self._children:
            self._family.setdefault(child.parent_sku, []).append(child)

    def _conditions(self, body: Body) -> Iterable[Fits]:
        """`Supplier` is really the search text; a comparison of "0" or "" is none."""
        search = str(body.get("Supplier") or "").casefold()
        if search:
            yield lambda row: search in row.sku.casefold() or search in row.title.casefold()
        for field, shown in (("Category", "category_id"), ("CategoryName", "category")):
            if body.get(field):
                yield _has(shown, body[field])
        if body.get("IsMapped") == "Yes":
            yield lambda row: False
        for sign, value in (("PriceDelimeter", "PriceValue"), ("PriceMaxDelimeter", "PriceMaxValue")):
            yield from self._compare(body, sign, value, self._cost)
        yield from self._compare(body, "StockValue", "Stock", lambda row: row.stock)

    def _compare(
        self, body: Body, sign: str, value: str, of: Callable[[AvasamProduct], Decimal | int | None]
    ) -> Iterable[Fits]:
        given = body.get(sign)
        if given in (None, "", "0", 0):
            return
        compare = COMPARISONS.get(str(given))
        if compare is None:
            raise Refused(400, f"The field {sign} must be one of {', '.join(COMPARISONS)}.")
        try:
            bound = Decimal(str(body.get(value)))
        except InvalidOperation:
            bound = Decimal("NaN")
        if not bound.is_finite():
            raise Refused(400, f"The field {value} must be a number.")
        yield lambda row: (amount := of(row)) is not None and compare(amount, bound)

    def _cost(self, row: AvasamProduct) -> Decimal:
        return cost_of(row, self._family.get(row.sku, ()))

    def _sorted(self, rows: list[AvasamProduct], field: str, *, down: bool) -> list[AvasamProduct]:
        """The rows, which stand by SKU already, by another field if that is one to sort by."""
        keys: dict[str, Callable[[AvasamProduct], Any]] = {
            "Title": lambda row: row.title,
            "Number": lambda row: row.number,
            "Price": self._cost,
            "Stock": lambda row: row.stock or 0,
        }
        if field in keys:
            rows = sorted(rows, key=keys[field])
        return rows[::-1] if down else rows


def _has(shown: str, wanted: object) -> Fits:
    return lambda row: getattr(row, shown) == wanted


def _page(rows: list[AvasamProduct], page: int, limit: int) -> list[AvasamProduct]:
    if limit > LARGEST_PAGE:
        raise Refused(400, f"A page has {LARGEST_PAGE} rows at most.")
    return rows[page * limit : (page + 1) * limit]
