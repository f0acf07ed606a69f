"""The category tree of the simulated shops: three levels, and for each leaf its attributes and rules."""

from dataclasses import dataclass
from typing import Any, Final

from core.sandbox.model import World

COLOURS: Final = ("White", "Charcoal", "Sage", "Navy", "Blush", "Mustard", "Natural", "Rust")
SIZES: Final = ("Small", "Medium", "Large", "Extra Large")
PACKS: Final = ("Single", "Pack of 2", "Pack of 4", "Pack of 6")
FINISHES: Final = ("Matt", "Gloss", "Brushed")
SALES_VALUES: Final = {"Colour": COLOURS, "Size": SIZES, "Pack": PACKS, "Finish": FINISHES}
SALES_IDS: Final = {"Colour": "100000", "Size": "100007", "Pack": "100107", "Finish": "100198"}
ROOMS: Final = ("Kitchen", "Bedroom", "Hall")
CERTIFICATES: Final = {"UKCA": "7100001", "EN 71": "7100002"}
MATERIALS: Final = ("Oak", "Stoneware", "Linen", "Cotton", "Glass", "Rattan", "Steel", "Bamboo", "Ceramic")


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is sold in a leaf category: nouns, cost from low to high in pence, grams, how it varies."""

    name: str
    nouns: tuple[str, ...] = ()
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
            Leaf("Candles", ("Scented Candle", "Pillar Candle", "Tealight Set"), (180, 1400), 350, ("Pack",)),
            Leaf("Vases", ("Bud Vase", "Table Vase", "Tall Vase"), (350, 2600), 900, ("Colour", "Size")),
            Leaf("Photo Frames", ("Photo Frame", "Multi Photo Frame"), (250, 1800), 600, ("Finish", "Size")),
            Leaf("Clocks", ("Wall Clock", "Mantel Clock"), (700, 4200), 1100, ("Colour",)),
        ),
        "Home Storage": (
            Leaf("Baskets", ("Storage Basket", "Laundry Basket"), (420, 2400), 800, ("Colour", "Size")),
            Leaf("Hooks & Rails", ("Coat Hook", "Peg Rail"), (150, 1600), 450, ("Finish", "Pack")),
            Leaf("Shelving", ("Floating Shelf", "Ladder Shelf"), (900, 6400), 3200, ("Size",)),
        ),
        "Festive & Party": (
            Leaf("Bunting & Banners", ("Bunting", "Party Banner"), (120, 800), 150),
            Leaf("Fireworks", permission="PROHIBITED"),
        ),
    },
    "Kitchenware": {
        "Tableware": (
            Leaf("Mugs", ("Mug", "Espresso Cup", "Latte Mug"), (160, 900), 380, ("Colour", "Pack", "Finish")),
            Leaf("Plates & Bowls", ("Dinner Plate", "Pasta Bowl", "Side Plate"), (210, 1500), 620, ("Pack",)),
            Leaf("Glassware", ("Tumbler", "Wine Glass", "Carafe"), (190, 1700), 420, ("Pack",)),
        ),
        "Cookware": (
            Leaf("Pans", ("Frying Pan", "Saute Pan", "Saucepan"), (900, 4800), 1500, ("Size",)),
            Leaf("Bakeware", ("Loaf Tin", "Roasting Dish", "Cake Tin"), (280, 2100), 900, ("Size",)),
        ),
        "Kitchen Tools": (
            Leaf("Chopping Boards", ("Chopping Board", "Serving Board"), (330, 2600), 1100, ("Size",)),
            Leaf(
                "Kitchen Knives", ("Paring Knife", "Bread Knife"), (420, 3600), 220, permission="INVITE_ONLY"
            ),
        ),
    },
    "Textiles & Soft Furnishings": {
        "Bedding": (
            Leaf("Throws", ("Throw", "Knitted Throw"), (800, 4200), 1200, ("Colour", "Size")),
            Leaf("Pillowcases", ("Pillowcase Pair", "Pillowcase"), (350, 1600), 300, ("Colour",)),
        ),
        "Cushions": (
            Leaf("Cushion Covers", ("Cushion Cover", "Bolster Cover"), (240, 1500), 250, ("Colour", "Size")),
        ),
        "Bath": (
            Leaf("Towels", ("Bath Towel", "Hand Towel", "Bath Sheet"), (260, 1900), 550, ("Colour", "Size")),
        ),
    },
    "Home Improvement": {
        "Lighting": (
            Leaf(
                "Table Lamps", ("Table Lamp", "Desk Lamp"), (1100, 5200), 1700, ("Colour",), certificate="UKCA"
            ),
            Leaf("Lampshades", ("Lampshade", "Pendant Shade"), (500, 2800), 700, ("Colour", "Size")),
        ),
        "Garden": (
            Leaf("Planters", ("Planter", "Hanging Planter", "Trough Planter"), (380, 3600), 1900, ("Size",)),
            Leaf("Garden Chemicals", permission="NON_MAIN_CATEGORY"),
        ),
    },
    "Womenswear & Underwear": {
        "Nightwear": (
            Leaf("Dressing Gowns", ("Dressing Gown", "Waffle Robe"), (1200, 4600), 900, ("Colour", "Size"),
                 size_chart=True),
        ),
    },
    "Toys & Hobbies": {
        "Soft Toys": (
            Leaf(
                "Plush Toys", ("Plush Rabbit", "Plush Bear"), (350, 1900), 300, certificate="EN 71", person=True
            ),
        ),
    },
}  # fmt: skip

BRANDS: Final = (
    "Harrow & Vale", "Northmoor", "Juniper Lane", "Tidewell", "Pennygate", "Marlow Kiln",
    "Fernhurst", "Oak & Otter", "Saltmarsh", "Little Wick", "Brindle House", "Copperfield Row",
)  # fmt: skip


def plant_categories(world: World) -> dict[str, str]:
    """Fill the world's category tree and say which id each leaf has, by name."""
    leaves: dict[str, str] = {}
    number = 600_001
    for department, shelves in TREE.items():
        top, number = str(number), number + 1
        world.categories.append(_node(top, "0", department, leaf=False))
        for shelf, kinds in shelves.items():
            middle, number = str(number), number + 1
            world.categories.append(_node(middle, top, shelf, leaf=False))
            for kind in kinds:
                leaves[kind.name], number = str(number), number + 1
                node = _node(leaves[kind.name], middle, kind.name, leaf=True, permission=kind.permission)
                world.categories.append(node | {"attributes": _attributes(kind), "rules": _rules(kind)})
    return leaves


