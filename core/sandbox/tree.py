"""What the simulated merchants deal in: departments, shelves, kinds of goods, and what those are made of."""

from dataclasses import dataclass
from typing import Final

COLOURS: Final = ("White", "Charcoal", "Sage", "Navy", "Blush", "Mustard", "Natural", "Rust")
SIZES: Final = ("Small", "Medium", "Large", "Extra Large")
PACKS: Final = ("Single", "Pack of 2", "Pack of 4", "Pack of 6")
FINISHES: Final = ("Matt", "Gloss", "Brushed")
SALES_VALUES: Final = {"Colour": COLOURS, "Size": SIZES, "Pack": PACKS, "Finish": FINISHES}
SALES_IDS: Final = {"Colour": "100000", "Size": "100007", "Pack": "100107", "Finish": "100198"}
ROOMS: Final = ("Kitchen", "Bedroom", "Hall")
CERTIFICATES: Final = {"UKCA": "7100001", "EN 71": "7100002"}
MATERIALS: Final = (
    "Bamboo", "Beeswax", "Brass", "Cast Iron", "Ceramic", "Cotton", "Enamel", "Glass", "Linen", "Oak",
    "Paper", "Porcelain", "Rattan", "Seagrass", "Soy Wax", "Steel", "Stoneware", "Terracotta", "Velvet",
    "Wool",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is sold in a leaf category: nouns, cost from low to high in pence, grams, how it varies."""

    name: str
    nouns: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    pence: tuple[int, int] = (200, 2000)
    grams: int = 400
    varies: tuple[str, ...] = ("Colour",)
    permission: str = "AVAILABLE"
    size_chart: bool = False
    certificate: str | None = None
    person: bool = False


TREE: Final[dict[str, dict[str, tuple[Leaf, ...]]]] = {
    "Home Supplies": {
        "Home Decor": (
            Leaf(
                "Candles",
                ("Scented Candle", "Pillar Candle", "Tealight Set"),
                ("Soy Wax", "Beeswax"),
                (180, 1400),
                350,
                ("Pack",),
            ),
            Leaf(
                "Vases",
                ("Bud Vase", "Table Vase", "Tall Vase"),
                ("Stoneware", "Glass"),
                (350, 2600),
                900,
                ("Colour", "Size"),
            ),
            Leaf(
                "Photo Frames",
                ("Photo Frame", "Multi Photo Frame"),
                ("Oak", "Brass"),
                (250, 1800),
                600,
                ("Finish", "Size"),
            ),
            Leaf("Clocks", ("Wall Clock", "Mantel Clock"), ("Oak", "Brass"), (700, 4200), 1100, ("Colour",)),
        ),
        "Home Storage": (
            Leaf(
                "Baskets",
                ("Storage Basket", "Laundry Basket"),
                ("Rattan", "Seagrass"),
                (420, 2400),
                800,
                ("Colour", "Size"),
            ),
            Leaf(
                "Hooks & Rails",
                ("Coat Hook", "Peg Rail"),
                ("Brass", "Oak", "Steel"),
                (150, 1600),
                450,
                ("Finish", "Pack"),
            ),
            Leaf(
                "Shelving",
                ("Floating Shelf", "Ladder Shelf"),
                ("Oak", "Bamboo"),
                (900, 6400),
                3200,
                ("Size",),
            ),
        ),
        "Festive & Party": (
            Leaf("Bunting & Banners", ("Bunting", "Party Banner"), ("Cotton", "Paper"), (120, 800), 150),
            Leaf("Fireworks", permission="PROHIBITED"),
        ),
    },
    "Kitchenware": {
        "Tableware": (
            Leaf(
                "Mugs",
                ("Mug", "Espresso Cup", "Latte Mug"),
                ("Stoneware", "Enamel"),
                (160, 900),
                380,
                ("Colour", "Pack", "Finish"),
            ),
            Leaf(
                "Plates & Bowls",
                ("Dinner Plate", "Pasta Bowl", "Side Plate"),
                ("Stoneware", "Porcelain"),
                (210, 1500),
                620,
                ("Pack",),
            ),
            Leaf("Glassware", ("Tumbler", "Wine Glass", "Carafe"), ("Glass",), (190, 1700), 420, ("Pack",)),
        ),
        "Cookware": (
            Leaf(
                "Pans",
                ("Frying Pan", "Saute Pan", "Saucepan"),
                ("Steel", "Cast Iron"),
                (900, 4800),
                1500,
                ("Size",),
            ),
            Leaf(
                "Bakeware",
                ("Loaf Tin", "Roasting Dish", "Cake Tin"),
                ("Steel", "Stoneware"),
                (280, 2100),
                900,
                ("Size",),
            ),
        ),
        "Kitchen Tools": (
            Leaf(
                "Chopping Boards",
                ("Chopping Board", "Serving Board"),
                ("Oak", "Bamboo"),
                (330, 2600),
                1100,
                ("Size",),
            ),
            Leaf(
                "Kitchen Knives",
                ("Paring Knife", "Bread Knife"),
                ("Steel",),
                (420, 3600),
                220,
                permission="INVITE_ONLY",
            ),
        ),
    },
    "Textiles & Soft Furnishings": {
        "Bedding": (
            Leaf(
                "Throws",
                ("Throw", "Knitted Throw"),
                ("Wool", "Cotton"),
                (800, 4200),
                1200,
                ("Colour", "Size"),
            ),
            Leaf(
                "Pillowcases",
                ("Pillowcase Pair", "Pillowcase"),
                ("Linen", "Cotton"),
                (350, 1600),
                300,
                ("Colour",),
            ),
        ),
        "Cushions": (
            Leaf(
                "Cushion Covers",
                ("Cushion Cover", "Bolster Cover"),
                ("Linen", "Velvet"),
                (240, 1500),
                250,
                ("Colour", "Size"),
            ),
        ),
        "Bath": (
            Leaf(
                "Towels",
                ("Bath Towel", "Hand Towel", "Bath Sheet"),
                ("Cotton", "Bamboo"),
                (260, 1900),
                550,
                ("Colour", "Size"),
            ),
        ),
    },
    "Home Improvement": {
        "Lighting": (
            Leaf(
                "Table Lamps",
                ("Table Lamp", "Desk Lamp"),
                ("Brass", "Ceramic"),
                (1100, 5200),
                1700,
                ("Colour",),
                certificate="UKCA",
            ),
            Leaf(
                "Lampshades",
                ("Lampshade", "Pendant Shade"),
                ("Linen", "Rattan"),
                (500, 2800),
                700,
                ("Colour", "Size"),
            ),
        ),
        "Garden": (
            Leaf(
                "Planters",
                ("Planter", "Hanging Planter", "Trough Planter"),
                ("Terracotta", "Steel"),
                (380, 3600),
                1900,
                ("Size",),
            ),
            Leaf("Garden Chemicals", permission="NON_MAIN_CATEGORY"),
        ),
    },
    "Womenswear & Underwear": {
        "Nightwear": (
            Leaf(
                "Dressing Gowns",
                ("Dressing Gown", "Waffle Robe"),
                ("Cotton", "Linen"),
                (1200, 4600),
                900,
                ("Colour", "Size"),
                size_chart=True,
            ),
        ),
    },
    "Toys & Hobbies": {
        "Soft Toys": (
            Leaf(
                "Plush Toys",
                ("Plush Rabbit", "Plush Bear"),
                ("Cotton", "Wool"),
                (350, 1900),
                300,
                certificate="EN 71",
                person=True,
            ),
        ),
    },
}

BRANDS: Final = (
    "Harrow & Vale", "Northmoor", "Juniper Lane", "Tidewell", "Pennygate", "Marlow Kiln",
    "Fernhurst", "Oak & Otter", "Saltmarsh", "Little Wick", "Brindle House", "Copperfield Row",
)  # fmt: skip


def sellable_leaves() -> list[Leaf]:
    """The leaves in which the simulated merchant has goods."""
    return [leaf for shelves in TREE.values() for kinds in shelves.values() for leaf in kinds if leaf.nouns]
