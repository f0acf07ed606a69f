"""What a person types into a listing, checked before it is kept (A22 to A25)."""

import re
from decimal import Decimal
from typing import Final

from core.services.errors import ServiceError
from core.text import clean_line, clean_text

COLLECTION_LIMIT: Final = 60
DESCRIPTION_LIMIT: Final = 20_000
_NUMBER: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,4})?")
_MOST_KG: Final = Decimal(1000)


def price(text: str) -> Decimal:
    """A selling price: more than zero, at most two decimals. Raises ServiceError in words (A24)."""
    amount = _number(text, "price", "12.99")
    if amount <= 0:
        raise ServiceError(f"The price {text} is not more than 0", "Type a price such as 12.99.")
    if amount != round(amount, 2):
        raise ServiceError(f"The price {text} has more than two decimals", "Type a price such as 12.99.")
    return round(amount, 2)


def shipping(text: str) -> Decimal:
    """A shipping price without VAT: zero or more (A23)."""
    return _number(text, "shipping price", "3.49")


def weight(text: str) -> Decimal:
    """A package's weight in kilograms."""
    amount = _number(text, "weight", "0.4, in kilograms")
    if not 0 < amount <= _MOST_KG:
        raise ServiceError(f"The weight {text} is not between 0 and {_MOST_KG} kg", "Type it in kilograms.")
    return amount


def size(text: str) -> tuple[Decimal, Decimal, Decimal]:
    """A package's length x width x height in centimetres, such as 30x20x12."""
    parts = re.split(r"\s*[x×*]\s*", text.strip().lower())
    if len(parts) != 3:
        raise ServiceError(f"{text!r} is not length x width x height", "Type it as 30x20x12, in centimetres.")
    sides = [_number(part, "size", "30x20x12, in centimetres") for part in parts]
    if min(sides) <= 0:
        raise ServiceError("A side of the package is not more than 0", "Type it as 30x20x12.")
    return sides[0], sides[1], sides[2]


def title(text: str) -> str:
    """A title as it will be kept. Raises ServiceError when nothing is left of it."""
    cleaned = clean_line(text)
    if not cleaned:
        raise ServiceError("The title is empty", "Type a title, or reset it to Avasam's.")
    return cleaned


def description(text: str) -> str:
    """A description as it will be kept."""
    return clean_text(text, DESCRIPTION_LIMIT)


def collection(text: str) -> str:
    """A local label; empty takes it away."""
    return clean_line(text, COLLECTION_LIMIT)


def _number(text: str, name: str, example: str) -> Decimal:
    typed = text.strip()
    if "," in typed:
        why = f"The {name} {clean_line(typed, 30)} has a comma"
        raise ServiceError(why, f"Write {example}: a point before the decimals and no other signs.")
    if typed.startswith("-") and _NUMBER.fullmatch(typed[1:]):
        raise ServiceError(f"The {name} {typed} is less than 0", f"Type {example}.")
    if not _NUMBER.fullmatch(typed):
        raise ServiceError(f"The {name} {clean_line(typed, 30)!r} is not a number", f"Type {example}.")
    return Decimal(typed)
