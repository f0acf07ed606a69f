"""TikTok's limits for a listing by market, from one data file that names each one's source."""

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final

_ALIASES: Final = {"UK": "GB"}


@dataclass(frozen=True, slots=True)
class ListingLimits:
    """What one market allows: characters and pixels. `listing_limits.toml` names each source."""

    title_least: int
    title_most: int
    title_repeats: int
    description_most: int
    description_images_most: int
    description_tags: frozenset[str]
    images_most: int
    image_side_least: int
    image_side_most: int
    image_bytes_most: int
    image_formats: frozenset[str]
    size_chart_side_least: int
    picture_side_least: int
    picture_side_most: int
    certificate_formats: frozenset[str]
    document_bytes_most: int
    skus_most: int
    sides_most: int
    side_name_most: int
    side_value_most: int
    seller_sku_least: int
    seller_sku_most: int
    seller_sku_pattern: re.Pattern[str]
    currency: str
    """Empty where it is not known."""
    price_least: Decimal
    price_most: Decimal
    weight_most_kg: Decimal
    quantity_most: int


@cache
def limits_for(region: str) -> ListingLimits:
    """The limits of a market such as GB; those without a rule of their own have the general ones."""
    market = _ALIASES.get(region.upper(), region.upper())
    values: dict[str, Any] = {}
    for row in _rows():
        if market in row.get("regions", (market,)) and ("regions" in row or row["name"] not in values):
            values[row["name"]] = row["value"]
    words = ("description_tags", "image_formats", "certificate_formats")
    amounts = ("price_least", "price_most", "weight_most_kg")
    return ListingLimits(
        **{
            **values,
            **{name: frozenset(values[name].split()) for name in words},
            **{name: Decimal(values[name]) for name in amounts},
            "seller_sku_pattern": re.compile(values["seller_sku_pattern"]),
        }
    )


@cache
def _rows() -> list[dict[str, Any]]:
    text = files(__package__).joinpath("listing_limits.toml").read_text("utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)["limit"]
    return rows
