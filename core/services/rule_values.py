"""What a person types into a pricing rule, checked field by field, and what a rule says in words (A24)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from core import tables
from core.models.listing import PricingRule
from core.services.errors import ServiceError
from core.store import Reader
from core.text import clean_line

NUMBERS: Final = ("percent", "fixed", "ending", "floor_percent")
_NAMES: Final = {
    "percent": "percentage",
    "fixed": "fixed amount",
    "ending": "ending",
    "floor_percent": "floor",
}
_PER_CENT: Final = frozenset({"percent", "floor_percent"})
_NUMBER: Final = re.compile(r"[+-]?([0-9]{1,20}(\.[0-9]{0,20})?|\.[0-9]{1,20})")
_NAME_LIMIT: Final = 100


def number(field: str, text: str) -> Decimal | None:
    """A number of a rule; None for an empty text. Raises ServiceError in words."""
    typed = text.strip()
    if field in _PER_CENT:
        typed = typed.removesuffix("%").rstrip()
    if not typed:
        return None
    if "," in typed:
        raise ServiceError(
            f"The {_NAMES[field]} {clean_line(typed, 30)} has a comma", "Write 12.5, with a point."
        )
    if typed.endswith("%"):
        cure = "Write 12.5, or fill in the percentage instead."
        raise ServiceError(f"The {_NAMES[field]} {clean_line(typed, 30)} is a percentage", cure)
    if not _NUMBER.fullmatch(typed):
        raise ServiceError(f"{clean_line(typed, 30)!r} is not a number", "Write 12.5, with a point.")
    amount = Decimal(typed) + 0
    if field == "ending" and not 0 <= amount < 1:
        raise ServiceError(f"The ending {typed} is not from .00 to .99", "Type .99, or nothing for none.")
    if field == "floor_percent" and amount < 0:
        raise ServiceError("The floor is below cost", "A floor is 0 % or more over cost.")
    if field == "percent" and amount <= -100:
        raise ServiceError(f"It takes off {-amount} %", "Take off less than 100 %.")
    return amount


def names(text: str) -> tuple[str, ...]:
    """Suppliers or categories, with commas or line ends between them."""
    parts = (clean_line(part, _NAME_LIMIT) for part in text.replace("\n", ",").split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Suppliers and Avasam categories of the inventory, as it spells them."""

    suppliers: tuple[str, ...]
    categories: tuple[str, ...]

    def unknown(self, field: str, wanted: Iterable[str]) -> list[str]:
        """Those that no product has: a rule for them would price nothing."""
        there = {name.casefold() for name in getattr(self, field)}
        return [name for name in wanted if name.casefold() not in there]


async def known_names(store: Reader) -> KnownNames:
    """Read from every product, ids among them."""
    suppliers: set[str] = set()
    categories: set[str] = set()
    fields = ("supplier", "supplier_key", "category", "category_id")
    async for chunk in store.columns(tables.PRODUCTS, fields):
        for _, (supplier, supplier_key, category, category_id) in chunk:
            suppliers |= {str(one) for one in (supplier, supplier_key) if one}
            categories |= {str(one) for one in (category, category_id) if one}
    return KnownNames(tuple(sorted(suppliers)), tuple(sorted(categories)))


def formula(rule: PricingRule) -> str:
    """How it works a price out: `(cost + shipping) + 40 % + VAT, up to .99`."""
    base = "(cost + shipping)" if rule.include_shipping else "cost"
    if rule.percent is not None:
        sign = "-" if rule.percent < 0 else "+"
        step = f" {sign} {_plain(abs(rule.percent))} %"
    elif rule.fixed is not None:
        step = f" {'-' if rule.fixed < 0 else '+'} {abs(rule.fixed):.2f}"
    else:
        step = ""
    ending = "to pennies" if rule.ending is None else f"up to {rule.ending:.2f}".replace("0.", ".")
    return f"{base}{step} + VAT, {ending}"


def scope(rule: PricingRule) -> str:
    """Which of the rows that follow it it prices."""
    parts = [", ".join(rule.suppliers), ", ".join(rule.categories)]
    return " · ".join(part for part in parts if part) or "all"


def floor(rule: PricingRule) -> str:
    """The least margin over cost."""
    return "none" if rule.floor_percent is None else f"cost + {_plain(rule.floor_percent)} %"


def _plain(amount: Decimal) -> str:
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
