"""The merchant's goods as Avasam lists them: singles, variation parents and their children."""

import itertools
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from core.sandbox.model import AvasamProduct
from core.sandbox.tree import BRANDS, SALES_VALUES, Leaf, sellable_leaves

RANGES: Final = (
    "Alder", "Bramble", "Cove", "Dovedale", "Elmet", "Fallow", "Gorse", "Heath", "Iris", "Kelso", "Lark",
    "Moss", "Nettle", "Orchard", "Pebble", "Quarry", "Rowan", "Sorrel", "Thistle", "Umber", "Willow",
    "Yarrow",
)  # fmt: skip
SUPPLIERS: Final = tuple(
    (prefix, f"{prefix}7Q{place:02d}K4M9X2{prefix}"[:16])
    for place, prefix in enumerate(("ZIZ", "HMW", "BRX", "LND", "PKT", "OSK", "TWD", "NMR"))
)
CODES: Final = {"Extra Large": "XL", "Pack of 2": "P2", "Pack of 4": "P4", "Pack of 6": "P6"}
CATEGORY_IDS: Final = {leaf.name: str(25_105_100 + place) for place, leaf in enumerate(sellable_leaves())}
"""Avasam's own number for each of its categories."""
PENNY: Final = Decimal("0.01")
MANGLED_BARCODE: Final = "5.06005E+12"
EARLY: Final = 5
"""Rows before this one (a single and a family) are well stocked, so that the smallest world can sell."""


@dataclass(slots=True)
class Range:
    """One thing as a buyer sees it: a single, or a parent (`rows[0]`) with its children."""

    rows: list[AvasamProduct]
    leaf: Leaf
    brand: str
    material: str
    varies: tuple[str, ...] = ()

    @property
    def sellable(self) -> list[AvasamProduct]:
        """The rows that have stock and a price of their own."""
        return self.rows[1:] if self.varies else self.rows


def make_ranges(rng: random.Random, rows: int) -> Iterator[Range]:
    """Ranges with exactly that many Avasam rows in all; the second one always has variations."""
    leaves = sellable_leaves()
    made = 0
    for place in itertools.count():
        left = rows - made
        if left <= 0:
            return
        leaf = leaves[rng.randrange(len(leaves))]
        children = min(_children(rng, place), _combinations(leaf))
        found = _make(rng, leaf, made, children if children < left else 0)
        made += len(found.rows)
        yield found


def shelf_price(amount: Decimal) -> str:
    """The price ending in .99 within the same whole pound or dollar."""
    return str(amount.to_integral_value(rounding=ROUND_FLOOR) + Decimal("0.99"))


def ean13(number: int) -> str:
    """A well-formed EAN-13 with its check digit."""
    body = f"5060{number % 10**8:08d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


def _children(rng: random.Random, place: int) -> int:
    if place == 1:
        return 3
    return rng.choice((2, 3, 4, 4, 6, 8)) if rng.random() < 0.3 else 0


def _make(rng: random.Random, leaf: Leaf, index: int, children: int) -> Range:
    brand = BRANDS[rng.randrange(len(BRANDS))]
    material = leaf.materials[rng.randrange(len(leaf.materials))]
    noun = leaf.nouns[rng.randrange(len(leaf.nouns))]
    title = f"{brand} {RANGES[rng.randrange(len(RANGES))]} {material} {noun}"
    sku = f"{brand[:2].upper()}{10_000 + index}"
    prefix, key = SUPPLIERS[rng.randrange(len(SUPPLIERS))]
    cost = Decimal(rng.randint(*leaf.pence)) / 100
    weight = str(Decimal(leaf.grams + rng.randrange(0, 200, 10)) / 1000)
    description = _describe(title, material, leaf)

    def row(sku: str, title: str, cost: Decimal, attributes: dict[str, str], number: int) -> AvasamProduct:
        draw = rng.uniform(0.1, 0.9) if index < EARLY else rng.random()
        return AvasamProduct(
            sku=sku,
            number=f"{prefix}{number:06d}_{sku.rpartition('-')[2]}",
            title=title,
            price=str(cost.quantize(PENNY)),
            retail_price=str((Decimal(shelf_price(cost * Decimal("2.4"))) / Decimal("1.2")).quantize(PENNY)),
            vat=20,
            stock=None if draw < 0.02 else 0 if draw < 0.07 else rng.randint(20 if index < EARLY else 1, 240),
            category=leaf.name,
            category_id=CATEGORY_IDS[leaf.name],
            description=description,
            barcode=None if draw > 0.97 else MANGLED_BARCODE if draw > 0.94 else ean13(number),
            images=[f"tos-sandbox/{number}", f"tos-sandbox/{number + 50_000_000}"],
            attributes=attributes,
            supplier_key=key,
            shipping_price=None if draw > 0.8 else ("2.95", "3.49", "4.25")[number % 3],
            weight=weight,
        )

    if not children:
        return Range([row(sku, title, cost, {"Material": material}, index)], leaf, brand, material)
    parent = row(sku, title, cost, {"Material": material}, index)
    parent.has_variations, parent.stock, parent.barcode, parent.shipping_price = True, None, None, None
    found = Range([parent], leaf, brand, material, leaf.varies)
    for place, chosen in enumerate(_choices(rng, leaf, children), start=1):
        child = row(
            "-".join((sku, *(CODES.get(value, value[:3].upper()) for value in chosen))),
            f"{title} - {', '.join(chosen)}",
            cost + Decimal(place * 35) / 100,
            dict(zip(leaf.varies, chosen, strict=True)),
            index + place,
        )
        child.parent_sku = sku
        found.rows.append(child)
    return found


def _combinations(leaf: Leaf) -> int:
    return math.prod(len(SALES_VALUES[name]) for name in leaf.varies)


def _choices(rng: random.Random, leaf: Leaf, children: int) -> list[tuple[str, ...]]:
    """That many different combinations of the values of what varies (1 to 3 attributes)."""
    combinations = list(itertools.product(*(SALES_VALUES[name] for name in leaf.varies)))
    start = rng.randrange(len(combinations))
    stride = len(combinations) // children
    return [combinations[(start + place * stride) % len(combinations)] for place in range(children)]


def _describe(title: str, material: str, leaf: Leaf) -> str:
    return (
        f"<p><b>{title}</b></p><p>Made from {material.lower()} and finished by hand. "
        f"Part of our {leaf.name.lower()} range; sent from the United Kingdom.</p>"
        "<ul><li>Wipe clean or wash at 30 degrees</li><li>Recyclable packaging</li></ul>"
    )
