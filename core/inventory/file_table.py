"""A text of CSV or JSON as numbered rows of named cells; what the cells mean is file_rows' business."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from core.inventory.cells import shown
from core.inventory.port import Rejected

_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "sku": ("avasamsku",),
    "title": ("producttitle",),
    "stock": ("stocklevel",),
    "cost_ex": ("costpriceexc", "costprice", "price"),
    "shipping_ex": ("shippingpriceexc", "shippingprice"),
    "vat_percent": ("vatpercentage", "vat"),
    "selling_price": ("sellingpriceincvat", "retailpriceincvat"),
    "currency": (),
    "category": (),
    "barcode": (),
    "parent_sku": (),
    "kind": ("producttype",),
    "description": (),
    "supplier": (),
    "images": ("productimage", "image"),
    "attributes": ("extendedproperties",),
    "weight_kg": (),
}
"""Avasam's spellings beside ours, without case, blanks and signs. Avasam's `Price` is cost without VAT."""

_CANONICAL: Final = {field.replace("_", ""): field for field in _ALIASES}
_BY_ALIAS: Final = {alias: field for field, aliases in _ALIASES.items() for alias in aliases}
_DELIMITERS: Final = (",", ";", "\t")


class UnreadableTable(Exception):
    """The text is no table of products: why, what to do, and the line where that is known."""

    def __init__(self, why: str, cure: str, *, line: int | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.cure = cure
        self.line = line


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row, numbered as a spreadsheet numbers it (JSON: counted from 1); its cells by documented name."""

    number: int
    cells: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows to read, and those whose very shape is wrong."""

    rows: tuple[TableRow, ...]
    rejected: tuple[Rejected, ...]
    decimal_comma: bool = False
    """It separates by semicolons, as programs do where the comma is the decimal sign."""


def read_csv(text: str) -> Table:
    """Rows of a CSV text with a header row, separated by comma, semicolon or tab.

    Raises UnreadableTable when quotes do not match: what follows could be anything. A cell may be as long as
    it likes: a description with pictures in it is no reason to refuse every product.
    """
    delimiter = _delimiter(text)
    csv.field_size_limit(max(len(text), csv.field_size_limit()))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records = enumerate(_records(reader), start=1)
    headers = ((number, row) for number, row in records if any(row) and not _is_hint(row))
    number, header = next(headers, (1, []))
    fields = _header_fields(header, number)
    rows: list[TableRow] = []
    rejected: list[Rejected] = []
    for number, record in records:
        if not any(cell.strip() for cell in record):
            continue
        if len(record) != len(header):
            why = f"it has {len(record)} cells, the header {len(header)}: a quote or a cell is missing"
            rejected.append(Rejected(number, "", shown(delimiter.join(record)), why))
            continue
        cells = {field: record[index] for index, field in fields.items()}
        rows.append(TableRow(number, cells))
    return Table(tuple(rows), tuple(rejected), decimal_comma=delimiter == ";")


def read_json(text: str) -> Table:
    """Rows of a JSON array of objects, or of an object that holds it as `products`; numbers stay exact."""
    try:
        document = json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise UnreadableTable(f"It is not JSON: {error.msg}.", _JSON_CURE, line=error.lineno) from None
    except (ValueError, RecursionError):
        raise UnreadableTable("It is JSON that no inventory would be written as.", _JSON_CURE) from None
    items = document.get("products") if isinstance(document, dict) else document
    if not isinstance(items, list):
        raise UnreadableTable("It holds no list of products.", _JSON_CURE)
    rows: list[TableRow] = []
    rejected: list[Rejected] = []
    for number, item in enumerate(items, start=1):
        try:
            rows.append(TableRow(number, _cells_of(item)))
        except UnreadableTable as error:
            rejected.append(Rejected(number, "", shown(item), error.why))
    return Table(tuple(rows), tuple(rejected))


_JSON_CURE: Final = 'Write [{"sku": "...", "title": "..."}, ...] or {"products": [...]}.'


def _cells_of(item: object) -> dict[str, object]:
    if not isinstance(item, dict):
        raise UnreadableTable("not an object with the fields of a product", _JSON_CURE)
    names = tuple(item)
    return {field: item[names[index]] for index, field in _fields(names).items()}


def _records(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            line: int = reader.line_num  # type: ignore[attr-defined]  # csv readers are iterators that count
            cure = 'Put double quotes around cells that hold quotes or separators, and write " inside as "".'
            raise UnreadableTable(f"It is not CSV: {error}.", cure, line=line) from None


def _is_hint(record: Sequence[str]) -> bool:
    """Spreadsheets may write `sep=;` before the header."""
    return record[0].lower().startswith("sep=")


def _delimiter(text: str) -> str:
    """The one that finds the most known names in the header."""
    lines = (line for line in io.StringIO(text) if line.strip() and not _is_hint([line]))
    header = next(lines, "")
    return max(_DELIMITERS, key=lambda delimiter: _known(header.split(delimiter)))


def _known(names: Sequence[str]) -> int:
    return sum(_squeezed(name) in _CANONICAL or _squeezed(name) in _BY_ALIAS for name in names)


def _header_fields(header: list[str], line: int) -> Mapping[int, str]:
    fields = _fields(tuple(header))
    missing = [name for name in ("sku", "title") if name not in fields.values()]
    if missing:
        why = f"The header lacks {' and '.join(missing)}; it reads: {shown(' | '.join(header))}"
        cure = f"Name the columns in the first row. Known are: {', '.join(_ALIASES)}."
        raise UnreadableTable(why, cure, line=line)
    return fields


@lru_cache(maxsize=64)
def _fields(names: tuple[str, ...]) -> Mapping[int, str]:
    """Which column holds which field: our own name goes before Avasam's, and no two may mean the same."""
    exact = {_CANONICAL[_squeezed(name)] for name in names if _squeezed(name) in _CANONICAL}
    fields: dict[int, str] = {}
    for index, name in enumerate(names):
        field = _CANONICAL.get(_squeezed(name))
        if field is None:
            field = _BY_ALIAS.get(_squeezed(name))
            if field in exact:
                continue
        if field is not None and field in fields.values():
            raise UnreadableTable(f"Two columns mean {field}.", "Leave one of them out.")
        if field is not None:
            fields[index] = field
    return fields


def _squeezed(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


def _no_number(constant: str) -> object:
    raise ValueError(f"{constant} is no number")
