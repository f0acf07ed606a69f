"""Products and unmapped channel SKUs with known answers, as in a shop that was filled by hand."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from core.models.product import Product
from core.rules.matching import Unmapped

_START: Final = (
    "b",
    "br",
    "c",
    "d",
    "f",
    "g",
    "gr",
    "h",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "st",
    "t",
    "v",
    "w",
)
_MIDDLE: Final = ("a", "e", "i", "o", "u", "ay", "ea", "oo")
_END: Final = ("ck", "d", "ll", "m", "n", "nd", "r", "rn", "s", "st", "t", "x")
_NOUNS: Final = (
    "mug", "desk lamp", "bath towel", "cushion cover", "dinner plate", "storage basket", "wall clock",
    "phone case", "yoga mat", "water bottle", "picture frame", "door mat", "table runner", "plant pot",
    "candle", "serving bowl", "laundry bag", "shower curtain", "duvet cover", "bread bin", "kettle",
    "chopping board", "dog lead", "cat bed", "bird feeder", "garden trowel", "rain gauge", "tool box",
)  # fmt: skip
_MATERIALS: Final = (
    "oak",
    "steel",
    "cotton",
    "linen",
    "glass",
    "ceramic",
    "bamboo",
    "leather",
    "wool",
    "brass",
)
_COLOURS: Final = ("blue", "green", "red", "black", "white", "grey", "navy", "sand", "teal", "rust")
_SIZES: Final = (
    "330 ml",
    "500 ml",
    "30 cm",
    "45 cm",
    "60 cm",
    "small",
    "medium",
    "large",
    "pack of 2",
    "pack of 6",
)
_SALES_TALK: Final = ("NEW", "UK seller", "free delivery", "best gift", "2026")


@dataclass(frozen=True, slots=True)
class Goods:
    """The inventory, the unmapped SKUs, and for each of these its Avasam SKU, or None when it has none."""

    products: list[Product]
    unmapped: list[Unmapped]
    answers: dict[str, str | None]


def make(products: int, unmapped: int, *, seed: int = 5) -> Goods:
    """That many of both. A third of the channel SKUs can be told by their title alone, a tenth not at all."""
    rng = random.Random(seed)
    brands = [_name(rng) for _ in range(80)]
    lines = [_name(rng) for _ in range(500)]
    inventory = list(_products(rng, products, brands, lines))
    made = Goods(inventory, [], {})
    for number, product in enumerate(rng.sample(inventory, unmapped)):
        sku_id = f"{17_000_000_000 + number}"
        seller_sku, title, known = _listed(rng, product, brands, lines)
        made.unmapped.append(Unmapped(sku_id, f"p{sku_id}", seller_sku, title))
        made.answers[sku_id] = product.sku if known else None
    return made


def _products(rng: random.Random, count: int, brands: list[str], lines: list[str]) -> Iterator[Product]:
    number = 0
    while number < count:
        words = [rng.choice(brands), rng.choice(lines), rng.choice(_MATERIALS), rng.choice(_NOUNS)]
        colours = rng.sample(_COLOURS, rng.choice((1, 1, 2, 4)))
        for colour in colours[: count - number]:
            size = rng.choice(_SIZES)
            yield Product(
                sku=f"{words[0][:2].upper()}{10_000 + number}-{colour[:3].upper()}",
                title=f"{' '.join(words)}, {colour}, {size}".capitalize(),
                barcode=f"50{number:011}",
                stock=number % 90,
            )
            number += 1


def _listed(
    rng: random.Random, product: Product, brands: list[str], lines: list[str]
) -> tuple[str, str, bool]:
    """The seller SKU and title under which somebody listed it, and whether it is that product at all.

    A fifth have the title of the whole listing, without colour and size: TikTok's search tells no more.
    """
    bare = rng.random() < 0.2
    title = _retold(rng, product.title.partition(",")[0] if bare else product.title)
    draw = rng.random()
    if draw < 0.30:
        return product.sku, title, True
    if draw < 0.42:
        return product.sku.lower().replace("-", "_"), title, True
    if draw < 0.50:
        return f"TT-{product.sku}", title, True
    if draw < 0.58:
        return str(product.barcode), title, True
    if draw < 0.90:
        return rng.choice(("", f"own-{rng.randrange(10**6):06}")), title, True
    own = (
        f"{rng.choice(brands)} {rng.choice(lines)} hand-painted {rng.choice(_NOUNS)}, {rng.choice(_COLOURS)}"
    )
    return f"own-{rng.randrange(10**6):06}", own, False


def _retold(rng: random.Random, title: str) -> str:
    """The title as another hand would type it: words in another order, one left out, one misspelt, praise."""
    words = title.replace(",", "").split()
    if rng.random() < 0.4:
        rng.shuffle(words)
    if rng.random() < 0.3:
        del words[rng.randrange(len(words))]
    if rng.random() < 0.3:
        place = max(range(len(words)), key=lambda one: len(words[one]))
        cut = rng.randrange(1, len(words[place]))
        words[place] = words[place][:cut] + words[place][cut + 1 :]
    if rng.random() < 0.4:
        words.append(rng.choice(_SALES_TALK))
    return " ".join(words)


def _name(rng: random.Random) -> str:
    syllables = (
        rng.choice(_START) + rng.choice(_MIDDLE) + rng.choice(("", rng.choice(_END))) for _ in range(3)
    )
    return "".join(syllables)