def sellable_leaves() -> list[Leaf]:
    """The leaves in which the simulated merchant has goods."""
    return [leaf for shelves in TREE.values() for kinds in shelves.values() for leaf in kinds if leaf.nouns]


def value_id(attribute: str, value: str) -> str:
    """The id of a sales attribute's value, as category attributes and SKUs both write it."""
    return f"{SALES_IDS[attribute]}{SALES_VALUES[attribute].index(value) + 1:02d}"


def material_attribute(material: str) -> dict[str, Any]:
    """A product attribute in the shape that product details carry."""
    return {
        "id": "100701",
        "name": "Material",
        "values": [{"id": f"1007{MATERIALS.index(material) + 11}", "name": material}],
    }


def _node(
    number: str, parent: str, name: str, *, leaf: bool, permission: str = "AVAILABLE"
) -> dict[str, Any]:
    return {
        "id": number,
        "parent_id": parent,
        "local_name": name,
        "is_leaf": leaf,
        "permission_statuses": [permission],
    }


def _attributes(leaf: Leaf) -> list[dict[str, Any]]:
    """A leaf's attributes: the wire spells required as `is_requried` (tiktok-shop-api §11)."""
    materials = [{"id": f"1007{place + 11}", "name": name} for place, name in enumerate(MATERIALS)]
    rooms = [{"id": f"1008{place + 11}", "name": name} for place, name in enumerate(ROOMS)]
    origins = [{"id": "1000850", "name": "United Kingdom"}, {"id": "1000851", "name": "Portugal"}]
    attributes = [
        _attribute("100701", "Material", materials, required=leaf.grams >= 600, customisable=True),
        _attribute("100801", "Room", rooms, multiple=True),
        _attribute("100149", "Country of Origin", origins, required=leaf.size_chart),
        _attribute("100398", "Care Instructions", [], customisable=True),
    ]
    for name in leaf.varies:
        values = [{"id": value_id(name, value), "name": value} for value in SALES_VALUES[name]]
        attributes.append(_attribute(SALES_IDS[name], name, values, kind="SALES_PROPERTY", customisable=True))
    return attributes


def _attribute(
    number: str,
    name: str,
    values: list[dict[str, Any]],
    *,
    kind: str = "PRODUCT_PROPERTY",
    required: bool = False,
    customisable: bool = False,
    multiple: bool = False,
) -> dict[str, Any]:
    return {
        "id": number,
        "name": name,
        "type": kind,
        "is_requried": required,
        "is_customizable": customisable,
        "is_multiple_selection": multiple,
        "values": values,
    }


def _rules(leaf: Leaf) -> dict[str, Any]:
    certificates = [
        {
            "id": number,
            "name": f"{name} test report",
            "is_required": True,
            "document_details": "A test report of an accredited laboratory, not older than five years.",
        }
        for name, number in CERTIFICATES.items()
        if name == leaf.certificate
    ]
    return {
        "product_certifications": certificates,
        "size_chart": {"is_supported": leaf.size_chart, "is_required": leaf.size_chart},
        "cod": {"is_supported": False},
        "package_dimension": {"is_required": leaf.grams >= 1000},
        "epr": {"is_required": False},
        "responsible_person": {"is_required": leaf.person},
        "manufacturer": {"is_required": leaf.person},
        "allowed_special_product_types": [],
    }
