"""One value of a row: read exactly, or refused in words. A blank is unknown (None), never 0."""

import re
from decimal import Decimal
from typing import Final

from core.text import clean_line

LARGEST: Final = 10**9
"""Neither a stock nor a price is larger; what is larger is a barcode in the wrong column."""
DECIMALS: Final = 12
SKU_LIMIT: Final = 200
URL_LIMIT: Final = 2_000

_SIGNS: Final = {"£": "GBP", "€": "EUR", "$": "USD"}
_PLAIN: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_GROUPED: Final = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+\.[0-9]+")
_MAYBE_GROUPED: Final = re.compile(r"[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+")
_WHOLE: Final = re.compile(r"([+-]?[0-9]+)(\.0+)?")
_GTIN: Final = re.compile(r"[0-9]{8}|[0-9]{12,14}")


class BadCell(ValueError):
    """A value that cannot be taken; its text says why, and what to write instead."""


def text_of(value: object) -> str:
    """A cell as text: JSON numbers as they were written, None as blank. Raises BadCell for other shapes."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return _digits(value)
    raise BadCell("expected a text or a number")


def shown(value: object) -> str:
    """What stood there, for a report: one clean line of at most 60 characters."""
    return clean_line(value if isinstance(value, str) else str(value)[:500], 60)


def sku(value: object) -> str:
    """A SKU exactly as it came, but for outer blanks: it goes back to Avasam in orders."""
    text = text_of(value)
    if not text:
        raise BadCell("every product needs a SKU")
    if len(text) > SKU_LIMIT:
        raise BadCell(f"longer than {SKU_LIMIT} characters")
    if clean_line(text) != text or "\ufffd" in text:
        raise BadCell("holds invisible or unusual characters, or two blanks in a row")
    return text


def amount(value: object, *, currency: str = "GBP", decimal_comma: bool = False) -> Decimal | None:
    """An amount from 0 up, to the last digit that was written.

    Taken: `12.5`, `£12.50` where the sign is the row's currency, and `1,299.00`, which means the same
    everywhere. Refused, because it means different things in different places: every other comma, and
    `1.299` in a file that separates by semicolons, as is done where the comma is the decimal sign.
    """
    text = text_of(value)
    if text[:1] in _SIGNS:
        if _SIGNS[text[0]] != currency:
            raise BadCell(f"a {_SIGNS[text[0]]} sign in a row in {currency}: write the number alone")
        text = text[1:].lstrip()
    if not text:
        return None
    if decimal_comma and _MAYBE_GROUPED.fullmatch(text):
        raise BadCell(f"may mean {text.replace('.', '')}: write {text}0 or {text.replace('.', '')}.00")
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    elif "," in text:
        raise BadCell("a comma may mean thousands or decimals: write 1299.00 or 12.99")
    if not _PLAIN.fullmatch(text):
        raise BadCell("not a number such as 12.50")
    number = Decimal(text)
    if number < 0:
        raise BadCell("less than 0")
    if number > LARGEST:
        raise BadCell(f"larger than {LARGEST}")
    if len(text.partition(".")[2]) > DECIMALS:
        raise BadCell(f"more than {DECIMALS} decimals")
    return number


def percent(value: object) -> Decimal | None:
    """A percentage from 0 to 100: `20` or `20%`. `0.2` is refused, for it is more likely meant as 20 %."""
    text = text_of(value).removesuffix("%").rstrip()
    number = amount(text)
    if number is not None and number > 100:
        raise BadCell("more than 100 %")
    if number is not None and 0 < number < 1:
        raise BadCell(f"may mean {_digits((number * 100).normalize())} %: write 20 for 20 %")
    return number


def whole(value: object) -> int | None:
    """A number of units: `57`, `57.0`; oversold stock may be negative."""
    text = text_of(value)
    if not text:
        return None
    match = _WHOLE.fullmatch(text)
    if match is None:
        raise BadCell("not a whole number such as 57")
    if len(match[1]) > len(str(LARGEST)) + 1 or abs(int(match[1])) > LARGEST:
        raise BadCell(f"larger than {LARGEST}")
    return int(match[1])


def barcode(value: object) -> str | None:
    """A GTIN of 8, 12, 13 or 14 digits whose check digit is right.

    Spreadsheets turn barcodes into `5.06005E+12` and back into 5060050000000 (avasam-api §1.2): neither may
    ever match another product's.
    """
    text = text_of(value)
    if not text:
        return None
    if not _GTIN.fullmatch(text) or text.endswith("000000"):
        raise BadCell("not a barcode of 8, 12, 13 or 14 digits; a spreadsheet may have rounded it")
    odd_from_the_right, even = text[-2::-2], text[-3::-2]
    check = -(3 * sum(map(int, odd_from_the_right)) + sum(map(int, even))) % 10
    if check != int(text[-1]):
        raise BadCell(f"the check digit of this barcode should be {check}")
    return text


def currency(value: object) -> str:
    """A currency code of three letters; blank means GBP."""
    text = text_of(value).upper() or "GBP"
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise BadCell("not a currency code such as GBP")
    return text


def image(value: object) -> str:
    """The address of an image on the web."""
    text = text_of(value)
    if not text.lower().startswith(("https://", "http://")) or clean_line(text, URL_LIMIT) != text:
        raise BadCell("not the address of an image (https://...)")
    return text


def _digits(number: int | Decimal) -> str:
    """The number written out, unless its exponent would make that a text of any length."""
    if isinstance(number, int):
        return str(number)
    return f"{number:f}" if -40 < number.adjusted() < 40 else str(number)
